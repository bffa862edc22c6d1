package codecs

import "fmt"

// Resampler converts mono sound from one rate to another as it comes along. It
// is a polyphase FIR filter, in two stages between 8 and 48 kHz.
//
// With low the lower of the two rates, in Hz:
//   - the pass-band reaches 0.435 low (0.42 low between 8 and 48 kHz)
//     and is flat within 0.01 dB;
//   - the stop-band begins at 0.565 low (0.58 low between 8 and 48 kHz) and
//     lies 80 dB below: images when going up, aliases when going down. In
//     between the response falls through -6 dB at 0.5 low, so that telephony's
//     3.4 kHz and wide-band's 7 kHz pass at half the taps that a filter closing
//     at low/2 would need;
//   - the group delay is 20/low: 2.5 ms at 8 kHz, 1.25 ms at 16 kHz. It is the
//     same for all frequencies.
//
// The nth sample in all going in brings the count going out to
// ceil(n * to / from), whatever the sizes of the pieces: 20 ms give exactly
// 20 ms where both rates have whole samples in 20 ms. A Resampler is not safe
// for concurrent use.
type Resampler struct {
	from, to int
	first    *firStage
	second   *firStage // nil when one stage is enough
	input    []float32 // one chunk as floats
	middle   []float32 // one chunk between the stages
	output   []float32 // one chunk after the last stage

	// Where only the rate rises, silence costs nothing once the filters hold
	// nothing else: in a conference most are silent.
	memory int // inputs that the filters remember; 0: it does not only rise
	still  int // inputs of 0 since the last other one, up to memory
}

// The lengths of the filters in samples at the lower rate of a stage. By
// Kaiser's formula 80 dB and a transition of w at the lower rate r take
// 5.02 r/w samples.
const (
	// fullTaps puts the transition between 0.435 and 0.565 of the lower rate.
	fullTaps = 40
	// narrowTaps is for the stage between 8 and 16 kHz: 0.42 to 0.58. The
	// delays of both stages together are to be no more than 2.5 ms.
	narrowTaps = 34
	// relaxedTaps is for the stage between 16 and 48 kHz beside a narrow one,
	// which leaves nothing between 4.64 kHz and 16 - 4.64 kHz.
	relaxedTaps = 12
)

// NewResampler returns a Resampler from one rate in Hz to another. Rates below
// 8 kHz or above 192 kHz, and pairs whose ratio is not one of small numbers,
// are unsupported.
func NewResampler(from, to int) (*Resampler, error) {
	up, down, ok := resamplerRatio(from, to)
	if !ok {
		return nil, fmt.Errorf("codecs: resample %d to %d Hz: %w", from, to, ErrUnsupported)
	}
	r := &Resampler{from: from, to: to}
	chunk := from / 50
	switch {
	case up == 6 && down == 1:
		r.first = newFIRStage(2, 1, narrowTaps, chunk)
		r.second = newFIRStage(3, 1, relaxedTaps, 2*chunk)
		r.middle = make([]float32, 2*chunk)
	case up == 1 && down == 6:
		r.first = newFIRStage(1, 3, relaxedTaps, chunk)
		r.second = newFIRStage(1, 2, narrowTaps, chunk/3+1)
		r.middle = make([]float32, chunk/3+1)
	case up != down:
		r.first = newFIRStage(up, down, fullTaps, chunk)
	}
	if down == 1 && up > 1 {
		r.memory = r.first.taps
		if r.second != nil {
			r.memory += r.second.taps/r.first.up + 1
		}
	}
	r.input = make([]float32, chunk)
	r.output = make([]float32, chunk*up/down+1)
	r.still = r.memory
	return r, nil
}

// Resamples reports whether sound of a rate in Hz can be brought to the mixer's
// rate, and back.
func Resamples(rate int) bool {
	_, _, ok := resamplerRatio(rate, SampleRate)
	return ok
}

// resamplerRatio returns the ratio of the rates in its lowest terms.
func resamplerRatio(from, to int) (up, down int, ok bool) {
	if min(from, to) < minResamplerRate || max(from, to) > maxResamplerRate {
		return 0, 0, false
	}
	g := gcd(from, to)
	up, down = to/g, from/g
	return up, down, max(up, down) <= maxResamplerFactor
}

// MaxOutput returns the most samples that Process writes for n samples.
func (r *Resampler) MaxOutput(n int) int { return (n*r.to + r.from - 1) / r.from }

// Process converts src into dst, which must have room for MaxOutput(len(src))
// samples, and returns how many it wrote. It does not allocate. dst and src do
// not overlap.
func (r *Resampler) Process(dst, src []int16) int {
	if r.first == nil {
		return copy(dst[:len(src)], src)
	}
	if r.memory > 0 && r.silent(src) {
		n := len(src) * (r.to / r.from)
		clear(dst[:n])
		return n
	}
	written := 0
	for len(src) > 0 {
		in := r.input[:min(len(src), len(r.input))]
		for i, s := range src[:len(in)] {
			in[i] = float32(s)
		}
		src = src[len(in):]
		if r.second != nil {
			in = r.middle[:r.first.process(r.middle, in)]
			in = r.output[:r.second.process(r.output, in)]
		} else {
			in = r.output[:r.first.process(r.output, in)]
		}
		out := dst[written:][:len(in)]
		for i, v := range in {
			out[i] = roundSample(v)
		}
		written += len(in)
	}
	return written
}

// silent reports whether src is nothing but silence, and all that the filters
// remember too.
func (r *Resampler) silent(src []int16) bool {
	for _, s := range src {
		if s != 0 {
			r.still = 0
			return false
		}
	}
	if r.still >= r.memory {
		return true
	}
	r.still = min(r.still+len(src), r.memory)
	return false
}

// Reset forgets what was heard, as if the Resampler were new.
func (r *Resampler) Reset() {
	for _, s := range []*firStage{r.first, r.second} {
		if s != nil {
			s.reset()
		}
	}
	r.still = r.memory
}

// roundSample returns the nearest 16-bit sample; what is louder is clipped.
func roundSample(v float32) int16 {
	// The conversion truncates; on positive numbers that rounds down.
	n := int32(v+32768.5) - 32768
	return int16(max(min(n, 32767), -32768))
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
