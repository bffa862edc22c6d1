package multicast

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/ipv4"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
	"parley/qos/rtp"
)

// channelOf is a source-specific group that is joined for these sources; listening
// only, as its description has it, or sending, too.
func channelOf(conference string, at netip.AddrPort, listenOnly bool, sources ...string) GroupConfig {
	m := &MediaConfig{
		Addr: at, ListenOnly: listenOnly, Sources: rtp.SourceFilter{Mode: rtp.FilterInclude},
		Formats: []codecs.Mapping{{Format: codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}}},
	}
	for _, s := range sources {
		m.Sources.Sources = append(m.Sources.Sources, netip.MustParseAddr(s))
	}
	return GroupConfig{Conference: conference, Interface: "lo", TTL: 1, Audio: m}
}

// Channels of one group are apart by who may send: of others, of this host, and
// parley itself.
func TestChannelsAreApart(t *testing.T) {
	at := netip.MustParseAddrPort("232.7.7.80:5004")
	const one, two, us = "203.0.113.1", "203.0.113.2", "127.0.0.1"
	excluding := channelOf("b", netip.MustParseAddrPort("239.255.77.80:5004"), true, one)
	excluding.Audio.Sources.Mode = rtp.FilterExclude
	including := channelOf("a", excluding.Audio.Addr, true, one)
	anybody := channelOf("b", including.Audio.Addr, true)
	anybody.Audio.Sources = rtp.SourceFilter{}
	for _, tt := range []struct {
		name          string
		first, second GroupConfig
		want          string
	}{
		{"two sources", channelOf("a", at, true, one), channelOf("b", at, true, two), ""},
		{"two sources in one conference", channelOf("a", at, true, one), channelOf("a", at, true, two), ""},
		{"the same source", channelOf("a", at, true, one), channelOf("b", at, true, two, one), "go round"},
		{"the same source in one conference", channelOf("a", at, true, one), channelOf("a", at, true, one), "heard twice"},
		{"one that is sent to, too", channelOf("a", at, false, one), channelOf("b", at, true, two), ""},
		{"that of parley alone and of another", channelOf("a", at, false), channelOf("b", at, true, two), ""},
		{"both are sent to", channelOf("a", at, false, one), channelOf("b", at, false, two), "only listen to one"},
		{"both are parley's alone", channelOf("a", at, false), channelOf("b", at, false), "only listen to one"},
		{"parley's and that of this host", channelOf("a", at, false), channelOf("b", at, true, us), "go round"},
		{"a channel that names this host", channelOf("a", at, true, us, one), channelOf("b", at, false, two), "go round"},
		{"reports of one where sound of the other is", channelOf("a", at, true, one), channelOf("b", netip.AddrPortFrom(at.Addr(), 5005), true, one), "go round"},
		{"reports of one where sound of another is", channelOf("a", at, true, one), channelOf("b", netip.AddrPortFrom(at.Addr(), 5005), true, two), ""},
		{"included and excluded", including, excluding, ""},
		{"included, and anybody", including, anybody, "go round"},
	} {
		for _, groups := range [][]GroupConfig{{tt.first, tt.second}, {tt.second, tt.first}} {
			_, err := New(Config{Groups: groups}, Deps{Codecs: builtin.Set()})
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			}
		}
		if tt.want == "" && tt.first.address() == tt.second.address() {
			t.Errorf("%s: both are called %s", tt.name, tt.first.address())
		}
		if tt.want == "" && tt.first.portKey(tt.first.Audio) == tt.second.portKey(tt.second.Audio) {
			t.Errorf("%s: one key in the election", tt.name)
		}
	}
}

