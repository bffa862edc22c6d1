// Package h264 knows the RTP payload format of H.264 (RFC 6184) in
// packetization modes 0 and 1, as far as forwarding needs it: where pictures
// begin, which of them are key frames, and the parameter sets. It decodes
// nothing.
package h264

import (
	"encoding/hex"
	"strings"

	"parley/codecs"
)

// Codec returns H.264 in the Formats that are offered by default: Constrained
// Baseline at level 3.1, which every browser and telephone has, in mode 1 and
// mode 0. What is accepted goes further: it is forwarded, not decoded.
func Codec() codecs.Codec {
	format := func(mode string) codecs.Format {
		return codecs.Format{
			Name: "H264", ClockRate: 90000,
			Fmtp: "level-asymmetry-allowed=1;packetization-mode=" + mode + ";profile-level-id=42e01f",
		}
	}
	return codecs.Codec{
		Formats: []codecs.Format{format("1"), format("0")},
		Accept:  accept,
		Inspect: Inspect,
	}
}

// accept takes every profile, in modes 0 and 1. Mode 2 interleaves: its
// packets are not in decoding order (RFC 6184 5.4).
func accept(f codecs.Format) bool {
	if !f.Is("H264") || f.ClockRate != 90000 {
		return false
	}
	if mode, ok := f.Param("packetization-mode"); ok && mode != "0" && mode != "1" {
		return false
	}
	if id, ok := f.Param("profile-level-id"); ok {
		b, err := hex.DecodeString(strings.TrimSpace(id))
		return err == nil && len(b) == 3
	}
	return true
}
