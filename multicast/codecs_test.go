package multicast

import (
	"testing"
	"time"

	"parley/codecs"
)

// Each codec that is a group's alone carries voices both ways, those too whose
// packets do not all last 20 ms.
func TestGroupsOwnCodecs(t *testing.T) {
	for _, tc := range []struct {
		group   string
		mapping codecs.Mapping
		packets time.Duration
	}{
		{"239.255.77.100", codecs.Mapping{PayloadType: 3, Format: codecs.Format{Name: "GSM", ClockRate: 8000, Channels: 1}}, 0},
		{"239.255.77.101", codecs.Mapping{PayloadType: 5, Format: codecs.Format{Name: "DVI4", ClockRate: 8000, Channels: 1}}, 0},
		{"239.255.77.102", codecs.Mapping{PayloadType: 16, Format: codecs.Format{Name: "DVI4", ClockRate: 11025, Channels: 1}}, 0},
		{"239.255.77.103", codecs.Mapping{PayloadType: 17, Format: codecs.Format{Name: "DVI4", ClockRate: 22050, Channels: 1}}, 0},
		{"239.255.77.104", codecs.Mapping{PayloadType: 97, Format: codecs.Format{Name: "G726-40", ClockRate: 8000, Channels: 1}}, 0},
		{"239.255.77.105", codecs.Mapping{PayloadType: 97, Format: codecs.Format{Name: "L16", ClockRate: 11025, Channels: 1}}, 0},
		{"239.255.77.106", codecs.Mapping{PayloadType: 98, Format: codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}}, time.Millisecond},
		{"239.255.77.107", codecs.Mapping{PayloadType: 98, Format: codecs.Format{Name: "L24", ClockRate: 96000, Channels: 1}}, 0},
	} {
		t.Run(tc.mapping.Format.String(), func(t *testing.T) {
			t.Parallel()
			if raceEnabled && tc.mapping.Format.ClockRate > 48000 {
				t.Skip("too slow under the race detector")
			}
			g := testGroup(t, tc.group, "PCMU")
			g.Audio.Formats, g.Audio.PacketTime = []codecs.Mapping{tc.mapping}, tc.packets
			left, right := openHouse(t, g), openHouse(t, g)
			ann, bob := newPerson("ann", 440), newPerson("bob", 660)
			left.join(t, ann)
			right.join(t, bob)
			only := func(l []float64) bool { return l[0] > 0.4 && l[1] < 0.002 }
			bob.await(t, "ann alone", only, 440, 660)
			ann.await(t, "bob alone", only, 660, 440)
			if st := left.server.Stats()[0].Audio; st.Malformed+st.SendErrors+st.UnknownPayload > 0 {
				t.Errorf("%+v", st)
			}
		})
	}
}
