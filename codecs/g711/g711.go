// Package g711 is ITU-T Recommendation G.711: PCMU and PCMA at 8 kHz, one
// octet a sample (RFC 3551 4.5.14).
package g711

import (
	"fmt"
	"slices"

	"parley/codecs"
)

// SampleRate is the only rate of G.711 in Hz. It is also the RTP clock.
const SampleRate = 8000

// The Formats of the two laws.
var (
	pcmu = codecs.Format{Name: "PCMU", ClockRate: SampleRate, Channels: 1}
	pcma = codecs.Format{Name: "PCMA", ClockRate: SampleRate, Channels: 1}
)

// MuLaw returns the Codec of PCMU.
func MuLaw() codecs.Codec {
	return codec(pcmu, &muLawCompressed, muLawShift, &muLawExpanded)
}

// ALaw returns the Codec of PCMA.
func ALaw() codecs.Codec {
	return codec(pcma, &aLawCompressed, aLawShift, &aLawExpanded)
}

// codec returns the Codec of the law that compress and expand describe.
func codec(own codecs.Format, compress *[compressedSize]byte, shift uint8, expand *[256]int16) codecs.Codec {
	accept := func(f codecs.Format) bool {
		return f.Is(own.Name) && f.ClockRate == SampleRate && f.Channels == 1
	}
	return codecs.Codec{
		Formats: []codecs.Format{own},
		Accept:  accept,
		NewEncoder: func(f codecs.Format) (codecs.Encoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("g711: encode %v: %w", f, codecs.ErrUnsupported)
			}
			return &encoder{table: compress, shift: shift}, nil
		},
		NewDecoder: func(f codecs.Format) (codecs.Decoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("g711: decode %v: %w", f, codecs.ErrUnsupported)
			}
			return &decoder{table: expand}, nil
		},
	}
}

// encoder compresses by one law. It keeps no state between frames.
type encoder struct {
	table *[compressedSize]byte
	shift uint8
}

func (*encoder) SampleRate() int { return SampleRate }
func (*encoder) Channels() int   { return 1 }

// Encode appends one octet for each sample of pcm, which may have any length.
func (e *encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	n := len(dst)
	dst = slices.Grow(dst, len(pcm))[:n+len(pcm)]
	out, table, shift := dst[n:], e.table, e.shift&15
	for i, s := range pcm {
		out[i] = table[(uint16(s)>>shift)&(compressedSize-1)]
	}
	return dst, nil
}

// decoder expands by one law. It keeps no state between payloads.
type decoder struct{ table *[256]int16 }

func (*decoder) SampleRate() int { return SampleRate }
func (*decoder) Channels() int   { return 1 }

// Decode writes one sample for each octet of payload.
func (d *decoder) Decode(dst []int16, payload []byte) (int, error) {
	n, err := d.Duration(payload)
	if err != nil {
		return 0, err
	}
	dst = dst[:n]
	table := d.table
	for i, b := range payload[:n] {
		dst[i] = table[b]
	}
	return n, nil
}

// Duration returns the length of payload: a sample is an octet.
func (*decoder) Duration(payload []byte) (int, error) {
	if len(payload) == 0 || len(payload) > maxSamples {
		return 0, errLength
	}
	return len(payload), nil
}

// errLength is one value, since a storm of garbage must not cost an allocation each.
var errLength = fmt.Errorf("g711: payload without samples, or with too many: %w", codecs.ErrMalformed)
