package playout

import "time"

// start begins a talkspurt when its first packet has waited long enough.
func (r *reader) start() bool {
	for range maxPulls {
		p, follows, ok := r.peek()
		if !ok {
			return false
		}
		switch {
		case p.kind.silent(r.scratch):
			r.discard(nil)
			continue
		case p.epoch != r.view.epoch:
			r.discard(&r.stats.Late)
			continue
		case !r.use(p.kind):
			r.discard(&r.stats.Unknown)
			continue
		}
		n, err := r.voice.duration(r.scratch)
		if err != nil {
			r.discard(&r.stats.Malformed)
			continue
		}
		silence := follows && p.epoch == r.epoch && p.kind.clock == r.clock &&
			ticks(p.ts-r.end, r.clock) > int64(minGap)
		r.clock = p.kind.clock
		g := r.grain(n)
		slack := r.wanted(g)
		if r.backlog(p.ts) > r.max {
			r.settle()
			r.skipTo(slack + frameNS - g)
			continue
		}
		if r.delay(p.ts)-(frameNS-g) < slack-slop {
			return false
		}
		if silence {
			r.doubt = 0
		}
		r.settle()
		r.begin(&p, n)
		return true
	}
	return false
}

// peek returns the packet that is due, with its payload in scratch, and
// whether it follows the last one that was taken.
func (r *reader) peek() (p packet, follows, ok bool) {
	b := r.b
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.ring.front()
	if f == nil {
		return packet{}, false, false
	}
	p = *f
	p.payload = nil // the ring's
	r.scratch = append(r.scratch[:0], f.payload...)
	// Push may have begun a new timeline since look.
	if f.epoch == b.ring.epoch {
		r.view.base, r.view.top, r.view.epoch = b.arrivals.base, b.arrivals.top, f.epoch
	}
	return p, f.seq == b.ring.next, true
}

// discard takes the packet that is due out of the ring and counts it.
func (r *reader) discard(counter *uint64) {
	b := r.b
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ring.front() == nil {
		return
	}
	b.ring.take(&r.held)
	if counter != nil {
		*counter++
	}
}

// skipTo gives up packets that are older than the newest by more than keep.
func (r *reader) skipTo(keep int64) {
	b := r.b
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		p := b.ring.front()
		if p == nil || p.epoch != r.view.epoch || p.kind.sound && ticks(r.view.top-p.ts, r.clock) <= keep {
			return
		}
		b.ring.take(&r.held)
		r.stats.Late++
	}
}

// begin starts playing with p, of n samples.
func (r *reader) begin(p *packet, n int) {
	r.playing, r.onset = true, true
	r.epoch, r.end, r.packet, r.missing = p.epoch, p.ts, n, 0
	r.holding, r.silence, r.broken = false, false, false
	r.conceal.active = false
	r.sound.reset(r.voice)
	r.out = r.out[:0]
	if r.voice.resampler != nil {
		r.voice.resampler.Reset()
	}
	r.pace = pace{}
	r.stats.Delay = time.Duration(r.delay(p.ts))
}
