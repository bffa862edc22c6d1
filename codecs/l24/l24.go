// Package l24 is uncompressed 24-bit sound in network byte order (RFC 3190 4),
// as studios and AES67 have it. Of each sample the upper 16 bits are kept.
package l24

import (
	"parley/codecs"
	"parley/codecs/internal/linear"
)

// Codec returns the Codec of L24. It accepts each rate that can be resampled,
// from 8 to 192 kHz, in up to 64 channels. It is not offered in calls: what is
// mixed here has 16 bits.
func Codec() codecs.Codec {
	c := linear.Coding{Name: "L24", Octets: octets, Write: write, Read: read}.Codec()
	c.Unoffered = []codecs.Format{
		{Name: "L24", ClockRate: 48000, Channels: 2},
		{Name: "L24", ClockRate: 48000, Channels: 1},
		{Name: "L24", ClockRate: 44100, Channels: 2},
		{Name: "L24", ClockRate: 96000, Channels: 2},
	}
	return c
}

// octets is the size of a sample.
const octets = 3

// write leaves the last octet of each sample 0.
func write(payload []byte, pcm []int16) {
	for _, s := range pcm {
		payload[0], payload[1], payload[2] = byte(s>>8), byte(s), 0
		payload = payload[octets:]
	}
}

func read(pcm []int16, payload []byte) {
	for i := range pcm {
		pcm[i] = int16(uint16(payload[0])<<8 | uint16(payload[1]))
		payload = payload[octets:]
	}
}
