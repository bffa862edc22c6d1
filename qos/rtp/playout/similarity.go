package playout

import (
	"math"
	"time"
)

// windowTime is the length of sound that is compared.
const windowTime = 10 * time.Millisecond

// coarseRate is the rate of the first search in Hz. It tells the periods of a
// voice apart; the second search goes to the sample.
const coarseRate = 8000

// similarity finds where a sound repeats itself.
type similarity struct {
	window, minLag, maxLag int // samples
	step                   int // of the coarse search
	coarse                 []float32
}

func (m *similarity) reset(v *voice) {
	m.window = v.samples(windowTime)
	m.minLag, m.maxLag = v.samples(minLag), v.samples(maxLag)
	m.step = max(int(v.rate/coarseRate), 1)
	if need := (m.window+m.maxLag)/m.step + 2; cap(m.coarse) < need {
		m.coarse = make([]float32, need)
	}
}

// forward returns the lag up to high at which x[at+lag:] is most alike to
// x[at:], and how much, from -1 to 1.
func (m *similarity) forward(x []int16, at, high int) (lag int, rho float32) {
	return m.best(x, at, at, 1, high)
}

// backward is forward for x[at-lag:].
func (m *similarity) backward(x []int16, at, high int) (lag int, rho float32) {
	return m.best(x, at, at-high, -1, high)
}

// best searches lags from minLag to high. The samples compared begin at from.
func (m *similarity) best(x []int16, at, from, sign, high int) (int, float32) {
	lag := m.minLag
	low := m.minLag
	if m.step > 1 {
		lag = m.coarsely(x, at, from, sign, high)
		low, high = max(lag-m.step, low), min(lag+m.step, high)
	}
	best := float32(-2)
	window := x[at : at+m.window]
	for l := low; l <= high; l++ {
		if rho := correlate(window, x[at+sign*l:at+sign*l+m.window]); rho > best {
			best, lag = rho, l
		}
	}
	return lag, best
}

// coarsely does the search on means of step samples.
func (m *similarity) coarsely(x []int16, at, from, sign, high int) int {
	n := (m.window + high) / m.step
	c := m.coarse[:n]
	for i := range c {
		sum := int32(0)
		for _, s := range x[from+i*m.step : from+(i+1)*m.step] {
			sum += int32(s)
		}
		c[i] = float32(sum)
	}
	w := m.window / m.step
	here := (at - from) / m.step
	window := c[here:min(here+w, n)]
	best, lag := float32(-2), m.minLag
	for l := (m.minLag + m.step - 1) / m.step; ; l++ {
		there := here + sign*l
		if l*m.step > high || there < 0 || there+len(window) > n {
			return lag
		}
		if rho := correlateFloats(window, c[there:there+len(window)]); rho > best {
			best, lag = rho, l*m.step
		}
	}
}

// fit returns the offset at which x is most alike to pcm, which is shorter.
func (m *similarity) fit(x, pcm []int16) int {
	last := len(x) - len(pcm)
	best, at := float32(-2), 0
	try := func(from, to, step int) {
		for i := max(from, 0); i <= min(to, last); i += step {
			if rho := correlate(pcm, x[i:i+len(pcm)]); rho > best {
				best, at = rho, i
			}
		}
	}
	try(0, last, m.step)
	if m.step > 1 {
		try(at-m.step+1, at+m.step-1, 1)
	}
	return at
}

// quiet reports whether x is near silence.
func (m *similarity) quiet(x []int16) bool {
	sum := int32(0)
	for _, s := range x {
		sum += max(int32(s), -int32(s))
	}
	return sum < quietLevel*int32(len(x))
}

// correlate returns the normalised cross-correlation of a and b, which have
// the same length. Silence is not alike to anything.
func correlate(a, b []int16) float32 {
	b = b[:len(a)]
	var ab, aa, bb int64
	for i, s := range a {
		x, y := int64(s), int64(b[i])
		ab += x * y
		aa += x * x
		bb += y * y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return float32(float64(ab) / math.Sqrt(float64(aa)*float64(bb)))
}

func correlateFloats(a, b []float32) float32 {
	b = b[:len(a)]
	var ab, bb float32
	for i, x := range a {
		ab += x * b[i]
		bb += b[i] * b[i]
	}
	if bb == 0 {
		return 0
	}
	// The energy of a is the same for all lags. Beyond -1 to 1, but only
	// compared with its like.
	return ab / float32(math.Sqrt(float64(bb)))
}

// blend writes the cross-fade from a to b into dst, all of one length. rho is
// their likeness: the less alike they are, the more power would be lost in the
// middle of it, and is given back.
func blend(dst, a, b []int16, rho float32) {
	rho = min(max(rho, 0), 1)
	step := 1 / float32(len(dst)+1)
	for i := range dst {
		in := float32(i+1) * step
		out := 1 - in
		gain := 1 / float32(math.Sqrt(float64(in*in+out*out+2*rho*in*out)))
		dst[i] = saturate(gain * (out*float32(a[i]) + in*float32(b[i])))
	}
}

func saturate(v float32) int16 {
	return int16(min(max(v, math.MinInt16), math.MaxInt16))
}
