package playout

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"
	"time"

	"parley/codecs"
)

// The codec of these tests: linear samples, so that what comes out can be
// compared with what went in. Its rate is the Format's clock.
func linearCodec(name string) codecs.Codec {
	return codecs.Codec{
		Formats:    []codecs.Format{{Name: name, ClockRate: 48000, Channels: 1}},
		NewDecoder: func(f codecs.Format) (codecs.Decoder, error) { return linear{f}, nil },
	}
}

type linear struct{ f codecs.Format }

func (l linear) SampleRate() int { return l.f.ClockRate }
func (l linear) Channels() int   { return l.f.Channels }

func (l linear) Duration(payload []byte) (int, error) {
	n := len(payload) / 2 / l.f.Channels
	if len(payload)%(2*l.f.Channels) != 0 || n > l.f.ClockRate*120/1000 {
		return 0, fmt.Errorf("linear: %d bytes: %w", len(payload), codecs.ErrMalformed)
	}
	return n, nil
}

func (l linear) Decode(dst []int16, payload []byte) (int, error) {
	n, err := l.Duration(payload)
	for i := range n * l.f.Channels {
		dst[i] = int16(binary.LittleEndian.Uint16(payload[2*i:]))
	}
	return n, err
}

// terse is a codec whose packets of one byte are 20 ms at 48 kHz: for long
// runs that are about time and not about sound.
type terse struct{}

func terseCodec() codecs.Codec {
	return codecs.Codec{
		Formats:    []codecs.Format{{Name: "terse", ClockRate: 48000, Channels: 1}},
		NewDecoder: func(codecs.Format) (codecs.Decoder, error) { return terse{}, nil },
	}
}

func (terse) SampleRate() int                { return 48000 }
func (terse) Channels() int                  { return 1 }
func (terse) Duration(p []byte) (int, error) { return 960 * len(p), nil }
func (terse) Decode(dst []int16, p []byte) (int, error) {
	for i := range dst[:960] {
		dst[i] = int16(i&15) << 6
	}
	return 960, nil
}

// rig sends a signal through a Buffer on a clock of its own.
type rig struct {
	buf    *Buffer
	start  time.Time
	clock  time.Duration // of the reader
	format codecs.Format
	pt     uint8

	packet time.Duration             // packet time; 0: 20 ms
	rate   float64                   // the sender's clock against ours; 0: 1
	signal func(sample int64) int16  // at the Format's rate
	path   func(n int) time.Duration // delay of packet n; negative: lost
	mute   func(n int) bool          // packet n is not sent, and takes no number

	sent     int
	seq      uint16
	inFlight []flight
	free     [][]byte
	out      []int16 // what was played, silence as zeros
	keep     bool    // fill out
	frames   int
	gaps     int // frames in which ReadFrame said false
}

type flight struct {
	at time.Duration
	p  codecs.Packet
}

func newRig(format codecs.Format, cs ...codecs.Codec) *rig {
	b := &rig{start: time.Unix(1e9, 0), format: format, pt: 96, rate: 1, packet: 20 * time.Millisecond}
	b.buf = New(Config{
		Codecs:  codecs.NewSet(cs...),
		Formats: map[uint8]codecs.Format{b.pt: format},
		Now:     func() time.Time { return b.start.Add(b.clock) },
	})
	// Ticks are never in step with packets.
	b.clock = 7 * time.Millisecond
	return b
}

func linearRig(rate int) *rig {
	return newRig(codecs.Format{Name: "linear", ClockRate: rate, Channels: 1}, linearCodec("linear"))
}

// run plays for d.
func (b *rig) run(d time.Duration) {
	var frame codecs.Frame
	for end := b.clock + d; b.clock < end; b.clock += codecs.FrameDuration {
		b.send()
		b.deliver()
		ok := b.buf.ReadFrame(&frame)
		b.frames++
		if !ok {
			b.gaps++
			clear(frame[:])
		}
		if b.keep {
			b.out = append(b.out, frame[:]...)
		}
	}
}

// send makes the packets that the sender has recorded by now.
func (b *rig) send() {
	samples := int64(b.packet) * int64(b.format.ClockRate) / int64(time.Second)
	for {
		at := time.Duration(float64(b.sent+1) * float64(b.packet) / b.rate)
		if at > b.clock {
			return
		}
		n := b.sent
		b.sent++
		if b.mute != nil && b.mute(n) {
			continue
		}
		delay := time.Duration(0)
		if b.path != nil {
			delay = b.path(n)
		}
		seq := b.seq
		b.seq++
		if delay < 0 {
			continue
		}
		p := codecs.Packet{PayloadType: b.pt, SequenceNumber: seq, SSRC: 7, Timestamp: uint32(int64(n)*samples) + 0xfffff000}
		var payload []byte
		if len(b.free) > 0 {
			payload = b.free[len(b.free)-1][:0]
			b.free = b.free[:len(b.free)-1]
		}
		if b.signal == nil {
			payload = append(payload, 0)
		} else {
			for i := range samples {
				payload = binary.LittleEndian.AppendUint16(payload, uint16(b.signal(int64(n)*samples+i)))
			}
		}
		p.Payload = payload
		b.inFlight = append(b.inFlight, flight{at + delay, p})
	}
}

// deliver pushes what has arrived by now, in the order of arrival.
func (b *rig) deliver() {
	for {
		first := -1
		for i, f := range b.inFlight {
			if f.at <= b.clock && (first < 0 || f.at < b.inFlight[first].at) {
				first = i
			}
		}
		if first < 0 {
			return
		}
		f := b.inFlight[first]
		b.inFlight = append(b.inFlight[:first], b.inFlight[first+1:]...)
		f.p.Arrival = b.start.Add(f.at)
		b.buf.Push(&f.p)
		b.free = append(b.free, f.p.Payload)
	}
}

// tone is a sine of hz, a whole number.
func tone(hz, amplitude float64, rate int) func(int64) int16 {
	pcm := make([]int16, rate)
	for n := range pcm {
		pcm[n] = int16(math.Round(amplitude * math.Sin(2*math.Pi*hz*float64(n)/float64(rate))))
	}
	return func(n int64) int16 { return pcm[n%int64(rate)] }
}

// simulation marks a long test on one goroutine. A short run, as the one under
// the race detector is, leaves it out: there is nothing to race with.
func simulation(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a simulation, left out of short runs")
	}
}
