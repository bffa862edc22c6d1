// Package opus is the Opus codec (RFC 6716) as RTP carries it (RFC 7587).
//
// Everything inside is mono: a conference's mix has one channel, and a stereo
// packet is mixed down while it is decoded. The rtpmap still says two channels,
// as RFC 7587 clause 7 demands.
package opus

import (
	"fmt"

	"parley/codecs"
)

// SampleRate is the rate in Hz of the sound on both sides, whatever bandwidth
// a packet carries. It is also the RTP clock (RFC 7587 4.1).
const SampleRate = 48000

// frameSamples is 20 ms.
const frameSamples = SampleRate / 50

// Codec returns the Codec of Opus.
func Codec() codecs.Codec {
	return codecs.Codec{
		Formats: []codecs.Format{
			{Name: "opus", ClockRate: SampleRate, Channels: 2, Fmtp: "minptime=10;useinbandfec=1"},
		},
		Accept: accept,
		NewEncoder: func(f codecs.Format) (codecs.Encoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("opus: encode %v: %w", f, codecs.ErrUnsupported)
			}
			return newEncoder(parseParameters(f.Fmtp))
		},
		NewDecoder: func(f codecs.Format) (codecs.Decoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("opus: decode %v: %w", f, codecs.ErrUnsupported)
			}
			return newDecoder()
		},
	}
}

// accept takes every opus/48000/2: all parameters of RFC 7587 6.1 are wishes
// about what is sent to the peer, and a decoder takes any Opus packet.
func accept(f codecs.Format) bool {
	return f.Is("opus") && f.ClockRate == SampleRate && f.Channels == 2
}
