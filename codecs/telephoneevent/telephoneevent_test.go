package telephoneevent

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/codecs"

	"github.com/google/go-cmp/cmp"
)

func TestPayload(t *testing.T) {
	for _, tt := range []struct {
		payload []byte
		event   Event
		digit   byte
	}{
		// The packets of RFC 4733 figure 3's kind: 9, 1 and 1, volumes 7, 10, 20.
		{[]byte{9, 0x87, 0x06, 0x40}, Event{Code: 9, End: true, Volume: 7, Duration: 1600}, '9'},
		{[]byte{1, 0x0A, 0x07, 0x08}, Event{Code: 1, Volume: 10, Duration: 1800}, '1'},
		{[]byte{10, 0x3F, 0, 0}, Event{Code: 10, Volume: 63}, '*'},
		{[]byte{11, 0, 0xFF, 0xFF}, Event{Code: 11, Duration: 65535}, '#'},
		{[]byte{15, 0x80, 0, 1}, Event{Code: 15, End: true, Duration: 1}, 'D'},
		{[]byte{16, 0x80, 0, 1}, Event{Code: 16, End: true, Duration: 1}, 0}, // flash
	} {
		got, err := Parse(tt.payload)
		if err != nil || got != tt.event {
			t.Errorf("Parse(% x) = %+v, %v; want %+v", tt.payload, got, err, tt.event)
		}
		if b := got.Append(nil); !cmp.Equal(b, tt.payload) {
			t.Errorf("%+v is written % x, want % x", got, b, tt.payload)
		}
		if d, ok := got.Digit(); d != tt.digit || ok != (tt.digit != 0) {
			t.Errorf("%+v is %q, %v; want %q", got, d, ok, tt.digit)
		}
	}
	for n := range size {
		if _, err := Parse(make([]byte, n)); !errors.Is(err, codecs.ErrMalformed) {
			t.Errorf("%d octets: %v, want ErrMalformed", n, err)
		}
	}
	if e, err := Parse([]byte{3, 0x40, 0, 9, 1, 2, 3, 4}); err != nil || (e != Event{Code: 3, Duration: 9}) {
		t.Errorf("the reserved bit and a second event are not ignored: %+v, %v", e, err)
	}
}

// arrival is one packet of a recorded stream: at is in milliseconds.
type arrival struct {
	at        int
	timestamp uint32
	event     Event
}

func receive(t *testing.T, stream []arrival) string {
	t.Helper()
	var r Receiver
	var got []byte
	begin := time.Unix(1000, 0)
	for _, a := range stream {
		d, ok, err := r.Receive(&codecs.Packet{
			SequenceNumber: uint16(a.at / 20), Timestamp: a.timestamp, Payload: a.event.Append(nil),
			Arrival: begin.Add(time.Duration(a.at) * time.Millisecond),
		})
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			got = append(got, d)
		}
	}
	return string(got)
}

// press is the packets of one key of 100 ms: five, the last of them thrice, at the
// same interval.
func press(at int, timestamp uint32, code uint8) (s []arrival) {
	for i := 1; i <= 5; i++ {
		s = append(s, arrival{at + 20*i, timestamp, Event{Code: code, End: i == 5, Duration: uint16(160 * i)}})
	}
	end := s[4]
	return append(s, arrival{end.at + 20, timestamp, end.event}, arrival{end.at + 40, timestamp, end.event})
}

func join(streams ...[]arrival) (s []arrival) {
	for _, x := range streams {
		s = append(s, x...)
	}
	return s
}

