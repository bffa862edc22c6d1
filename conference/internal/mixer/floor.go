package mixer

import "time"

// The active speaker changes when who has the floor is silent and another
// speaks, or when another is louder by takeMargin for takeAfter on end.
const takeMargin = 6 // dB

var takeAfter = frames(1500 * time.Millisecond)

// floor elects the active speaker.
type floor struct {
	holder     *Input
	challenger *Input
	since      int // frames for which challenger was louder
}

// elect takes who speaks in a tick and returns who has the floor.
func (f *floor) elect(talking []*Input) *Input {
	var best *Input
	for _, in := range talking {
		if best == nil || in.gain.level > best.gain.level {
			best = in
		}
	}
	if f.holder != nil && f.holder.closed.Load() {
		f.holder = nil
	}
	switch {
	case best == nil || best == f.holder:
		f.challenger, f.since = nil, 0
	case f.holder == nil || !f.holder.voice.speaking:
		f.holder, f.challenger, f.since = best, nil, 0
	case best.gain.level < f.holder.gain.level+takeMargin:
		f.challenger, f.since = nil, 0
	case best != f.challenger:
		f.challenger, f.since = best, 1
	default:
		if f.since++; f.since > takeAfter {
			f.holder, f.challenger, f.since = best, nil, 0
		}
	}
	return f.holder
}

func (m *Mixer) electSpeaker() {
	id := uint32(0)
	if in := m.talk.elect(m.talking); in != nil {
		id = in.id
	}
	if id != m.active.Load() {
		m.active.Store(id)
		m.tell()
	}
}
