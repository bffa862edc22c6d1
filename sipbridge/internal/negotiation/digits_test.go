package negotiation

import (
	"testing"

	"parley/codecs"
)

// Keys go by the peer's own number, of the clock of the sound, whatever numbers the
// offer of this side had for them (RFC 3264 6.1, RFC 4733 2.1).
func TestDigitsOfAnswer(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer []string
		want   uint8 // 0: none are taken
		clock  int
	}{
		{"our number for that clock", []string{"m=audio 5004 RTP/AVP 0 98", "a=rtpmap:98 telephone-event/8000"}, 98, 8000},
		{"its own number", []string{"m=audio 5004 RTP/AVP 0 110", "a=rtpmap:110 telephone-event/8000"}, 110, 8000},
		{"of two clocks", []string{"m=audio 5004 RTP/AVP 0 97 98", "a=rtpmap:97 telephone-event/48000",
			"a=rtpmap:98 telephone-event/8000"}, 98, 8000},
		{"none", []string{"m=audio 5004 RTP/AVP 0"}, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := NewMachine(1)
			if _, err := m.Offer(all, here); err != nil {
				t.Fatal(err)
			}
			d, err := Parse(sd(append(tt.answer, "m=video 0 RTP/AVP 97")...))
			if err != nil {
				t.Fatal(err)
			}
			s, err := m.Accept(d)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Audio.Digits; got.PayloadType != tt.want || got.Format.ClockRate != tt.clock {
				t.Errorf("digits go as %v", got)
			}
			if got := s.Video.Digits; got != (codecs.Mapping{}) {
				t.Errorf("beside pictures: %v", got)
			}
		})
	}
}
