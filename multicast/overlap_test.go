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
