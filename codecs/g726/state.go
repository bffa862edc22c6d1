package g726

import "math/bits"

// state is what encoder and decoder have in common (G.726 figure 2). The names
// are those of the Recommendation's variables.
type state struct {
	rate *rate

	yl       int32 // locked scale factor, 15 bits behind the point
	yu       int32 // unlocked scale factor, 9 bits behind the point
	dms, dml int32 // short-term and long-term mean of F(I)
	ap       int32 // speed control

	a    [2]int32 // coefficients of the poles, 14 bits behind the point
	b    [6]int32 // of the zeros
	pk   [2]bool  // signs of the last two partial reconstructions
	dq   [6]float // the last quantized differences
	sr   [2]float // the last reconstructed signals
	tone bool     // td
}

// float is a number as the predictor multiplies it: 4 bits of exponent, 6 of
// mantissa, of which the first is set (4.2.4, FLOATA and FLOATB).
type float struct {
	negative bool
	exponent uint
	mantissa int32
}

// newFloat returns what stands for magnitude.
func newFloat(negative bool, magnitude int32) float {
	f := float{negative: negative, mantissa: 32}
	if magnitude != 0 {
		f.exponent = uint(bits.Len32(uint32(magnitude)))
		f.mantissa = magnitude << 6 >> f.exponent
	}
	return f
}

// newState is the state after a reset (4.2.x, the R input).
func newState(r *rate) state {
	s := state{rate: r, yl: 34816, yu: 544}
	for i := range s.dq {
		s.dq[i].mantissa = 32
	}
	for i := range s.sr {
		s.sr[i].mantissa = 32
	}
	return s
}

// encode returns the code of a sample.
func (s *state) encode(pcm int16) uint8 {
	sez, se := s.predict()
	y := s.scale()
	d := int32(pcm>>2) - se
	code := s.rate.quantize(d, y)
	s.update(code, sez, se, y)
	return code
}

// decode returns the sample that a code stands for.
func (s *state) decode(code uint8) int16 {
	sez, se := s.predict()
	sr := s.update(code, sez, se, s.scale())
	return int16(max(-32768, min(sr<<2, 32767)))
}

// predict returns the estimate of the zeros alone, and that of the whole
// predictor (4.2.6).
func (s *state) predict() (sez, se int32) {
	sum := int32(0)
	for i, b := range s.b {
		sum += multiply(b, s.dq[i])
	}
	sez = int32(int16(sum)) >> 1
	for i, a := range s.a {
		sum += multiply(a, s.sr[i])
	}
	return sez, int32(int16(sum)) >> 1
}

// multiply is FMULT: a coefficient with a float.
func multiply(coefficient int32, f float) int32 {
	negative := coefficient < 0
	magnitude := coefficient >> 2
	if negative {
		magnitude = -magnitude & 8191
	}
	c := newFloat(negative, magnitude)
	exponent := c.exponent + f.exponent
	product := (f.mantissa*c.mantissa + 48) >> 4 << 7
	if exponent <= 26 {
		product >>= 26 - exponent
	} else {
		product = product << (exponent - 26) & 32767
	}
	if c.negative != f.negative {
		return -product
	}
	return product
}

// scale returns the quantizer's scale factor y, mixed of the locked and the
// unlocked one by the speed (4.2.3, MIX).
func (s *state) scale() int32 {
	if s.ap >= 256 {
		return s.yu
	}
	locked := s.yl >> 6
	difference := s.yu - locked
	if difference < 0 {
		return locked - (-difference * (s.ap >> 2) >> 6)
	}
	return locked + difference*(s.ap>>2)>>6
}

// quantize returns the code of a difference (4.2.2).
func (r *rate) quantize(d, y int32) uint8 {
	magnitude := max(d, -d)
	logarithm := int32(0)
	if magnitude > 1 {
		exponent := bits.Len32(uint32(magnitude)) - 1
		logarithm = int32(exponent)<<7 + magnitude<<7>>exponent&127
	}
	logarithm -= y >> 2
	code := 0
	for code < len(r.decision) && logarithm >= int32(r.decision[code]) {
		code++
	}
	all := len(r.level) - 1
	switch {
	case d < 0:
		return uint8(all - code)
	case code == 0 && r.bits != 2:
		// No code is all zeros, so that a line is never without a change;
		// but for 2 bits, which have none to spare.
		return uint8(all)
	}
	return uint8(code)
}