func TestReceiver(t *testing.T) {
	one, again, two := press(0, 8000, 1), press(200, 9600, 1), press(400, 11200, 2)
	moving := []arrival{
		{20, 8000, Event{Code: 5, Duration: 160}},
		{40, 8160, Event{Code: 5, Duration: 320}},
		{60, 8320, Event{Code: 5, Duration: 480, End: true}},
		{60, 8320, Event{Code: 5, Duration: 480, End: true}},
	}
	tests := []struct {
		name   string
		stream []arrival
		want   string
	}{
		{"one key", one, "1"},
		{"three keys", join(one, again, two), "112"},
		{"ends lost", join(one[:4], again[:4], two[:4]), "112"},
		{"beginnings lost", join(one[3:], again[3:], two[3:]), "112"},
		{"only the last retransmission", join(one[6:], again[6:], two[6:]), "112"},
		{"only the first packet", join(one[:1], again[:1], two[:1]), "112"},
		{"packets in reverse", []arrival{one[4], one[3], one[2], one[1], one[0]}, "1"},
		{"an end that comes after the next key", join(one[:4], again[:2], one[4:], again[2:]), "11"},
		{"timestamp wraps", join(press(0, 0xFFFFFFF0, 7), press(200, 0x630, 8)), "78"},
		{"timestamps begin anew after silence", join(press(0, 4000000000, 1), press(6000, 4000000000-96000, 2)), "12"},
		{"the timestamp stands still between keys", join(press(0, 8000, 1), press(200, 8000, 2), press(400, 8000, 2)), "122"},
		{"the timestamp moves back between keys", join(press(0, 8000, 1), press(200, 7000, 2), press(400, 6000, 2)), "122"},
		{"the timestamp stands still, and packets come late", []arrival{
			press(0, 8000, 2)[4], press(0, 8000, 2)[3], press(200, 8000, 2)[1], press(200, 8000, 2)[0], press(200, 8000, 2)[4],
		}, "22"},
		{"the same, and of the second key only ends arrive", join(press(0, 8000, 1), press(200, 8000, 2)[5:]), "12"},
		{"a late packet after the end", []arrival{one[0], one[5], one[3], one[6]}, "1"},
		{"the same, and the last key's end comes late", []arrival{
			press(0, 8000, 1)[0], press(0, 8000, 1)[5], press(200, 8000, 2)[0], press(0, 8000, 1)[6], press(200, 8000, 2)[1],
		}, "12"},
		{"the timestamp moves back, and the last key's end comes late", []arrival{
			press(0, 8000, 1)[0], press(0, 8000, 1)[5], press(200, 7000, 2)[0], press(0, 8000, 1)[6], press(200, 7000, 2)[1],
		}, "12"},
		{"ends told again between the next key's packets", []arrival{
			{0, 8000, Event{Code: 1, Duration: 160}},
			{20, 8000, Event{Code: 1, Duration: 320, End: true}},
			{40, 9600, Event{Code: 2, Duration: 160}},
			{60, 8000, Event{Code: 1, Duration: 320, End: true}},
			{80, 9600, Event{Code: 2, Duration: 320}},
			{100, 8000, Event{Code: 1, Duration: 320, End: true}},
			{120, 9600, Event{Code: 2, Duration: 480, End: true}},
		}, "12"},
		{"a segment's last packet told again after the end", []arrival{
			{0, 1000, Event{Code: 3, Duration: 0xFFFF}},
			{20, 1000 + 0xFFFF, Event{Code: 3, Duration: 160, End: true}},
			{40, 1000, Event{Code: 3, Duration: 0xFFFF}},
			{60, 1000 + 0xFFFF, Event{Code: 3, Duration: 160, End: true}},
		}, "3"},
		{"a key held for 6 s without a word", []arrival{
			{0, 8000, Event{Code: 4, Duration: 160}},
			{6000, 8000, Event{Code: 4, Duration: 48000, End: true}},
		}, "4"},
		{"the same key again, its beginning lost", join(press(0, 8000, 2), press(200, 9600, 2)[1:]), "22"},
		{"no key: flash", press(0, 8000, 16), ""},
		{"a key held for 20 s", []arrival{
			{8000, 1000, Event{Code: 3, Duration: 64000}},
			{8200, 1000, Event{Code: 3, Duration: 0xFFFF}},
			{8220, 1000 + 0xFFFF, Event{Code: 3, Duration: 160}},
			{12300, 1000 + 0xFFFF, Event{Code: 3, Duration: 32000}},
			{16400, 1000 + 0xFFFF, Event{Code: 3, Duration: 0xFFFF}},
			{16420, 1000 + 2*0xFFFF, Event{Code: 3, Duration: 160, End: true}},
		}, "3"},
		{"the timestamp moves with the duration", join(moving, two), "52"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := receive(t, tt.stream); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// Another source presses a key of its own, whatever its numbers are.
func TestReceiverSource(t *testing.T) {
	var r Receiver
	for ssrc := range uint32(2) {
		p := &codecs.Packet{SSRC: ssrc, Timestamp: 8000, Payload: []byte{1, 10, 0, 160}}
		if _, ok, err := r.Receive(p); !ok || err != nil {
			t.Errorf("source %d: %v, %v", ssrc, ok, err)
		}
		if _, ok, _ := r.Receive(p); ok {
			t.Errorf("source %d: twice", ssrc)
		}
	}
}

// A sender that begins its sequence numbers anew goes on pressing keys.
func TestReceiverRestart(t *testing.T) {
	var r Receiver
	for i, sequence := range []uint16{30000, 5} {
		p := &codecs.Packet{SequenceNumber: sequence, Timestamp: uint32(8000 * i), Payload: []byte{1, 0x8A, 3, 32}}
		if _, ok, err := r.Receive(p); !ok || err != nil {
			t.Errorf("key %d: %v, %v", i, ok, err)
		}
	}
}

func TestReceiverMalformed(t *testing.T) {
	var r Receiver
	if _, ok, err := r.Receive(&codecs.Packet{Payload: []byte{1, 2, 3}}); ok || !errors.Is(err, codecs.ErrMalformed) {
		t.Errorf("%v, %v; want ErrMalformed", ok, err)
	}
	if d, ok, _ := r.Receive(&codecs.Packet{Payload: []byte{1, 2, 3, 4}}); !ok || d != '1' {
		t.Errorf("after it: %q, %v", d, ok)
	}
}

// What the Sender sends the Receiver understands, and the shape is RFC 4733's:
// one marker and three ends a digit, durations that grow by a tick.
func TestSender(t *testing.T) {
	const keys = "0123456789*#ABCD11"
	for _, rate := range []int{8000, 48000} {
		s := new(Sender)
		if err := s.Queue(keys); err != nil {
			t.Fatal(err)
		}
		var r Receiver
		var got []byte
		markers, ends, begun, begin := 0, 0, 0, time.Unix(1000, 0)
		for tick := range 400 {
			timestamp := uint32(tick * rate / 50)
			p, ok := s.Next(timestamp, rate)
			if !ok {
				continue
			}
			if p.Marker {
				if pause := tick - begun - toneTicks - endTicks; markers > 0 && pause < 2 { // 40 ms (ITU-T Q.24)
					t.Errorf("%d ticks between two digits", pause)
				}
				markers++
				begun = tick
				if p.Timestamp != timestamp || int(p.Event.Duration) != rate/50 {
					t.Errorf("the first packet is %+v at %d", p, timestamp)
				}
			}
			if p.Event.End {
				ends++
				if int(p.Event.Duration) != rate*16/100 {
					t.Errorf("the end is %+v", p)
				}
			}
			now := begin.Add(time.Duration(tick) * 20 * time.Millisecond)
			d, ok, err := r.Receive(&codecs.Packet{SequenceNumber: uint16(tick), Timestamp: p.Timestamp, Payload: p.Event.Append(nil), Arrival: now})
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				got = append(got, d)
			}
		}
		if string(got) != keys || markers != len(keys) || ends != 3*len(keys) {
			t.Errorf("%d Hz: %q with %d markers and %d ends, want %q", rate, got, markers, ends, keys)
		}
	}
}

func TestSenderQueue(t *testing.T) {
	s := new(Sender)
	if err := s.Queue("12x"); !errors.Is(err, codecs.ErrMalformed) {
		t.Errorf("x: %v, want ErrMalformed", err)
	}
	if err := s.Queue(strings.Repeat("1", maxQueue+1)); !errors.Is(err, codecs.ErrUnsupported) {
		t.Errorf("too many: %v, want ErrUnsupported", err)
	}
	if p, ok := s.Next(0, 8000); ok {
		t.Errorf("a refused digit is sent: %+v", p)
	}
	if err := s.Queue(""); err != nil {
		t.Error(err)
	}
}

func TestAccept(t *testing.T) {
	for f, want := range map[codecs.Format]bool{
		{Name: "telephone-event", ClockRate: 8000, Channels: 1}:                 true,
		{Name: "Telephone-Event", ClockRate: 16000, Channels: 1, Fmtp: "0-16"}:  true,
		{Name: "telephone-event", ClockRate: 48000, Channels: 1, Fmtp: "0-15"}:  true,
		{Name: "telephone-event", ClockRate: 90000, Channels: 1}:                false,
		{Name: "telephone-event", ClockRate: 8000, Channels: 2}:                 false,
		{Name: "tone", ClockRate: 8000, Channels: 1}:                            false,
		{Name: "telephone-event", ClockRate: -8000, Channels: 1, Fmtp: "0-15"}:  false,
		{Name: "telephone-event", ClockRate: 44100, Channels: 1, Fmtp: "0,5-9"}: true,
	} {
		if got := Codec().Accept(f); got != want {
			t.Errorf("Accept(%v) = %v", f, got)
		}
	}
	for _, f := range Codec().Formats {
		if f.Media() != codecs.MediaEvent || !Codec().Accept(f) {
			t.Errorf("%v is offered as %v", f, f.Media())
		}
	}
}

// FuzzReceive feeds whatever payloads at whatever timestamps: no packet gives
// a digit twice, and what is parsed is written again the same.
func FuzzReceive(f *testing.F) {
	f.Add([]byte{1, 0x0A, 0, 160}, uint32(8000), uint32(160))
	f.Add([]byte{3, 0x8A, 0xFF, 0xFF}, uint32(0xFFFFFFF0), uint32(0xFFFF))
	f.Add([]byte{}, uint32(0), uint32(0))
	f.Fuzz(func(t *testing.T, payload []byte, timestamp, later uint32) {
		var r Receiver
		p := codecs.Packet{Timestamp: timestamp, Payload: payload, Arrival: time.Unix(1000, 0)}
		if e, err := Parse(payload); err == nil {
			again, err := Parse(e.Append(nil))
			if err != nil || again != e {
				t.Fatalf("%+v is read again as %+v, %v", e, again, err)
			}
		}
		_, first, err := r.Receive(&p)
		if err != nil {
			if !errors.Is(err, codecs.ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		if _, ok := (Event{Code: payload[0]}).Digit(); ok != first {
			t.Fatalf("event %d gives a digit: %v", payload[0], first)
		}
		p.SequenceNumber++ // sent again, or twice by the network
		p.Arrival = p.Arrival.Add(20 * time.Millisecond)
		if _, ok, _ := r.Receive(&p); ok {
			t.Fatal("a packet gives its digit twice")
		}
		p.SequenceNumber += uint16(later)
		p.Timestamp += later
		_, _, _ = r.Receive(&p)
	})
}
