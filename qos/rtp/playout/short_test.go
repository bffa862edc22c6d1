package playout

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"parley/codecs"
)

// Packets of AES67, from 125 microseconds to 4 ms, in one, two and eight
// channels, evenly and in bursts of 20 ms: nothing is invented or lost, and the
// delay stays that of any other sender.
func TestShortPackets(t *testing.T) {
	for _, each := range []time.Duration{125 * time.Microsecond, 333333 * time.Nanosecond, time.Millisecond, 4 * time.Millisecond} {
		for _, channels := range []int{1, 2, 8} {
			for _, burst := range []bool{false, true} {
				t.Run(fmt.Sprintf("%v in %d channels, burst %v", each, channels, burst), func(t *testing.T) {
					shortPackets(t, each, channels, burst)
				})
			}
		}
	}
}

func shortPackets(t *testing.T, each time.Duration, channels int, burst bool) {
	f := codecs.Format{Name: "linear", ClockRate: 48000, Channels: channels}
	now := time.Unix(1000, 0)
	b := New(Config{
		Codecs:  codecs.NewSet(linearCodec("linear")),
		Formats: map[uint8]codecs.Format{98: f}, Now: func() time.Time { return now },
	})
	samples := int((each*48000 + time.Second/2) / time.Second)
	perTick := 960 / samples
	p := &codecs.Packet{PayloadType: 98, SSRC: 7, Payload: make([]byte, samples*channels*2)}
	for i := range samples * channels {
		binary.LittleEndian.PutUint16(p.Payload[2*i:], 1000)
	}
	var dst codecs.Frame
	const ticks = 150 // 3 s
	begin := now
	for tick := range ticks {
		for i := range perTick {
			p.Arrival = begin.Add(time.Duration(tick) * codecs.FrameDuration)
			if !burst {
				p.Arrival = p.Arrival.Add(time.Duration(i) * each)
			}
			b.Push(p)
			p.SequenceNumber++
			p.Timestamp += uint32(samples)
		}
		now = begin.Add(time.Duration(tick+1) * codecs.FrameDuration)
		b.ReadFrame(&dst)
	}
	st := b.Stats()
	if st.Concealed > 0 || st.Late > 0 || st.Malformed > 0 || st.Played < ticks-10 {
		t.Errorf("%+v", st)
	}
	if st.Delay > 80*time.Millisecond {
		t.Errorf("delay %v", st.Delay)
	}
	for i, v := range dst {
		if v != 1000 {
			t.Fatalf("sample %d is %d, want 1000", i, v)
		}
	}
}
