package multicast

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"parley/codecs"
	"parley/codecs/builtin"
)

func TestTheSameGroupTwiceIsRefused(t *testing.T) {
	group := func(conference, addr string) GroupConfig {
		return GroupConfig{Conference: conference, Interface: "lo", Audio: &MediaConfig{
			Addr: netip.MustParseAddrPort(addr), Formats: []codecs.Mapping{{Format: codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}}},
		}}
	}
	for _, tc := range []struct {
		second GroupConfig
		want   string
	}{
		{group("b", "239.255.77.70:7000"), "go round"},
		{group("a", "239.255.77.70:7000"), "heard twice"},
		{group("b", "239.255.77.70:7001"), "go round"}, // RTCP of the first
		{group("b", "[::ffff:239.255.77.70]:7000"), "go round"},
		{group("b", "239.255.77.70:7002"), ""},
		{group("b", "239.255.77.71:7000"), ""},
	} {
		_, err := New(Config{Groups: []GroupConfig{group("a", "239.255.77.70:7000"), tc.second}}, Deps{Codecs: builtin.Set()})
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v in %s: %v, want %q", tc.second.Audio.Addr, tc.second.Conference, err, tc.want)
		}
	}
	first := testGroup(t, "239.255.77.72", "PCMU")
	h := openHouse(t, first)
	again := first
	again.Audio = &MediaConfig{Addr: netip.AddrPortFrom(first.Audio.Addr.Addr(), first.Audio.Addr.Port()+1), Formats: first.Audio.Formats}
	for _, g := range []GroupConfig{first, again} {
		if err := h.server.Join(g); !errors.Is(err, ErrJoined) {
			t.Errorf("%v is joined a second time: %v", g.Audio.Addr, err)
		}
	}
}

// Sound and pictures on the same addresses are neither read of a description nor
// taken from the configuration.
func TestSoundAndPicturesAreApart(t *testing.T) {
	const both = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.2.3/1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\nm=video %PORT RTP/AVP 31\r\n"
	for port, apart := range map[string]bool{"5004": false, "5005": false, "5003": false, "5006": true} {
		g, left, err := ParseSession([]byte(strings.ReplaceAll(both, "%PORT", port)), builtin.Set())
		if err != nil || g.Audio == nil || (g.Video != nil) != apart || (len(left) == 0) != apart {
			t.Errorf("video on %s: %v, left out %v: %v", port, g.Video, left, err)
		}
		if !apart && (len(left) != 1 || !strings.Contains(left[0].Error(), "in common") || !errors.Is(left[0], codecs.ErrUnsupported)) {
			t.Errorf("video on %s is left out for %v", port, left)
		}
		g.Conference, g.Video = "a", &MediaConfig{
			Addr:    netip.MustParseAddrPort("239.1.2.3:" + port),
			Formats: []codecs.Mapping{{PayloadType: 31, Format: codecs.Format{Name: "H261", ClockRate: 90000}}},
		}
		if err := g.Validate(builtin.Set()); (err == nil) != apart {
			t.Errorf("video on %s is configured: %v", port, err)
		}
	}
}
