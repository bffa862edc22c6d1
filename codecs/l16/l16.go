// Package l16 is uncompressed 16-bit sound in network byte order
// (RFC 3551 4.5.11).
package l16

import (
	"encoding/binary"

	"parley/codecs"
	"parley/codecs/internal/linear"
)

// Codec returns the Codec of L16. By default it offers 44.1 kHz mono, which
// has a static payload type, then 48 and 16 kHz. It accepts each rate that can
// be resampled, from 8 to 192 kHz, in up to 64 channels.
func Codec() codecs.Codec {
	c := linear.Coding{Name: "L16", Octets: 2, Write: write, Read: read}.Codec()
	c.Formats = []codecs.Format{
		{Name: "L16", ClockRate: 44100, Channels: 1},
		{Name: "L16", ClockRate: 48000, Channels: 1},
		{Name: "L16", ClockRate: 16000, Channels: 1},
	}
	return c
}

func write(payload []byte, pcm []int16) {
	for ; len(pcm) >= 4 && len(payload) >= 8; pcm, payload = pcm[4:], payload[8:] {
		// One store for four samples.
		binary.BigEndian.PutUint64(payload, uint64(uint16(pcm[0]))<<48|uint64(uint16(pcm[1]))<<32|
			uint64(uint16(pcm[2]))<<16|uint64(uint16(pcm[3])))
	}
	for i, s := range pcm {
		binary.BigEndian.PutUint16(payload[2*i:], uint16(s))
	}
}

func read(pcm []int16, payload []byte) {
	for ; len(pcm) >= 4 && len(payload) >= 8; pcm, payload = pcm[4:], payload[8:] {
		// One load for four samples.
		v := binary.BigEndian.Uint64(payload)
		pcm[0], pcm[1], pcm[2], pcm[3] = int16(v>>48), int16(v>>32), int16(v>>16), int16(v)
	}
	for i := range pcm {
		pcm[i] = int16(binary.BigEndian.Uint16(payload[2*i:]))
	}
}