func TestAddressOfChannels(t *testing.T) {
	at := netip.MustParseAddrPort("232.7.7.81:5004")
	sound := channelOf("a", at, true, "203.0.113.9", "203.0.113.1", "203.0.113.10")
	pictures := channelOf("a", netip.MustParseAddrPort("232.7.7.81:5006"), true, "203.0.113.9", "203.0.113.1", "203.0.113.10").Audio
	for want, g := range map[string]GroupConfig{
		"232.7.7.81:5004": channelOf("a", at, false, "203.0.113.9"),
		"232.7.7.81:5004 from 203.0.113.1 and 2 more":                                    sound,
		"232.7.7.81:5004 / 232.7.7.81:5006 from 203.0.113.1 and 2 more":                  {Audio: sound.Audio, Video: pictures},
		"232.7.7.81:5004 from 203.0.113.7 / 232.7.7.81:5006 from 203.0.113.1 and 2 more": {Audio: channelOf("a", at, true, "203.0.113.7").Audio, Video: pictures},
		"232.7.7.81:5004 from 203.0.113.7 / 232.7.7.81:5006":                             {Audio: channelOf("a", at, true, "203.0.113.7").Audio, Video: &MediaConfig{Addr: pictures.Addr}},
	} {
		if got := g.address(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Two channels of one group and port, in a conference each: each hears its own
// source, and is asked for, left and replaced by itself.
func TestTwoChannelsOfOneGroup(t *testing.T) {
	at := freeGroup(t, "232.7.7.82")
	hosts := map[string]string{"room": "127.0.0.2", "hall": "127.0.0.3"}
	bridge, err := conference.NewBridge(conference.BridgeConfig{
		Codecs: builtin.Set(), Log: slog.New(slog.DiscardHandler), Conferences: []conference.Settings{{ID: "room"}, {ID: "hall"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(Config{Groups: []GroupConfig{channelOf("room", at, true, hosts["room"])}}, Deps{Bridge: bridge, Codecs: builtin.Set(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	defer func() {
		if err := errors.Join(server.Close(ctx), bridge.Close(ctx)); err != nil {
			t.Error(err)
		}
	}()
	if err := server.Start(ctx); err != nil {
		t.Fatal(err)
	}
	hall := channelOf("hall", at, true, hosts["hall"])
	if err := server.Join(hall); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"one of a source of both":    server.Join(channelOf("hall", at, true, "203.0.113.1", hosts["room"])),
		"one in which parley sends":  server.Join(channelOf("hall", at, true, "127.0.0.1", hosts["room"])),
		"the other in place of this": server.Replace(hall.Channel(), channelOf("", at, true, hosts["room"])),
	} {
		if !errors.Is(err, ErrJoined) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, host := range hosts {
		heardIn(ctx, t, bridge, name, host, at)
	}
	for _, st := range server.Stats() {
		if want := at.String() + " from " + hosts[st.Conference]; st.Address != want || st.Audio.Received == 0 || len(st.Audio.Sources) != 1 || st.Audio.Sent != 0 || st.Loops != 0 {
			t.Errorf("%s: %s: %+v", st.Conference, st.Address, st.Audio)
		}
	}
	for name, host := range hosts {
		if m, ok := server.Membership(Channel{at, []netip.Addr{netip.MustParseAddr(host)}}); !ok || m.Conference != name {
			t.Errorf("the channel of %s takes part: %+v, %v", host, m, ok)
		}
	}
	if _, ok := server.Membership(Channel{at, []netip.Addr{netip.MustParseAddr("203.0.113.1")}}); ok {
		t.Error("a channel takes part that nobody joined")
	}
	if err := server.Leave(hall.Channel()); err != nil {
		t.Fatal(err)
	}
	if left := server.Groups(); len(left) != 1 || len(left["room"]) != 1 {
		t.Errorf("the wrong one is left: %v take part", left)
	}
}

// heardIn has a host send to a group until a conference has it as a source, alone.
func heardIn(ctx context.Context, t *testing.T, bridge *conference.Bridge, id, host string, to netip.AddrPort) {
	t.Helper()
	conf, err := bridge.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	_, watch := conf.Watch()
	defer watch.Close()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	lo, err := net.InterfaceByName("lo")
	if err == nil {
		err = ipv4.NewPacketConn(c).SetMulticastInterface(lo)
	}
	for seq := byte(0); seq < 5 && err == nil; seq++ {
		packet := append([]byte{0x80, 0, 0, seq, 0, 0, 0, 160 * seq, 0, 0, 0, 7}, make([]byte, 160)...)
		_, err = c.WriteToUDPAddrPort(packet, to)
	}
	if err != nil {
		t.Fatal(err)
	}
	for {
		event, err := watch.Next(ctx)
		if err != nil {
			t.Fatalf("%s is not heard in %s: %v", host, id, err)
		}
		if event.Kind != conference.EventSourceAdded {
			continue
		}
		// Before it stands the group's own source.
		if s := event.Member.Sources; len(s) != 2 || netip.MustParseAddrPort(s[1].Address).Addr().String() != host {
			t.Errorf("in %s is heard %+v", id, s)
		}
		return
	}
}
