package playout

import (
	"encoding/binary"
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/builtin"
)

// FuzzBuffer pushes packets as the input says, ten bytes each and a payload,
// between frames. Nothing may panic, and what waits stays bounded.
func FuzzBuffer(f *testing.F) {
	step := func(op, pt byte, seq uint16, ts uint32, wait byte, payload ...byte) []byte {
		b := []byte{op, pt}
		b = binary.BigEndian.AppendUint16(b, seq)
		b = binary.BigEndian.AppendUint32(b, ts)
		b = append(b, wait, byte(len(payload)))
		return append(b, payload...)
	}
	var talk, jumps []byte
	for i := range 40 {
		talk = append(talk, step(1, 0, uint16(i), uint32(i*160), 20, make([]byte, 160)...)...)
		jumps = append(jumps, step(byte(i), byte(i%5), uint16(i*i*977), uint32(i*i)<<20, byte(i*31), 1, 2, 3, byte(i))...)
	}
	f.Add(talk)
	f.Add(jumps)
	f.Add(append(talk[:len(talk):len(talk)], jumps...))
	f.Add(step(3, 13, 65535, 0xffffffff, 255))
	f.Fuzz(play)
}

// play does what in says.
func play(t *testing.T, in []byte) {
	formats := map[uint8]codecs.Format{
		0: pcmu,
		1: {Name: "L16", ClockRate: 44100, Channels: 2},
		2: {Name: "linear", ClockRate: 11025, Channels: 1},
		3: {Name: "telephone-event", ClockRate: 8000, Channels: 1},
		4: {Name: "terse", ClockRate: 48000, Channels: 1},
	}
	set := codecs.NewSet(linearCodec("linear"), terseCodec(), linearCodec("L16"), codecs.Codec{
		Formats:    []codecs.Format{pcmu},
		NewDecoder: builtin.Set().NewDecoder,
	})
	now := time.Unix(1e9, 0)
	buf := New(Config{Codecs: set, Formats: formats, Now: func() time.Time { return now }})
	var frame codecs.Frame
	frames := 0
	for len(in) >= 10 && frames < 4000 {
		n := min(int(in[9]), len(in)-10)
		p := codecs.Packet{
			PayloadType:    in[1],
			SequenceNumber: binary.BigEndian.Uint16(in[2:]),
			Timestamp:      binary.BigEndian.Uint32(in[4:]),
			SSRC:           uint32(in[0] >> 6),
			Payload:        in[10 : 10+n],
			Arrival:        now,
		}
		buf.Push(&p)
		now = now.Add(time.Duration(in[8]) * time.Millisecond)
		for range in[0] & 15 {
			buf.ReadFrame(&frame)
			frames++
		}
		if in[0]&16 != 0 {
			buf.SetFormats(formats)
		}
		in = in[10+n:]
		if len(buf.ring.free) > ringSize+2 || buf.ring.waiting > ringSize {
			t.Fatalf("%d blocks free, %d packets waiting", len(buf.ring.free), buf.ring.waiting)
		}
		if n := len(buf.reader.out); n > 2*codecs.FrameSamples {
			t.Fatalf("%d samples wait behind the resampler", n)
		}
	}
	buf.Stats()
}