// reconstruct returns the magnitude of the difference that a code stands for
// (4.2.3, ADDA and ANTILOG).
func (r *rate) reconstruct(code uint8, y int32) int32 {
	logarithm := int32(r.level[code]) + y>>2
	if logarithm < 0 {
		return 0
	}
	return (128 + logarithm&127) << 7 >> (14 - logarithm>>7&15)
}

// update takes a code, and returns the reconstructed signal.
func (s *state) update(code uint8, sez, se, y int32) (sr int32) {
	r := s.rate
	negative := code>>(r.bits-1) != 0
	magnitude := r.reconstruct(code, y)
	dq := magnitude
	if negative {
		dq = -magnitude
	}
	sr = se + dq

	transition := s.tone && magnitude > s.threshold()
	s.adaptScale(y, int32(r.multiplier[code]))
	if transition {
		clear(s.a[:])
		clear(s.b[:])
	} else {
		s.adaptPoles(dq + sez)
		s.adaptZeros(negative, magnitude)
	}
	s.pk[1], s.pk[0] = s.pk[0], dq+sez < 0
	copy(s.dq[1:], s.dq[:5])
	s.dq[0] = newFloat(negative, magnitude)
	s.sr[1] = s.sr[0]
	s.sr[0] = newFloat(sr < 0, max(sr, -sr))
	s.tone = !transition && s.a[1] < -11776
	s.adaptSpeed(y, int32(r.speed[code]), transition)
	return sr
}

// threshold is the difference above which a tone has ended (4.2.7, TRANS).
func (s *state) threshold() int32 {
	whole, part := s.yl>>15, s.yl>>10&31
	t := int32(31) << 10
	if whole <= 9 {
		t = (32 + part) << whole
	}
	return (t + t>>1) >> 1
}

// adaptScale is 4.2.3, FILTD, LIMB and FILTE.
func (s *state) adaptScale(y, multiplier int32) {
	s.yu = max(544, min(y+(multiplier<<5-y)>>5, 5120))
	s.yl += s.yu + -s.yl>>6
}

// adaptPoles is 4.2.6, UPA2, LIMC, UPA1 and LIMD; p is the reconstruction
// without the poles.
func (s *state) adaptPoles(p int32) {
	a2 := s.a[1] - s.a[1]>>7
	a1 := s.a[0] - s.a[0]>>8
	if p != 0 {
		negative := p < 0
		f := s.a[0]
		if negative == s.pk[0] {
			f = -f
		}
		switch {
		case f < -8191:
			a2 -= 256
		case f > 8191:
			a2 += 255
		default:
			a2 += f >> 5
		}
		if negative == s.pk[1] {
			a2 += 128
		} else {
			a2 -= 128
		}
		if negative == s.pk[0] {
			a1 += 192
		} else {
			a1 -= 192
		}
	}
	a2 = max(-12288, min(a2, 12288))
	limit := 15360 - a2
	s.a[1], s.a[0] = a2, max(-limit, min(a1, limit))
}

// adaptZeros is 4.2.6, XOR and UPB.
func (s *state) adaptZeros(negative bool, magnitude int32) {
	for i := range s.b {
		s.b[i] -= s.b[i] >> s.rate.leak
		switch {
		case magnitude == 0:
		case negative == s.dq[i].negative:
			s.b[i] += 128
		default:
			s.b[i] -= 128
		}
	}
}

// adaptSpeed is 4.2.5.
func (s *state) adaptSpeed(y, speed int32, transition bool) {
	s.dms += (speed<<9 - s.dms) >> 5
	s.dml += (speed<<11 - s.dml) >> 7
	if transition {
		s.ap = 256
		return
	}
	difference := s.dms<<2 - s.dml
	if y < 1536 || s.tone || max(difference, -difference) >= s.dml>>3 {
		s.ap += (512 - s.ap) >> 4
	} else {
		s.ap += -s.ap >> 4
	}
}
