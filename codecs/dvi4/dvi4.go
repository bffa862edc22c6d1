// Package dvi4 is DVI4: the IMA's ADPCM of 4 bits a sample, with a header in
// each packet that makes it decodable by itself (RFC 3551 4.5.1).
package dvi4

import (
	"encoding/binary"
	"fmt"

	"parley/codecs"
)

// Codec returns the Codec of DVI4 at the rates that have static payload types,
// 8, 11.025, 16 and 22.05 kHz; any other that can be resampled is taken too. It
// is not offered in calls: it sounds worse than G.711, at half its rate.
func Codec() codecs.Codec {
	return codecs.Codec{
		Unoffered: []codecs.Format{
			{Name: "DVI4", ClockRate: 8000, Channels: 1},
			{Name: "DVI4", ClockRate: 16000, Channels: 1},
			{Name: "DVI4", ClockRate: 11025, Channels: 1},
			{Name: "DVI4", ClockRate: 22050, Channels: 1},
		},
		Accept: accept,
		NewEncoder: func(f codecs.Format) (codecs.Encoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("dvi4: encode %v: %w", f, codecs.ErrUnsupported)
			}
			return &encoder{rate: f.ClockRate}, nil
		},
		NewDecoder: func(f codecs.Format) (codecs.Decoder, error) {
			if !accept(f) {
				return nil, fmt.Errorf("dvi4: decode %v: %w", f, codecs.ErrUnsupported)
			}
			return &decoder{rate: f.ClockRate}, nil
		},
	}
}

func accept(f codecs.Format) bool {
	return f.Is("DVI4") && f.Channels == 1 && codecs.Resamples(f.ClockRate)
}

// The header of a packet:
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|            predict            |     index     |   reserved    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
const headerSize = 4

// encoder compresses. Packets hold an even number of samples (RFC 3551 4.5.1):
// where 20 ms have an odd one, the last sample waits for the next packet.
type encoder struct {
	rate    int
	state   state
	samples int // of the last packet
	held    int16
	holding bool
}

func (e *encoder) SampleRate() int { return e.rate }
func (*encoder) Channels() int     { return 1 }

// Samples implements codecs.UnevenEncoder.
func (e *encoder) Samples() int { return e.samples }

// Encode appends one packet.
func (e *encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	dst = binary.BigEndian.AppendUint16(dst, uint16(e.state.predicted))
	dst = append(dst, byte(e.state.index), 0)
	e.samples = 0
	if e.holding && len(pcm) > 0 {
		dst = e.pair(dst, e.held, pcm[0])
		pcm, e.holding = pcm[1:], false
	}
	for ; len(pcm) >= 2; pcm = pcm[2:] {
		dst = e.pair(dst, pcm[0], pcm[1])
	}
	if len(pcm) > 0 {
		e.held, e.holding = pcm[0], true
	}
	return dst, nil
}

// pair appends two samples: the first in the upper half of the octet.
func (e *encoder) pair(dst []byte, first, second int16) []byte {
	e.samples += 2
	upper := e.state.encode(first)
	return append(dst, upper<<4|e.state.encode(second))
}

type decoder struct{ rate int }

func (d *decoder) SampleRate() int { return d.rate }
func (*decoder) Channels() int     { return 1 }

// Decode writes two samples for each octet behind the header, of which no state
// from before is needed.
func (d *decoder) Decode(dst []int16, payload []byte) (int, error) {
	n, err := d.Duration(payload)
	if err != nil {
		return 0, err
	}
	s := state{predicted: int16(binary.BigEndian.Uint16(payload)), index: int(payload[2])}
	dst = dst[:n]
	for i, b := range payload[headerSize:] {
		dst[2*i] = s.decode(b >> 4)
		dst[2*i+1] = s.decode(b & 15)
	}
	return n, nil
}

// Duration returns the samples of payload, which is malformed without any or
// when its header is none.
func (d *decoder) Duration(payload []byte) (int, error) {
	n := 2 * (len(payload) - headerSize)
	if n <= 0 || n > d.rate*maxMilliseconds/1000 || int(payload[2]) >= len(steps) {
		return 0, errPayload
	}
	return n, nil
}

// errPayload is one value, since a storm of garbage must not cost an allocation each.
var errPayload = fmt.Errorf("dvi4: payload without samples or with too many, or no header: %w", codecs.ErrMalformed)
