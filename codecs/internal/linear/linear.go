// Package linear is what uncompressed sound of RTP payloads has in common,
// whatever the size of its samples (RFC 3551 4.5.11, RFC 3190 4): any rate that
// can be resampled and any number of channels, which are interleaved in RTP as
// they are in memory (RFC 3551 4.1).
package linear

import (
	"fmt"
	"slices"

	"parley/codecs"
)

// Coding is one size of samples.
type Coding struct {
	Name   string // of the encoding, as in SDP
	Octets int    // of a sample
	// Write and Read carry as many samples as pcm has; there is room for them.
	Write func(payload []byte, pcm []int16)
	Read  func(pcm []int16, payload []byte)
}

// Codec returns the Codec of a Coding without its formats. It accepts each rate
// that can be resampled, from 8 to 192 kHz, in up to 64 channels.
func (c Coding) Codec() codecs.Codec {
	// It is one value, since a storm of garbage must not cost an allocation each.
	length := fmt.Errorf("%s: payload without whole samples of all channels, or with too many: %w", c.Name, codecs.ErrMalformed)
	return codecs.Codec{
		Accept: c.accepts,
		NewEncoder: func(f codecs.Format) (codecs.Encoder, error) {
			if !c.accepts(f) {
				return nil, fmt.Errorf("%s: encode %v: %w", c.Name, f, codecs.ErrUnsupported)
			}
			return &encoder{layout: layout{f.ClockRate, f.Channels}, coding: c}, nil
		},
		NewDecoder: func(f codecs.Format) (codecs.Decoder, error) {
			if !c.accepts(f) {
				return nil, fmt.Errorf("%s: decode %v: %w", c.Name, f, codecs.ErrUnsupported)
			}
			return &decoder{layout{f.ClockRate, f.Channels}, c, length}, nil
		},
	}
}

func (c Coding) accepts(f codecs.Format) bool {
	return f.Is(c.Name) && f.Channels >= 1 && f.Channels <= maxChannels && codecs.Resamples(f.ClockRate)
}

// layout is what a Format says about the samples.
type layout struct{ rate, channels int }

func (l *layout) SampleRate() int { return l.rate }
func (l *layout) Channels() int   { return l.channels }

type encoder struct {
	layout
	coding  Coding
	samples int // of the last payload
}

// Samples implements codecs.UnevenEncoder: a rate such as 11025 Hz has no whole
// samples in 20 ms.
func (e *encoder) Samples() int { return e.samples }

// Encode appends the samples of pcm.
func (e *encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	e.samples = len(pcm) / e.channels
	n, size := len(dst), e.coding.Octets*len(pcm)
	dst = slices.Grow(dst, size)[:n+size]
	e.coding.Write(dst[n:], pcm)
	return dst, nil
}

type decoder struct {
	layout
	coding Coding
	length error
}

// Decode writes the samples of payload.
func (d *decoder) Decode(dst []int16, payload []byte) (int, error) {
	n, err := d.Duration(payload)
	if err != nil {
		return 0, err
	}
	d.coding.Read(dst[:n*d.channels], payload)
	return n, nil
}

// Duration returns how many samples per channel payload holds. A payload that
// ends inside of a sample or between two channels is malformed.
func (d *decoder) Duration(payload []byte) (int, error) {
	size := d.coding.Octets * d.channels
	n := len(payload) / size
	if n == 0 || len(payload)%size != 0 || n > d.rate*maxMilliseconds/1000 {
		return 0, d.length
	}
	return n, nil
}
