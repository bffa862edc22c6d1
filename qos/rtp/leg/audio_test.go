package leg

import (
	"strings"
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/telephoneevent"
)

// The timestamp follows the clock over a pause, and not over a burst in which
// the mixer makes up for what it was late with.
func TestKeepTime(t *testing.T) {
	a := &Audio{}
	type packet struct {
		at        float64 // ms
		timestamp uint32
		first     bool
	}
	want := []packet{
		{0, 0, true}, {20, 160, false}, {41, 320, false},
		{140, 480, false}, {140, 640, false}, {140, 800, false}, {141, 960, false}, {141, 1120, false}, // a burst
		{160, 1280, false},
		{1000, 8000, true}, // hold
		{1020, 8160, false},
	}
	for i, w := range want {
		first := a.keepTime(at(w.at/1000), 160)
		if a.timestamp != w.timestamp || first != w.first {
			t.Errorf("packet %d: timestamp %d, first %v; want %d, %v", i, a.timestamp, first, w.timestamp, w.first)
		}
		a.timestamp += 160
	}
}

// Who takes no packets of 20 ms gets shorter ones; a coded frame is never cut.
func TestParts(t *testing.T) {
	pcmu := codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}
	opus := codecs.Format{Name: "opus", ClockRate: 48000, Channels: 2}
	for _, tt := range []struct {
		format codecs.Format
		max    time.Duration
		size   int
		want   int
	}{
		{pcmu, 0, 160, 1},
		{pcmu, 20 * time.Millisecond, 160, 1},
		{pcmu, 60 * time.Millisecond, 160, 1},
		{pcmu, 10 * time.Millisecond, 160, 2},
		{pcmu, 5 * time.Millisecond, 160, 4},
		{pcmu, time.Millisecond, 160, 4},
		{opus, 10 * time.Millisecond, 160, 1},
	} {
		terms := AudioTerms{Encode: codecs.Mapping{Format: tt.format}, MaxPacket: tt.max}
		if got := terms.parts(tt.size); got != tt.want {
			t.Errorf("%v, at most %v: %d packets, want %d", tt.format, tt.max, got, tt.want)
		}
	}
}

// What is dialled is read as the same keys, each with its end told three times and
// sound between them.
func TestDialler(t *testing.T) {
	a := NewAudio(AudioConfig{})
	if a.Dial("1") {
		t.Error("dialled to nobody")
	}
	event := codecs.Mapping{PayloadType: 101, Format: codecs.Format{Name: "telephone-event", ClockRate: 8000, Channels: 1}}
	a.sending.Store(&AudioTerms{Digits: event})
	if a.Dial("1x") || !a.Dial("15#*D") || a.Dial(strings.Repeat("0", 28)) {
		t.Error("wrong keys, or too many")
	}
	var keys telephoneevent.Receiver
	var got []byte
	var now uint32
	ends, sound := 0, 0
	for i := range uint16(5 * 15) { // 160 ms of key, its end twice more, 100 ms of sound
		p, down := a.dial.Next(now, 8000)
		now += 160
		if !down {
			sound++
			continue
		}
		packet := codecs.Packet{SequenceNumber: i, Timestamp: p.Timestamp, Payload: p.Event.Append(nil)}
		if key, ok, err := keys.Receive(&packet); ok && err == nil {
			got = append(got, key)
		}
		if p.Event.End {
			ends++
			if p.Event.Duration != 8*160 {
				t.Errorf("ends after %d", p.Event.Duration)
			}
		}
	}
	if string(got) != "15#*D" || ends != 15 || sound != 5*5 {
		t.Errorf("keys %q with %d ends and %d packets of sound", got, ends, sound)
	}
}
