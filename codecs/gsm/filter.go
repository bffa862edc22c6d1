package gsm

// What encoder and decoder have in common.

// segments are the parts of a frame in which the short-term filter differs:
// it moves from the last frame's to this one's (5.2.9.1).
var segments = [4]struct{ from, to int }{{0, 13}, {13, 27}, {27, 40}, {40, 160}}

// shortTerm is the log area ratios of this frame and of the last (LARpp).
type shortTerm struct {
	ratios [2][8]int16
	now    int // which of ratios is this frame's
}

// decode takes the coded log area ratios of a frame (5.2.8).
func (s *shortTerm) decode(coded *[8]uint8) {
	s.now ^= 1
	for i := range coded {
		v := add(int16(coded[i]), larMin[i]) << 10
		v = sub(v, larB[i]<<1)
		v = multR(larInverseA[i], v)
		s.ratios[s.now][i] = add(v, v)
	}
}

// reflections returns the reflection coefficients rp of a segment: interpolated
// (5.2.9.1) and no ratios any more (5.2.9.2).
func (s *shortTerm) reflections(segment int) (rp [8]int16) {
	last, now := &s.ratios[s.now^1], &s.ratios[s.now]
	for i := range rp {
		var v int16
		switch segment {
		case 0:
			v = add(add(last[i]>>2, now[i]>>2), last[i]>>1)
		case 1:
			v = add(last[i]>>1, now[i]>>1)
		case 2:
			v = add(add(last[i]>>2, now[i]>>2), now[i]>>1)
		default:
			v = now[i]
		}
		t := abs(v)
		switch {
		case t < 11059:
			t <<= 1
		case t < 20070:
			t = add(t, 11059)
		default:
			t = add(t>>2, 26112)
		}
		if v < 0 {
			t = sub(0, t)
		}
		rp[i] = t
	}
	return rp
}

// scale is exponent and mantissa of the pulses' maximum (5.2.15).
func scale(peak uint8) (exponent, mantissa int16) {
	mantissa = int16(peak)
	if peak > 15 {
		exponent = int16(peak>>3) - 1
		mantissa -= exponent << 3
	}
	if mantissa == 0 {
		return -4, 7
	}
	for mantissa <= 7 {
		mantissa = mantissa<<1 | 1
		exponent--
	}
	return exponent, mantissa - 8
}

// excitation writes the long-term residual that a subframe's pulses stand for
// (5.2.16 and 5.2.17).
func (s *subframe) excitation(ep *[40]int16) {
	exponent, mantissa := scale(s.peak)
	factor := mantissaLevel[mantissa]
	shift := uint(6 - exponent)
	round := int16(0)
	if shift > 0 {
		round = 1 << (shift - 1)
	}
	clear(ep[:])
	for i, code := range s.pulse {
		v := (int16(code)<<1 - 7) << 12
		v = add(multR(factor, v), round)
		ep[int(s.grid)+3*i] = v >> shift
	}
}

// history is the short-term residual as it was reconstructed: the 120 samples
// before a subframe and then those of a frame (dp and drp).
type history [120 + 160]int16

// at is where in history a subframe begins.
func at(sub int) int { return 120 + 40*sub }

// turn moves on to the next frame.
func (h *history) turn() { copy(h[:120], h[160:]) }
