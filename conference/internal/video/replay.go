package video

import "sync"

// replay keeps the last key frame of a source that cannot be asked for one,
// and what followed it.
type replay struct {
	mu      sync.Mutex
	on      bool
	packets []*packet
	bytes   int
	frame   int    // how many of packets are the key frame
	stopped bool   // only the key frame is kept: the rest exceeded the limits
	last    uint64 // ordinal of the newest packet that was seen, kept or not
	lead    lead
}

// add sees one packet of the source, in the order of arrival.
func (r *replay) add(p *packet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.on {
		return
	}
	r.last = p.ordinal
	if len(r.packets) > 0 && r.packets[0].run != p.run {
		r.clearLocked() // nothing goes on from there
		r.lead.clear()
	}
	switch {
	case r.lead.begins(p) && (len(r.packets) == 0 || r.packets[0].ts != p.ts):
		r.clearLocked()
		for _, l := range r.lead.take(p.ts) {
			r.keepLocked(l)
			l.release()
		}
		r.keepLocked(p)
	case len(r.packets) > 0 && r.packets[0].ts == p.ts:
		r.keepLocked(p)
	default:
		if !p.info.Keyframe {
			r.lead.add(p)
		}
		if len(r.packets) > 0 && !r.stopped {
			r.keepLocked(p)
		}
	}
}

func (r *replay) keepLocked(p *packet) {
	if len(r.packets) >= MaxReplayPackets || r.bytes+len(p.payload) > MaxReplayBytes {
		r.stopped = true
		keep := r.frame
		if r.packets[0].ts == p.ts {
			keep = 0 // the key frame alone is too large
		}
		r.truncateLocked(keep)
		return
	}
	if len(r.packets) == 0 || r.packets[0].ts == p.ts && r.frame == len(r.packets) {
		r.frame++
	}
	p.retain()
	r.packets = append(r.packets, p)
	r.bytes += len(p.payload)
}

func (r *replay) truncateLocked(n int) {
	for _, p := range r.packets[n:] {
		r.bytes -= len(p.payload)
		p.release()
	}
	clear(r.packets[n:])
	r.packets = r.packets[:n]
	r.frame = min(r.frame, n)
}

func (r *replay) clearLocked() {
	r.truncateLocked(0)
	r.stopped = false
}

// keep begins or ends keeping. Either way it forgets what it had, which would
// not join what comes.
func (r *replay) keep(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.on == on {
		return
	}
	r.on = on
	r.clearLocked()
	r.lead.clear()
}

// snapshot returns what is kept, with a reference to each, the ordinal of the
// newest packet seen, and whether nothing between is missing.
func (r *replay) snapshot() (packets []*packet, last uint64, whole bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.packets) == 0 {
		return nil, 0, false
	}
	packets = append(packets, r.packets...)
	for _, p := range packets {
		p.retain()
	}
	return packets, r.last, !r.stopped
}
