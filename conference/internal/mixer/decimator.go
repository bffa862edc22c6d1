package mixer

import (
	"fmt"
	"math"

	"parley/codecs"
)

// decimator brings 48 kHz down to a rate that divides it.
type decimator struct {
	factor int
	taps   []float32
	past   []float32 // len(taps)-1 samples, then a frame
}

func newDecimator(rate int) (*decimator, error) {
	if rate <= 0 || codecs.SampleRate%rate != 0 {
		return nil, fmt.Errorf("mixer: encoder at %d Hz: %w", rate, codecs.ErrUnsupported)
	}
	d := &decimator{factor: codecs.SampleRate / rate}
	n := 24*d.factor | 1
	d.taps = make([]float32, n)
	cut := 0.45 / float64(d.factor)
	sum := 0.0
	for i := range d.taps {
		x := float64(i - n/2)
		h := 2 * cut
		if x != 0 {
			h = math.Sin(2*math.Pi*cut*x) / (math.Pi * x)
		}
		h *= 0.42 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(n-1)) + 0.08*math.Cos(4*math.Pi*float64(i)/float64(n-1))
		d.taps[i] = float32(h)
		sum += h
	}
	for i := range d.taps {
		d.taps[i] /= float32(sum)
	}
	d.past = make([]float32, n-1+codecs.FrameSamples)
	return d, nil
}

func (d *decimator) process(dst []int16, f *codecs.Frame) {
	k := len(d.taps) - 1
	copy(d.past, d.past[codecs.FrameSamples:])
	for i, s := range f {
		d.past[k+i] = float32(s)
	}
	for i := range dst {
		var sum float32
		for j, x := range d.past[i*d.factor : i*d.factor+len(d.taps)] {
			sum += x * d.taps[j]
		}
		dst[i] = int16(max(-32768, min(32767, sum)))
	}
}
