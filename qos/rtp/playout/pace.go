package playout

import (
	"time"

	"parley/codecs"
)

const (
	frameNS = int64(codecs.FrameDuration)

	// guard is added to the measured lateness, for what the mixer's tick may
	// come early.
	guard = int64(3 * time.Millisecond)
	// slop is how far off the delay may be without being changed.
	slop = int64(2 * time.Millisecond)

	// Between two changes of the delay lie pauseFrames, or hurryFrames when it
	// is more than hurryBeyond off: a change a tenth of the time is not
	// noticed, a quarter is speech in haste.
	pauseFrames = 5
	hurryFrames = 2
	hurryBeyond = int64(60 * time.Millisecond)

	// A change is made where the sound repeats itself to firstLikeness at
	// first, to less with every frame that passes without such a place.
	firstLikeness = 0.95
	likenessFall  = 0.02
	// leastLikeness is kept to where less than worthwhile is to be gained.
	leastLikeness = 0.85
	worthwhile    = int64(10 * time.Millisecond)
)

// pace is the state of changing the delay.
type pace struct {
	since  int // frames since the last change
	wanted int // frames for which a change was wanted
}

// The sound of a frame is handed over at once, so a frame cannot begin before
// the last packet that it needs is there. With packets of P and frames of F,
// playing in step with the packets' starts, that one begins F-g after the
// frame's first sample, where g is the greatest common divisor of P and F.
// Playing out of step by x, it begins F-g+x after it. Moving the delay by less
// than g therefore gains nothing: what counts is slack, the time between the
// arrival of that packet, were it the fastest, and the frame.

// grain returns g in ns for packets of n samples.
func (r *reader) grain(n int) int64 {
	a, b := n, r.voice.frame
	for b != 0 {
		a, b = b, a%b
	}
	return r.voice.ns(a)
}

// wanted returns the least slack that covers the lateness seen and MinDelay,
// which a delay may miss by half a grain, and sets Stats.Target.
func (r *reader) wanted(g int64) int64 {
	slack := max(r.view.lateness+guard, r.min-g/2-(frameNS-g))
	slack = min(slack, max(r.max-g/2-(frameNS-g), 0))
	r.stats.Target = time.Duration(min(max(slack+frameNS-g/2, r.min), r.max))
	return slack
}

// delay returns how long after the arrival of its packet, were it the fastest,
// the sample at timestamp ts is played when it is played now.
func (r *reader) delay(ts int64) int64 {
	return r.tick - r.view.base - ticks(ts, r.clock)
}

// backlog returns how much sound has arrived from timestamp ts on.
func (r *reader) backlog(ts int64) int64 { return ticks(r.view.top-ts, r.clock) }

// adapt moves the delay a little toward the one that is wanted, when the sound
// allows it.
func (r *reader) adapt() {
	if r.conceal.active || r.view.epoch != r.epoch || r.packet == 0 {
		return
	}
	v, p := r.voice, &r.pace
	g := r.grain(r.packet)
	wanted := r.wanted(g)
	pending := v.ns(r.sound.pending())
	delay := r.delay(r.end) + pending + ticks(int64(len(r.out)), codecs.SampleRate)
	r.stats.Delay = time.Duration(max(delay, 0))
	phase := pending % g
	excess := delay - (frameNS - g) - phase - wanted

	gain := phase // what can be saved without losing slack that is wanted
	if excess > slop {
		gain += (excess - slop) / g * g
	}
	grow := excess < -slop
	if p.since++; !grow && gain < int64(minLag) {
		p.wanted = 0
		return
	}
	pause, likeness := pauseFrames, firstLikeness-likenessFall*float32(p.wanted)
	switch {
	case !grow && gain < worthwhile:
		likeness = max(likeness, leastLikeness)
	case max(excess, -excess) > hurryBeyond:
		pause, likeness = hurryFrames, min(likeness, 0.5)
	}
	p.wanted++
	if p.since < pause {
		return
	}
	var changed int
	if grow {
		changed = r.sound.grow(likeness)
		r.stats.Stretched += uint64(int64(changed) * codecs.SampleRate / v.rate)
	} else {
		changed = r.shrink(v.samples(time.Duration(gain)), likeness)
		r.stats.Compressed += uint64(int64(changed) * codecs.SampleRate / v.rate)
	}
	if changed > 0 {
		*p = pace{}
	}
}

// shrink removes up to most samples, as long as a frame is left.
func (r *reader) shrink(most int, likeness float32) int {
	s := &r.sound
	most = min(most, s.similar.maxLag)
	r.prefetch(max(r.voice.frame, s.similar.window) + most)
	return s.shrink(min(most, s.pending()-r.voice.frame), likeness)
}

// catchUp gives up what can no longer be played within MaxDelay: after a stall
// of the path, or when nobody read.
func (r *reader) catchUp() {
	if r.view.epoch != r.epoch || r.backlog(r.end) <= r.max {
		return
	}
	g := r.grain(max(r.packet, 1))
	keep := r.wanted(g) + frameNS - g
	if r.holding {
		r.holding = false
		r.stats.Late++
	}
	r.skipTo(keep)
	if p, _, ok := r.peek(); ok && p.epoch == r.epoch {
		r.end = p.ts
	}
	r.settle()
	r.broken = false
	if !r.conceal.active {
		r.conceal.begin(&r.sound, r.voice, true)
	}
}
