package mixer

import (
	"cmp"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
)

const framesPerSecond = codecs.SampleRate / codecs.FrameSamples

// Room is who is there. It is not changed once published.
type Room struct {
	Inputs  []*Input
	Outputs []*Output
}

// Config is what a Mixer runs under.
type Config struct {
	Codecs *codecs.Set
	Log    *slog.Logger
	// Crew spreads large rooms over the cores; nil: one core.
	Crew *Crew
	// Changed is called when an Input began or ended to speak, an Output's
	// Format changed, or ActiveSpeaker did. It must not wait. nil: nobody asks.
	Changed func()
}

// Mixer is the sound of one conference.
type Mixer struct {
	cfg  Config
	room atomic.Pointer[Room]
	wake chan struct{}

	active atomic.Uint32
	counters
	ticking sync.Mutex // held by a tick, for Settle

	// What follows belongs to the tick.
	tick     uint64
	current  *Room
	talk     floor
	talking  []*Input  // who speaks, whether or not they are heard right now
	heard    []*Input  // in the sum, loudest first
	speakers []*Output // whose own is not empty
	leaving  []*Input  // were in the sum and are no longer in the Room
	csrcs    []uint32  // their ids, the first maxSources
	sum      [codecs.FrameSamples]int32
	history  [primeFrames + 1]codecs.Frame // shared mixes, by tick
	encoders encoders
	barrier  barrier
	// work is what each phase takes on one core.
	work        [phases]time.Duration
	spreadAbove time.Duration
}

// New returns a Mixer with an empty Room.
func New(cfg Config) *Mixer {
	m := &Mixer{
		cfg:      cfg,
		wake:     make(chan struct{}, 1),
		encoders: newEncoders(),

		spreadAbove: crewPays,
	}
	m.room.Store(new(Room))
	m.current = m.room.Load()
	m.barrier.mixer = m
	return m
}

// Publish makes r the Room from the next tick on. A tick that is under way
// goes on with the Room it began with.
func (m *Mixer) Publish(r *Room) {
	m.room.Store(r)
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// ActiveSpeaker is the id of who speaks, or spoke last; 0: nobody did.
func (m *Mixer) ActiveSpeaker() uint32 { return m.active.Load() }

// Settle returns when no tick is under way that began with a Room before the last
// Publish: whoever is not in that one is not called any more. It is not for who is
// called by a tick.
func (m *Mixer) Settle() {
	m.ticking.Lock()
	defer m.ticking.Unlock()
}

// Tick mixes one frame. It is called from one goroutine at a time.
func (m *Mixer) Tick() {
	m.ticking.Lock()
	defer m.ticking.Unlock()
	m.tick++
	m.enter()
	r := m.current
	m.each(len(r.Inputs), readInputs)
	m.sum = [codecs.FrameSamples]int32{}
	m.heard, m.talking = m.heard[:0], m.talking[:0]
	m.add(m.leaving)
	m.add(r.Inputs)
	m.rank()
	m.electSpeaker()
	m.assign(r.Outputs)
	m.encodeShared()
	m.each(len(r.Outputs), sendOutputs)
}

// enter takes over a newly published Room and cleans up after who left.
func (m *Mixer) enter() {
	clear(m.leaving)
	m.leaving = m.leaving[:0]
	r := m.room.Load()
	if r == m.current {
		return
	}
	for _, o := range m.current.Outputs {
		if o.closed.Load() {
			m.encoders.release(o.stream)
			o.stream = nil
		}
	}
	for _, in := range m.current.Inputs {
		if in.closed.Load() {
			if in.fadeOut(); in.heard {
				m.leaving = append(m.leaving, in)
			}
		}
	}
	m.current = r
}

// phase is a part of the tick that is done for each input or output.
type phase uint8

const (
	readInputs phase = iota
	sendOutputs
	phases
)

// run does a phase for the members from lo to below hi.
func (m *Mixer) run(p phase, lo, hi int) {
	switch p {
	case readInputs:
		changed := false
		for _, in := range m.current.Inputs[lo:hi] {
			if in.read() {
				changed = true
			}
		}
		if changed {
			m.tell()
		}
	case sendOutputs:
		for _, o := range m.current.Outputs[lo:hi] {
			o.send(m)
		}
	}
}

// each runs a phase for n members, on several cores where that pays.
func (m *Mixer) each(n int, p phase) {
	start := time.Now()
	cores := 1
	if m.cfg.Crew != nil && n >= crewThreshold && m.work[p] > m.spreadAbove {
		cores = m.barrier.run(m.cfg.Crew, p, n)
	} else {
		m.run(p, 0, n)
	}
	// Smoothed, since one slow tick says little.
	m.work[p] += (time.Since(start)*time.Duration(cores) - m.work[p]) / 8
}

// tell wakes the roster without waiting for it.
func (m *Mixer) tell() {
	if m.cfg.Changed != nil {
		m.cfg.Changed()
	}
}

// add sums those of inputs who are heard, and finds who speaks.
func (m *Mixer) add(inputs []*Input) {
	for _, in := range inputs {
		if in.voice.speaking && !in.closed.Load() {
			m.talking = append(m.talking, in)
		}
		if !in.heard {
			continue
		}
		m.heard = append(m.heard, in)
		for i, v := range &in.scaled {
			m.sum[i] += v
		}
	}
}

// rank sorts who is heard and keeps the mix that all others share.
func (m *Mixer) rank() {
	slices.SortFunc(m.heard, func(a, b *Input) int { return cmp.Compare(b.power, a.power) })
	m.csrcs = m.csrcs[:0]
	for _, in := range m.heard[:min(len(m.heard), maxSources)] {
		m.csrcs = append(m.csrcs, in.id)
	}
	if n := clip(m.past(m.tick), &m.sum); n > 0 {
		m.clipped.Add(uint64(n))
	}
}

// past returns the shared mix of a tick, up to primeFrames ago.
func (m *Mixer) past(tick uint64) *codecs.Frame {
	return &m.history[tick%uint64(len(m.history))]
}

// mix returns what those hear who are not heard themselves.
func (m *Mixer) mix() *codecs.Frame { return m.past(m.tick) }

// without writes to dst the sum less own.
func (m *Mixer) without(dst *codecs.Frame, own []*Input) {
	sum := m.sum
	for _, in := range own {
		for i, v := range &in.scaled {
			sum[i] -= v
		}
	}
	if n := clip(dst, &sum); n > 0 {
		m.clipped.Add(uint64(n))
	}
}
