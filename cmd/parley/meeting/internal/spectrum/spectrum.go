// Package spectrum measures tones in recorded sound: what a meeting with a
// real peer is judged by.
package spectrum

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

// Silence is the level in dB given for no energy at all.
const Silence = -160.0

// Measurement is the spectrum of one recording against a list of tones.
type Measurement struct {
	// Tones is the level of each tone in dB relative to full scale (a sine of
	// full scale is 0 dB).
	Tones map[float64]float64
	// Floor is the level in dB of the loudest component that is none of the
	// tones, nearer than Guard to none of them.
	Floor     float64
	FloorAt   float64 // Hz
	Duration  float64 // seconds that were measured
	LoudestAt float64 // Hz of the loudest component of all
}

// Guard is how far in Hz from a tone a component belongs to it: the window's
// main lobe, and the side bands of small time-stretches.
const Guard = 45.0

// Measure returns the spectrum of pcm (full scale 1) at rate Hz between 150 Hz
// and 3400 Hz, the band that the narrowest codec carries. Frames of 0.25 s
// under a Blackman-Harris window are averaged in power, so that a tone that
// stops half-way shows as a weaker one.
func Measure(pcm []float64, rate int, tones ...float64) Measurement {
	size := rate / 4
	m := Measurement{Tones: make(map[float64]float64), Floor: Silence, Duration: float64(len(pcm)) / float64(rate)}
	for _, t := range tones {
		m.Tones[t] = Silence
	}
	if len(pcm) < size {
		return m
	}
	window, gain := blackmanHarris(size)
	step := float64(rate) / float64(size)
	first, last := int(150/step), int(3400/step)
	power := make([]float64, last+1)
	frames := 0
	buf := make([]float64, size)
	for at := 0; at+size <= len(pcm); at += size / 2 {
		for i := range buf {
			buf[i] = pcm[at+i] * window[i]
		}
		for k := first; k <= last; k++ {
			a := goertzel(buf, float64(k)*step, rate) / gain
			power[k] += a * a
		}
		frames++
	}
	loudest := 0.0
	for k := first; k <= last; k++ {
		p := power[k] / float64(frames)
		f := float64(k) * step
		if p > loudest {
			loudest, m.LoudestAt = p, f
		}
		near := false
		for _, t := range tones {
			if math.Abs(f-t) <= Guard {
				near = true
				m.Tones[t] = math.Max(m.Tones[t], decibel(p))
			}
		}
		if !near && decibel(p) > m.Floor {
			m.Floor, m.FloorAt = decibel(p), f
		}
	}
	return m
}

// String returns the levels in one line.
func (m Measurement) String() string {
	var keys []float64
	for t := range m.Tones {
		keys = append(keys, t)
	}
	sort.Float64s(keys)
	var b strings.Builder
	for _, t := range keys {
		fmt.Fprintf(&b, "%.0f Hz %.1f dB, ", t, m.Tones[t])
	}
	fmt.Fprintf(&b, "floor %.1f dB at %.0f Hz, %.1f s", m.Floor, m.FloorAt, m.Duration)
	return b.String()
}

// goertzel returns the amplitude of the component at f Hz: 1 for a sine of
// amplitude 1 under a window whose gain is divided out by the caller.
func goertzel(x []float64, f float64, rate int) float64 {
	w := 2 * math.Pi * f / float64(rate)
	c := 2 * math.Cos(w)
	var s1, s2 float64
	for _, v := range x {
		s1, s2 = v+c*s1-s2, s1
	}
	return 2 * math.Sqrt(math.Max(0, s1*s1+s2*s2-c*s1*s2)) / float64(len(x))
}

// blackmanHarris returns the 4-term window (side lobes 92 dB down) and its
// coherent gain.
func blackmanHarris(n int) (w []float64, gain float64) {
	w = make([]float64, n)
	for i := range w {
		p := 2 * math.Pi * float64(i) / float64(n)
		w[i] = 0.35875 - 0.48829*math.Cos(p) + 0.14128*math.Cos(2*p) - 0.01168*math.Cos(3*p)
		gain += w[i]
	}
	return w, gain / float64(n)
}

func decibel(power float64) float64 {
	if power <= 0 {
		return Silence
	}
	return math.Max(Silence, 10*math.Log10(power))
}
