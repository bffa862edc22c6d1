package g722

import (
	"fmt"

	"parley/codecs"
)

// mode says how many bits of the lower band's code are sound: in the slower
// modes the last one or two carry data instead (G.722 clause 1.3).
type mode uint8

// The modes, by their bit rate of sound in kbit/s.
const (
	mode64 mode = iota // mode 1
	mode56             // mode 2
	mode48             // mode 3
)

// decoder decodes one mode.
type decoder struct {
	mode   mode
	qmf    synthesis
	lower  band
	higher band
}

func newDecoder(m mode) *decoder {
	return &decoder{mode: m, lower: newLowerBand(), higher: newHigherBand()}
}

func (*decoder) SampleRate() int { return SampleRate }
func (*decoder) Channels() int   { return 1 }

// Duration returns the samples in payload: two in each octet.
func (*decoder) Duration(payload []byte) (int, error) {
	if len(payload) == 0 || len(payload) > maxOctets {
		return 0, errLength
	}
	return 2 * len(payload), nil
}

// Decode writes two samples for each octet of payload.
func (d *decoder) Decode(dst []int16, payload []byte) (int, error) {
	n, err := d.Duration(payload)
	if err != nil {
		return 0, err
	}
	dst = dst[:n]
	var rl, rh [blockPairs]int32
	for len(payload) > 0 {
		pairs := min(len(payload), blockPairs)
		for i, b := range payload[:pairs] {
			rl[i] = d.decodeLower(int32(b & 0x3F))
			rh[i] = d.decodeHigher(int32(b >> 6))
		}
		d.qmf.join(dst[:2*pairs], rl[:pairs], rh[:pairs])
		payload, dst = payload[pairs:], dst[2*pairs:]
	}
	return n, nil
}

// decodeLower takes a code of 6 bits and returns RL, a sample of the lower
// band.
func (d *decoder) decodeLower(il int32) int32 {
	b := &d.lower
	var fine int32 // INVQBL
	switch d.mode {
	case mode48:
		fine = inverse4[il>>2]
	case mode56:
		fine = inverse5[il>>1]
	default:
		fine = inverse6[il]
	}
	rl := limit(saturate(b.s + b.det*fine>>15)) // RECONS, LIMIT
	code := il >> 2
	dl := b.det * inverse4[code] >> 15 // INVQAL
	b.scaleLower(code)
	b.predict(dl)
	return rl
}

// decodeHigher takes a code of 2 bits and returns RH, a sample of the higher
// band.
func (d *decoder) decodeHigher(ih int32) int32 {
	b := &d.higher
	dh := b.det * inverse2[ih] >> 15 // INVQAH
	rh := limit(saturate(b.s + dh))
	b.scaleHigher(ih)
	b.predict(dh)
	return rh
}

// limit keeps a band's sample within 15 bits (LIMIT).
func limit(v int32) int32 { return max(min(v, 16383), -16384) }

// errLength is one value, since a storm of garbage must not cost an allocation each.
var errLength = fmt.Errorf("g722: payload without samples, or with too many: %w", codecs.ErrMalformed)
