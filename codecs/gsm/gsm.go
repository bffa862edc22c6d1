// Package gsm is the full-rate speech codec of GSM 06.10 (ETSI EN 300 961),
// RPE-LTP at 13 kbit/s, in frames of 33 octets (RFC 3551 4.5.8).
//
// The arithmetic is the standard's: 16-bit and 32-bit numbers that saturate, so
// that what is decoded is the same to the bit as by any other decoder. The
// comments give the clauses of GSM 06.10 version 3.2.0; the names are its own.
package gsm

import (
	"fmt"
	"slices"

	"parley/codecs"
)

// SampleRate is the only rate in Hz. It is also the RTP clock.
const SampleRate = 8000

// FrameSamples is the samples of a frame, 20 ms, and FrameSize its octets.
const (
	FrameSamples = 160
	FrameSize    = 33
)

var format = codecs.Format{Name: "GSM", ClockRate: SampleRate, Channels: 1}

// Codec returns the Codec of GSM. It is not offered in calls: who has it has
// G.711, too, which sounds better.
func Codec() codecs.Codec {
	return codecs.Codec{
		Unoffered: []codecs.Format{format},
		Accept:    accept,
		NewEncoder: func(f codecs.Format) (codecs.Encoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("gsm: encode %v: %w", f, codecs.ErrUnsupported)
			}
			return new(encoder), nil
		},
		NewDecoder: func(f codecs.Format) (codecs.Decoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("gsm: decode %v: %w", f, codecs.ErrUnsupported)
			}
			return newDecoder(), nil
		},
	}
}

func accept(f codecs.Format) bool {
	return f.Is(format.Name) && f.ClockRate == SampleRate && f.Channels == 1
}

func (*encoder) SampleRate() int { return SampleRate }
func (*encoder) Channels() int   { return 1 }

// Encode appends one frame for each 160 samples of pcm.
func (e *encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	if len(pcm)%FrameSamples != 0 {
		return dst, fmt.Errorf("gsm: encode %d samples: frames have %d: %w", len(pcm), FrameSamples, codecs.ErrUnsupported)
	}
	dst = slices.Grow(dst, len(pcm)/FrameSamples*FrameSize)
	for ; len(pcm) > 0; pcm = pcm[FrameSamples:] {
		e.frame((*[FrameSamples]int16)(pcm))
		dst = e.parameters.append(dst)
	}
	return dst, nil
}

func (*decoder) SampleRate() int { return SampleRate }
func (*decoder) Channels() int   { return 1 }

// Decode writes 160 samples for each frame of payload.
func (d *decoder) Decode(dst []int16, payload []byte) (int, error) {
	n, err := d.Duration(payload)
	if err != nil {
		return 0, err
	}
	dst = dst[:n]
	for ; len(payload) > 0; payload, dst = payload[FrameSize:], dst[FrameSamples:] {
		d.parameters.read((*[FrameSize]byte)(payload))
		d.frame((*[FrameSamples]int16)(dst))
	}
	return n, nil
}

// Duration returns the samples of the frames in payload, which is malformed when
// it is not whole frames that begin with their signature.
func (*decoder) Duration(payload []byte) (int, error) {
	n := len(payload) / FrameSize
	if n == 0 || n > maxFrames || len(payload)%FrameSize != 0 {
		return 0, errLength
	}
	for i := range n {
		if payload[i*FrameSize]>>4 != signature {
			return 0, errSignature
		}
	}
	return n * FrameSamples, nil
}

// They are one value each, since a storm of garbage must not cost an allocation
// each.
var (
	errLength    = fmt.Errorf("gsm: no whole frames, or too many: %w", codecs.ErrMalformed)
	errSignature = fmt.Errorf("gsm: no signature: %w", codecs.ErrMalformed)
)
