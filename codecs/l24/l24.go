// Package l24 is uncompressed 24-bit sound in network byte order (RFC 3190 4),
// as studios and AES67 have it. Of each sample the upper 16 bits are kept.
package l24

import (
	"fmt"
	"slices"

	"parley/codecs"
)

// Codec returns the Codec of L24. It accepts each rate that can be resampled,
// from 8 to 192 kHz, in up to 64 channels. It is not offered in calls: what is
// mixed here has 16 bits.
func Codec() codecs.Codec {
	return codecs.Codec{
		Unoffered: []codecs.Format{
			{Name: "L24", ClockRate: 48000, Channels: 2},
			{Name: "L24", ClockRate: 48000, Channels: 1},
			{Name: "L24", ClockRate: 44100, Channels: 2},
			{Name: "L24", ClockRate: 96000, Channels: 2},
		},
		Accept: accept,
		NewEncoder: func(f codecs.Format) (codecs.Encoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("l24: encode %v: %w", f, codecs.ErrUnsupported)
			}
			return &encoder{layout: layoutOf(f)}, nil
		},
		NewDecoder: func(f codecs.Format) (codecs.Decoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("l24: decode %v: %w", f, codecs.ErrUnsupported)
			}
			return &decoder{layoutOf(f)}, nil
		},
	}
}

func accept(f codecs.Format) bool {
	return f.Is("L24") && f.Channels >= 1 && f.Channels <= maxChannels && codecs.Resamples(f.ClockRate)
}

// octets is the size of a sample.
const octets = 3

// layout is what a Format says about the samples.
type layout struct{ rate, channels int }

func layoutOf(f codecs.Format) layout { return layout{f.ClockRate, f.Channels} }

func (l *layout) SampleRate() int { return l.rate }
func (l *layout) Channels() int   { return l.channels }

type encoder struct {
	layout
	samples int // of the last payload
}

// Samples implements codecs.UnevenEncoder: a rate such as 11025 Hz has no whole
// samples in 20 ms.
func (e *encoder) Samples() int { return e.samples }

// Encode appends three octets for each sample of pcm, of which the last is 0.
func (e *encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	e.samples = len(pcm) / e.channels
	n := len(dst)
	dst = slices.Grow(dst, octets*len(pcm))[:n+octets*len(pcm)]
	out := dst[n:]
	for _, s := range pcm {
		out[0], out[1], out[2] = byte(s>>8), byte(s), 0
		out = out[octets:]
	}
	return dst, nil
}

type decoder struct{ layout }

// Decode writes one sample for every three octets of payload.
func (d *decoder) Decode(dst []int16, payload []byte) (int, error) {
	n, err := d.Duration(payload)
	if err != nil {
		return 0, err
	}
	dst = dst[:n*d.channels]
	for i := range dst {
		dst[i] = int16(uint16(payload[0])<<8 | uint16(payload[1]))
		payload = payload[octets:]
	}
	return n, nil
}

// Duration returns how many samples per channel payload holds. A payload that
// ends inside of a sample or between two channels is malformed.
func (d *decoder) Duration(payload []byte) (int, error) {
	n := len(payload) / (octets * d.channels)
	if n == 0 || len(payload)%(octets*d.channels) != 0 || n > d.rate*maxMilliseconds/1000 {
		return 0, errLength
	}
	return n, nil
}

// errLength is one value, since a storm of garbage must not cost an allocation each.
var errLength = fmt.Errorf("l24: payload without whole samples of all channels, or with too many: %w", codecs.ErrMalformed)
