package playout

import "time"

const (
	// holdTime is how long invented sound keeps its level, fadeTime how long
	// it then takes to vanish: beyond, repetition is heard as a buzz (cf. G.711
	// Appendix I, which fades from 10 to 60 ms).
	holdTime = 20 * time.Millisecond
	fadeTime = 60 * time.Millisecond
	// tailTime is the fade where silence is known to follow.
	tailTime = 5 * time.Millisecond

	// minCycle is the least that is repeated: one period of a high voice alone
	// sounds like a bell.
	minCycle = 10 * time.Millisecond

	// voiced is the likeness of neighbouring periods in a voice.
	voiced = 0.6
)

// concealment invents what follows a sound when nothing else is there: its
// last periods again, fading.
type concealment struct {
	active bool
	own    bool // the sound is ours, not the codec's
	cycle  []int16
	at     int // in cycle
	jump   float32
	decay  float32 // of jump, per sample

	gain       float32
	fall, tail float32 // gain lost per sample
	hold       int     // samples before it falls
}

// begin prepares to follow the sound in s.
func (c *concealment) begin(s *sound, v *voice, own bool) {
	c.active, c.own = true, own
	c.gain, c.hold = 1, v.samples(holdTime)
	c.fall = 1 / float32(v.samples(fadeTime))
	c.tail = 1 / float32(v.samples(tailTime))
	c.at, c.jump, c.cycle = 0, 0, c.cycle[:0]
	x := s.before()
	m := &s.similar
	high := min(m.maxLag, len(x)-m.window-s.seam)
	if !own || high < m.minLag {
		return
	}
	lag, rho := m.backward(x, len(x)-m.window, high)
	n := lag
	if rho < voiced {
		n = high // no period: repeat as late as can be
	}
	for n < v.samples(minCycle) && n+lag+s.seam <= len(x) {
		n += lag
	}
	// The end of the cycle fades into what led up to its beginning, so that
	// it can follow itself.
	start := len(x) - n
	c.cycle = append(c.cycle, x[start:]...)
	seam := min(s.seam, n/2, start)
	tail := c.cycle[n-seam:]
	blend(tail, tail, x[start-seam:start], rho)
	// The first one follows x itself: what is missing there to a smooth joint
	// decays within a millisecond or so.
	if start > 0 {
		c.jump = float32(x[len(x)-1]) - float32(x[start-1])
		c.decay = c.jump / float32(s.seam)
	}
}

// quiet ends the sound fast: silence is known to follow.
func (c *concealment) quiet() {
	c.hold = 0
	c.fall = max(c.fall, c.tail)
}

// faded reports whether nothing is left.
func (c *concealment) faded() bool { return c.gain <= 0 }

// write fills dst with our own invention.
func (c *concealment) write(dst []int16) {
	if len(c.cycle) == 0 {
		clear(dst)
		c.shape(dst)
		return
	}
	for i := range dst {
		v := float32(c.cycle[c.at])
		if c.jump != 0 {
			v += c.jump
			if c.jump -= c.decay; c.jump*c.decay <= 0 {
				c.jump = 0
			}
		}
		dst[i] = saturate(v)
		if c.at++; c.at == len(c.cycle) {
			c.at = 0
		}
	}
	c.shape(dst)
}

// shape applies the fade.
func (c *concealment) shape(dst []int16) {
	hold := min(c.hold, len(dst))
	c.hold -= hold
	for i := hold; i < len(dst); i++ {
		c.gain = max(c.gain-c.fall, 0)
		dst[i] = int16(c.gain * float32(dst[i]))
	}
}

// end joins pcm, which is real again, to what was invented. Where pcm is only
// late, and so may as well come a little later, what was invented goes on until
// pcm fits.
func (c *concealment) end(pcm []int16, s *sound, late bool) {
	n := min(s.seam, len(pcm))
	c.active = false
	if !c.own {
		// The codec's own state is continuous; only the fade is ours.
		for i := range n {
			in := float32(i+1) / float32(n+1)
			pcm[i] = int16((c.gain + (1-c.gain)*in) * float32(pcm[i]))
		}
		return
	}
	// Beyond the end of the sound there is room, which the samples that follow
	// overwrite.
	longest := 0
	if late && n == s.seam {
		longest = min(s.similar.maxLag, len(c.cycle))
	}
	more := s.room(longest + n)
	c.write(more)
	if longest > 0 {
		on := s.similar.fit(more, pcm[:n])
		s.end += on
		more = more[on:]
	}
	for i := range n {
		in := float32(i+1) / float32(n+1)
		pcm[i] = saturate((1-in)*float32(more[i]) + in*float32(pcm[i]))
	}
}

// fadeIn lets pcm rise from silence.
func fadeIn(pcm []int16) {
	for i := range pcm {
		pcm[i] = int16(int(pcm[i]) * (i + 1) / (len(pcm) + 1))
	}
}
