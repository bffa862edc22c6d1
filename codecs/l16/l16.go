// Package l16 is uncompressed 16-bit sound in network byte order
// (RFC 3551 4.5.11).
package l16

import (
	"encoding/binary"
	"fmt"
	"slices"

	"parley/codecs"
)

// Codec returns the Codec of L16. By default it offers 44.1 kHz mono, which
// has a static payload type, then 48 and 16 kHz. It accepts each rate that can
// be resampled, from 8 to 192 kHz, in up to 64 channels.
func Codec() codecs.Codec {
	return codecs.Codec{
		Formats: []codecs.Format{
			{Name: "L16", ClockRate: 44100, Channels: 1},
			{Name: "L16", ClockRate: 48000, Channels: 1},
			{Name: "L16", ClockRate: 16000, Channels: 1},
		},
		Accept: accept,
		NewEncoder: func(f codecs.Format) (codecs.Encoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("l16: encode %v: %w", f, codecs.ErrUnsupported)
			}
			return &encoder{layout: layoutOf(f)}, nil
		},
		NewDecoder: func(f codecs.Format) (codecs.Decoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("l16: decode %v: %w", f, codecs.ErrUnsupported)
			}
			return &decoder{layoutOf(f)}, nil
		},
	}
}

func accept(f codecs.Format) bool {
	return f.Is("L16") && f.Channels >= 1 && f.Channels <= maxChannels && codecs.Resamples(f.ClockRate)
}

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

// Encode appends two octets for each sample of pcm. Channels are interleaved
// in RTP as they are in memory (RFC 3551 4.1).
func (e *encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	e.samples = len(pcm) / e.channels
	n := len(dst)
	dst = slices.Grow(dst, 2*len(pcm))[:n+2*len(pcm)]
	out := dst[n:]
	for ; len(pcm) >= 4 && len(out) >= 8; pcm, out = pcm[4:], out[8:] {
		// One store for four samples.
		binary.BigEndian.PutUint64(out, uint64(uint16(pcm[0]))<<48|uint64(uint16(pcm[1]))<<32|
			uint64(uint16(pcm[2]))<<16|uint64(uint16(pcm[3])))
	}
	for i, s := range pcm {
		binary.BigEndian.PutUint16(out[2*i:], uint16(s))
	}
	return dst, nil
}

type decoder struct{ layout }

// Decode writes one sample for every two octets of payload.
func (d *decoder) Decode(dst []int16, payload []byte) (int, error) {
	n, err := d.Duration(payload)
	if err != nil {
		return 0, err
	}
	dst = dst[:n*d.channels]
	for ; len(dst) >= 4 && len(payload) >= 8; dst, payload = dst[4:], payload[8:] {
		// One load for four samples.
		v := binary.BigEndian.Uint64(payload)
		dst[0], dst[1], dst[2], dst[3] = int16(v>>48), int16(v>>32), int16(v>>16), int16(v)
	}
	for i := range dst {
		dst[i] = int16(binary.BigEndian.Uint16(payload[2*i:]))
	}
	return n, nil
}

// Duration returns how many samples per channel payload holds. A payload that
// ends inside of a sample or between two channels is malformed.
func (d *decoder) Duration(payload []byte) (int, error) {
	n := len(payload) / (2 * d.channels)
	if n == 0 || len(payload)%(2*d.channels) != 0 || n > d.rate*maxMilliseconds/1000 {
		return 0, errLength
	}
	return n, nil
}

// errLength is one value, since a storm of garbage must not cost an allocation each.
var errLength = fmt.Errorf("l16: payload without whole samples of all channels, or with too many: %w", codecs.ErrMalformed)
