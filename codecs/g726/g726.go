// Package g726 is ITU-T Recommendation G.726: ADPCM at 16, 24, 32 and 40
// kbit/s, of 2 to 5 bits a sample.
//
// Its codes are packed in two ways, which are Formats of their own: G726-32 and
// the like begin with the lowest bits of an octet (RFC 3551 4.5.4), AAL2-G726-32
// with the highest (RFC 3551 4.5.4, ITU-T I.366.2 annex E). Some devices say the
// former and send the latter; nothing in a payload tells.
package g726

import (
	"fmt"
	"slices"
	"strings"

	"parley/codecs"
)

// SampleRate is the only rate of G.726 in Hz. It is also the RTP clock.
const SampleRate = 8000

// Codec returns the Codec of all rates and both packings. It is not offered in
// calls: who has it has G.711, too, which sounds better.
func Codec() codecs.Codec {
	c := codecs.Codec{
		Accept: func(f codecs.Format) bool { return variantOf(f) != nil },
		NewEncoder: func(f codecs.Format) (codecs.Encoder, error) {
			v := variantOf(f)
			if v == nil {
				return nil, fmt.Errorf("g726: encode %v: %w", f, codecs.ErrUnsupported)
			}
			return &encoder{variant: v, state: newState(v.rate)}, nil
		},
		NewDecoder: func(f codecs.Format) (codecs.Decoder, error) {
			v := variantOf(f)
			if v == nil {
				return nil, fmt.Errorf("g726: decode %v: %w", f, codecs.ErrUnsupported)
			}
			return &decoder{variant: v, state: newState(v.rate)}, nil
		},
	}
	for i := range variants {
		c.Unoffered = append(c.Unoffered, codecs.Format{Name: variants[i].name, ClockRate: SampleRate, Channels: 1})
	}
	return c
}

// variant is one rate in one packing.
type variant struct {
	name    string
	rate    *rate
	highest bool // the first code stands in the highest bits
}

var variants = [...]variant{
	{"G726-32", &rate32, false},
	{"G726-40", &rate40, false},
	{"G726-24", &rate24, false},
	{"G726-16", &rate16, false},
	{"AAL2-G726-32", &rate32, true},
	{"AAL2-G726-40", &rate40, true},
	{"AAL2-G726-24", &rate24, true},
	{"AAL2-G726-16", &rate16, true},
}

func variantOf(f codecs.Format) *variant {
	if f.ClockRate != SampleRate || f.Channels != 1 {
		return nil
	}
	for i := range variants {
		if strings.EqualFold(variants[i].name, f.Name) {
			return &variants[i]
		}
	}
	return nil
}

type encoder struct {
	variant *variant
	state   state
}

func (*encoder) SampleRate() int { return SampleRate }
func (*encoder) Channels() int   { return 1 }

// Encode appends the codes of pcm, of whose samples eight are whole octets at
// each rate.
func (e *encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	if len(pcm)%8 != 0 {
		return dst, fmt.Errorf("g726: encode %d samples: no multiple of 8: %w", len(pcm), codecs.ErrUnsupported)
	}
	n := e.variant.rate.bits
	dst = slices.Grow(dst, len(pcm)/8*int(n))
	for ; len(pcm) > 0; pcm = pcm[8:] {
		group := uint64(0)
		for i, s := range pcm[:8] {
			code := uint64(e.state.encode(s))
			if e.variant.highest {
				group = group<<n | code
			} else {
				group |= code << (uint(i) * n)
			}
		}
		for i := range n {
			shift := 8 * i
			if e.variant.highest {
				shift = 8 * (n - 1 - i)
			}
			dst = append(dst, byte(group>>shift))
		}
	}
	return dst, nil
}

type decoder struct {
	variant *variant
	state   state
}

func (*decoder) SampleRate() int { return SampleRate }
func (*decoder) Channels() int   { return 1 }

// Decode writes one sample for each code of payload.
func (d *decoder) Decode(dst []int16, payload []byte) (int, error) {
	samples, err := d.Duration(payload)
	if err != nil {
		return 0, err
	}
	n := d.variant.rate.bits
	mask := uint32(1)<<n - 1
	dst = dst[:samples]
	var hold uint32
	var have uint
	for _, b := range payload {
		if d.variant.highest {
			hold = hold<<8 | uint32(b)
		} else {
			hold |= uint32(b) << have
		}
		for have += 8; have >= n && len(dst) > 0; dst = dst[1:] {
			have -= n
			code := hold & mask
			if d.variant.highest {
				code = hold >> have & mask
			} else {
				hold >>= n
			}
			dst[0] = d.state.decode(uint8(code))
		}
	}
	return samples, nil
}

// Duration returns the codes of payload, which are to be whole octets.
func (d *decoder) Duration(payload []byte) (int, error) {
	bits, n := 8*len(payload), int(d.variant.rate.bits)
	if bits == 0 || bits%n != 0 || bits/n > maxSamples {
		return 0, errLength
	}
	return bits / n, nil
}

// errLength is one value, since a storm of garbage must not cost an allocation each.
var errLength = fmt.Errorf("g726: payload without whole samples, or with too many: %w", codecs.ErrMalformed)
