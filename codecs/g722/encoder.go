package g722

import (
	"fmt"
	"slices"
)

// encoder encodes at 64 kbit/s.
type encoder struct {
	qmf    analysis
	lower  band
	higher band
}

func newEncoder() *encoder {
	return &encoder{lower: newLowerBand(), higher: newHigherBand()}
}

func (*encoder) SampleRate() int { return SampleRate }
func (*encoder) Channels() int   { return 1 }

// Encode appends one octet for every two samples of pcm.
func (e *encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	if len(pcm)%2 != 0 {
		return dst, fmt.Errorf("g722: frame of %d samples, an odd number", len(pcm))
	}
	n := len(dst)
	dst = slices.Grow(dst, len(pcm)/2)[:n+len(pcm)/2]
	out := dst[n:]
	var xl, xh [blockPairs]int32
	for len(out) > 0 {
		pairs := min(len(out), blockPairs)
		e.qmf.split(xl[:pairs], xh[:pairs], pcm[:2*pairs])
		for i := range pairs {
			// The higher band's code leads (G.722 clause 1.4.4).
			out[i] = byte(e.encodeHigher(xh[i])<<6 | e.encodeLower(xl[i]))
		}
		out, pcm = out[pairs:], pcm[2*pairs:]
	}
	return dst, nil
}

// encodeLower takes XL, a sample of the lower band, and returns IL, its code
// of 6 bits.
func (e *encoder) encodeLower(xl int32) int32 {
	b := &e.lower
	el := saturate(xl - b.s) // SUBTRA
	il := quantizeLower(el, b.det)
	// The predictor sees only 4 of the 6 bits, so that a decoder in any mode
	// can follow it (INVQAL, LOGSCL, SCALEL).
	code := il >> 2
	d := b.det * inverse4[code] >> 15
	b.scaleLower(code)
	b.predict(d)
	return il
}

// encodeHigher takes XH, a sample of the higher band, and returns IH, its code
// of 2 bits.
func (e *encoder) encodeHigher(xh int32) int32 {
	b := &e.higher
	eh := saturate(xh - b.s) // SUBTRA
	ih := quantizeHigher(eh, b.det)
	d := b.det * inverse2[ih] >> 15
	b.scaleHigher(ih)
	b.predict(d)
	return ih
}

// quantizeLower is QUANTL: it finds the interval in which the magnitude of el
// lies, in units of det.
func quantizeLower(el, det int32) int32 {
	negative := el < 0
	if negative {
		el = ^el
	}
	// The greatest level whose decision value is not above el, by halving.
	low, high := 0, len(decision6)
	for high-low > 1 {
		mid := (low + high) / 2
		if el >= decision6[mid]*det>>12 {
			low = mid
		} else {
			high = mid
		}
	}
	switch {
	case !negative:
		return int32(61 - low) // ILP
	case low < 2:
		return int32(63 - low) // ILN: the two smallest have codes of their own
	}
	return int32(33 - low)
}

// quantizeHigher is QUANTH.
func quantizeHigher(eh, det int32) int32 {
	limit := 564 * det >> 12
	if eh >= 0 {
		if eh >= limit {
			return 2
		}
		return 3
	}
	if ^eh >= limit {
		return 0
	}
	return 1
}
