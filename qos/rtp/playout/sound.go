package playout

import "time"

// historyTime is how much of what was played is kept: the longest lag, the
// window that is compared, and a seam.
const historyTime = 40 * time.Millisecond

// sound is what was decoded: a past that was played and a pending part that
// was not, at one rate, mono.
type sound struct {
	buf     []int16 // fixed size
	pos     int     // first pending sample
	end     int     // behind the last
	past    int     // samples of history that are kept, as a bound
	similar similarity
	seam    int // samples of a cross-fade
}

// seamTime is the length of a cross-fade: short against a syllable, long
// against the period of the lowest voice's harmonics.
const seamTime = 5 * time.Millisecond

// reset empties the sound and sets its rate.
func (s *sound) reset(v *voice) {
	s.past = v.samples(historyTime)
	need := s.past + v.samples(2*maxPacketTime+100*time.Millisecond)
	if cap(s.buf) < need {
		s.buf = make([]int16, need)
	}
	s.buf = s.buf[:need]
	s.pos, s.end = 0, 0
	s.seam = v.samples(seamTime)
	s.similar.reset(v)
}

func (s *sound) pending() int { return s.end - s.pos }

// before returns the samples up to the end, of which the next follows.
func (s *sound) before() []int16 { return s.buf[:s.end] }

// room makes place for n more samples behind the end and returns it. What does
// not fit is given up at the old end; the reader never lets that much wait.
func (s *sound) room(n int) []int16 {
	if s.end+n > len(s.buf) {
		keep := max(s.pos-s.past, s.end+n-len(s.buf))
		keep = min(keep, s.end)
		copy(s.buf, s.buf[keep:s.end])
		s.pos, s.end = max(s.pos-keep, 0), s.end-keep
	}
	return s.buf[s.end : s.end+n]
}

// add appends samples.
func (s *sound) add(pcm []int16) {
	s.end += copy(s.room(len(pcm)), pcm)
}

// take returns the next n pending samples, valid until the next change.
func (s *sound) take(n int) []int16 {
	n = min(n, s.pending())
	out := s.buf[s.pos : s.pos+n]
	s.pos += n
	return out
}

// lags are the bounds of what one stretching adds or removes.
const (
	minLag = 4 * time.Millisecond
	maxLag = 16 * time.Millisecond
)

// quietLevel is the mean amplitude below which any cut is inaudible (about
// -60 dBov).
const quietLevel = 32

// shrink removes up to most pending samples where what follows is alike to at
// least alike (-1 to 1). It returns how many it removed.
func (s *sound) shrink(most int, alike float32) int {
	m := &s.similar
	high := min(most, m.maxLag, s.pending()-m.window)
	if high < m.minLag {
		return 0
	}
	lag, rho := m.forward(s.buf, s.pos, high)
	if rho < alike && !m.quiet(s.buf[s.pos:s.pos+m.window]) {
		return 0
	}
	now, later := s.buf[s.pos:s.end], s.buf[s.pos+lag:s.end]
	blend(now[:s.seam], now[:s.seam], later[:s.seam], rho)
	copy(now[s.seam:], later[s.seam:])
	s.end -= lag
	return lag
}

// grow repeats the last samples before the pending ones where they are alike
// to at least alike. It returns how many it added.
func (s *sound) grow(alike float32) int {
	m := &s.similar
	high := min(m.maxLag, s.pos)
	if high < m.minLag || s.pending() < m.window {
		return 0
	}
	lag, rho := m.backward(s.buf, s.pos, high)
	if rho < alike && !m.quiet(s.buf[s.pos:s.pos+m.window]) {
		return 0
	}
	s.room(lag) // may move pos
	now := s.buf[s.pos : s.end+lag]
	copy(now[lag:], s.buf[s.pos:s.end])
	seam := min(s.seam, lag)
	earlier := s.buf[s.pos-lag : s.pos]
	blend(now[:seam], now[lag:lag+seam], earlier[:seam], rho)
	copy(now[seam:lag], earlier[seam:])
	s.end += lag
	return lag
}
