// Package g722 is ITU-T Recommendation G.722: 7 kHz sound in 64 kbit/s by
// sub-band ADPCM. The names of blocks and variables are the Recommendation's
// (clause 6), whose test sequences (Appendix II) it meets bit for bit.
package g722

import (
	"fmt"

	"parley/codecs"
)

// SampleRate is the rate in Hz of the sound. The RTP clock is ClockRate, by an
// error in RFC 1890 that was kept (RFC 3551 4.5.2).
const (
	SampleRate = 16000
	ClockRate  = 8000
)

// Codec returns the Codec of G.722 at 64 kbit/s, the only mode that RTP
// carries (RFC 3551 4.5.2).
func Codec() codecs.Codec {
	return codecs.Codec{
		Formats: []codecs.Format{{Name: "G722", ClockRate: ClockRate, Channels: 1}},
		Accept:  accept,
		NewEncoder: func(f codecs.Format) (codecs.Encoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("g722: encode %v: %w", f, codecs.ErrUnsupported)
			}
			return newEncoder(), nil
		},
		NewDecoder: func(f codecs.Format) (codecs.Decoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("g722: decode %v: %w", f, codecs.ErrUnsupported)
			}
			return newDecoder(mode64), nil
		},
	}
}

func accept(f codecs.Format) bool {
	return f.Is("G722") && f.ClockRate == ClockRate && f.Channels == 1
}
