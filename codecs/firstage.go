package codecs

import "math"

// firStage is one polyphase FIR filter: it raises the rate by up and lowers it
// by down at once.
//
// Output m lies at the time m*down/up in input samples. Its whole part picks
// the inputs, its fraction one of up phases of the prototype filter, and the
// output is their inner product. The prototype is a windowed sinc that is zero
// at every whole sample of the lower rate but its centre. So one phase of a
// stage that only raises the rate is a plain delay, which costs nothing.
type firStage struct {
	up, down int
	taps     int       // of a phase, a multiple of 4
	phases   []float32 // up rows of taps, for inputs in order of time
	delay    int       // the row's index of the only tap that is not 0, in phase 0, when down is 1
	fold     []float32 // when up is 1: the taps of one side, from the centre outward, a multiple of down
	centre   float32   // when up is 1: the centre tap

	buffer []float32 // taps-1 inputs of the past, then one chunk
	next   int       // index of the newest input that the next output needs, from the chunk's beginning
	phase  int       // of the next output
}

// newFIRStage returns a stage whose filter is length samples of the lower rate
// long, and that takes up to chunk samples at a time.
func newFIRStage(up, down, length, chunk int) *firStage {
	// The lower rate is 1/spread of the input rate.
	spread := max(1, float64(down)/float64(up))
	centre := int(math.Ceil(float64(length) / 2 * spread))
	s := &firStage{up: up, down: down}
	s.taps = (2*centre + 1 + 3) &^ 3
	s.phases = make([]float32, up*s.taps)
	for p := range up {
		row := s.phases[p*s.taps:][:s.taps]
		for k := range 2 * centre {
			// Tap k weighs the input k samples before the newest.
			t := float64(k-centre) + float64(p)/float64(up)
			row[s.taps-1-k] = float32(kaiserSinc(t/spread, float64(length)/2) / spread)
		}
	}
	s.delay = s.taps - 1 - centre
	if up == 1 {
		s.centre = s.phases[s.delay]
		for k := range centre {
			s.fold = append(s.fold, s.phases[s.delay-1-k])
		}
	}
	s.buffer = make([]float32, s.taps-1+chunk)
	return s
}

// kaiserBeta gives a stop-band of 82 dB: 0.1102 (82 - 8.7).
const kaiserBeta = 8.08

// kaiserSinc is sinc t under a Kaiser window that ends at +-half.
func kaiserSinc(t, half float64) float64 {
	x := t / half
	if x <= -1 || x >= 1 {
		return 0
	}
	w := besselI0(kaiserBeta*math.Sqrt(1-x*x)) / besselI0(kaiserBeta)
	if t == 0 {
		return w
	}
	if t == math.Trunc(t) {
		return 0 // math.Sin of a multiple of pi is not quite 0
	}
	return w * math.Sin(math.Pi*t) / (math.Pi * t)
}

// besselI0 is the modified Bessel function of the first kind and order 0.
func besselI0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-12*sum; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

func (s *firStage) reset() {
	clear(s.buffer)
	s.next, s.phase = 0, 0
}

// process filters one chunk of src into dst and returns how many samples it
// wrote.
func (s *firStage) process(dst, src []float32) int {
	past := s.taps - 1
	copy(s.buffer[past:], src)
	var n int
	switch {
	case s.down == 1:
		n = s.raise(dst, len(src))
	case s.up == 1:
		n = s.lower(dst, len(src))
	default:
		n = s.convert(dst, len(src))
	}
	copy(s.buffer[:past], s.buffer[len(src):][:past])
	return n
}

// raise is convert for a whole number of outputs per input.
func (s *firStage) raise(dst []float32, n int) int {
	m := 0
	for i := range n {
		window := s.buffer[i:][:s.taps]
		dst[m] = window[s.delay]
		m++
		for p := s.taps; p < len(s.phases); p += s.taps {
			dst[m] = dot(window, s.phases[p:][:s.taps])
			m++
		}
	}
	return m
}

// lower is convert for a whole number of inputs per output. The filter is
// symmetric, so the inputs on both sides of its centre are added first.
func (s *firStage) lower(dst []float32, n int) int {
	m, side := 0, len(s.fold)
	for ; s.next < n; s.next += s.down {
		mid := s.next + s.delay
		before, after := s.buffer[mid-side:][:side], s.buffer[mid+1:][:side]
		var sum float32
		switch s.down {
		case 2:
			sum = foldedDot2(before, after, s.fold)
		case 3:
			sum = foldedDot3(before, after, s.fold)
		default:
			sum = foldedDot(before, after, s.fold)
		}
		dst[m] = s.centre*s.buffer[mid] + sum
		m++
	}
	s.next -= n
	return m
}

// convert filters the n inputs in the buffer at any ratio.
func (s *firStage) convert(dst []float32, n int) int {
	whole, part := s.down/s.up, s.down%s.up
	m, next, phase := 0, s.next, s.phase
	for next < n {
		dst[m] = dot(s.buffer[next:][:s.taps], s.phases[phase*s.taps:][:s.taps])
		m++
		next, phase = next+whole, phase+part
		if phase >= s.up {
			next, phase = next+1, phase-s.up
		}
	}
	s.next, s.phase = next-n, phase
	return m
}

// dot returns the inner product of a and b, whose lengths are equal and a
// multiple of 4. Four sums keep the adders busy.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	for len(a) >= 8 && len(b) >= 8 {
		x, y := (*[8]float32)(a), (*[8]float32)(b)
		s0 += x[0]*y[0] + x[4]*y[4]
		s1 += x[1]*y[1] + x[5]*y[5]
		s2 += x[2]*y[2] + x[6]*y[6]
		s3 += x[3]*y[3] + x[7]*y[7]
		a, b = a[8:], b[8:]
	}
	if len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
	}
	return (s0 + s1) + (s2 + s3)
}

// foldedDot returns the sum of c[i] * (before[last-i] + after[i]).
func foldedDot(before, after, c []float32) float32 {
	var sum float32
	for i, v := range c {
		sum += v * (after[i] + before[len(before)-1-i])
	}
	return sum
}

// foldedDot2 is foldedDot for a filter of which each second tap is 0.
func foldedDot2(before, after, c []float32) float32 {
	var s0, s1 float32
	for len(c) >= 4 && len(after) >= 4 && len(before) >= 4 {
		x, y, z := (*[4]float32)(before[len(before)-4:]), (*[4]float32)(after), (*[4]float32)(c)
		s0 += z[0] * (y[0] + x[3])
		s1 += z[2] * (y[2] + x[1])
		c, after, before = c[4:], after[4:], before[:len(before)-4]
	}
	if len(c) > 0 && len(after) > 0 && len(before) > 0 {
		s0 += c[0] * (after[0] + before[len(before)-1])
	}
	return s0 + s1
}

// foldedDot3 is foldedDot for a filter of which each third tap is 0.
func foldedDot3(before, after, c []float32) float32 {
	var s0, s1 float32
	for len(c) >= 3 && len(after) >= 3 && len(before) >= 3 {
		x, y, z := (*[3]float32)(before[len(before)-3:]), (*[3]float32)(after), (*[3]float32)(c)
		s0 += z[0] * (y[0] + x[2])
		s1 += z[1] * (y[1] + x[1])
		c, after, before = c[3:], after[3:], before[:len(before)-3]
	}
	return s0 + s1
}
