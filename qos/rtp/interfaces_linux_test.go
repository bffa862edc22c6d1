package rtp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A group on two interfaces is heard on both, and each packet goes out by both,
// from an address of each and by one port, so that it is known as ours.
func TestGroupOnTwoInterfaces(t *testing.T) {
	if os.Getenv(inNetwork) == "" {
		again(t)
		return
	}
	for _, args := range [][]string{
		{"link", "set", "lo", "up"},
		{"link", "add", "one", "type", "veth", "peer", "name", "eno"},
		{"link", "add", "two", "type", "veth", "peer", "name", "owt"},
		{"addr", "add", "192.0.2.1/24", "dev", "one"}, {"addr", "add", "198.51.100.1/24", "dev", "two"},
		{"-6", "addr", "add", "2001:db8:1::1/64", "dev", "one", "nodad"}, {"-6", "addr", "add", "2001:db8:2::1/64", "dev", "two", "nodad"},
		{"link", "set", "one", "up"}, {"link", "set", "two", "up"}, {"link", "set", "eno", "up"}, {"link", "set", "owt", "up"},
	} {
		if out, err := exec.CommandContext(t.Context(), "ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v: %s", args, err, out)
		}
	}
	// The kernel makes IPv6's routes to groups once it has noticed the links.
	for routes, deadline := "", time.Now().Add(patience); !strings.Contains(routes, "ff00::/8 dev one") || !strings.Contains(routes, "ff00::/8 dev two"); {
		out, err := exec.CommandContext(t.Context(), "ip", "-6", "route", "show", "table", "local").CombinedOutput()
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("%v: %s", err, out)
		}
		routes = string(out)
	}
	for _, tt := range []struct{ group, one, two string }{
		{"239.255.7.7:5004", "192.0.2.1", "198.51.100.1"},
		{"[ff15::77]:5004", "2001:db8:1::1", "2001:db8:2::1"},
	} {
		group := netip.MustParseAddrPort(tt.group)
		both := listen(t, ListenConfig{Group: &GroupConfig{RTP: group, Interface: "one", MoreInterfaces: []string{"two"}, TTL: 1}})
		ours := newListener()
		s := start(t, Config{Transport: both, Receiver: ours})
		for ifi, want := range map[string]string{"one": tt.one, "two": tt.two} {
			tr, heard := listen(t, ListenConfig{Group: &GroupConfig{RTP: group, Interface: ifi, TTL: 1}}), newListener()
			at := start(t, Config{Transport: tr, Receiver: heard})
			// The first packet only proves its source.
			for seq := range uint16(2) {
				if err := errors.Join(s.Send(Header{SequenceNumber: seq}, []byte("ours")), at.Send(Header{SequenceNumber: seq}, []byte("theirs"))); err != nil {
					t.Fatal(err)
				}
			}
			p := await(t, heard.packets)
			check(t, "SSRC", p.SSRC, s.SSRC())
			from := await(t, heard.changes).src.Addr()
			check(t, "from "+ifi, from.Addr(), netip.MustParseAddr(want))
			check(t, "own", both.group.isOwn(from), true)
			check(t, "SSRC", await(t, ours.packets).SSRC, at.SSRC())
			check(t, "heard twice", len(heard.packets), 0)
			if err := errors.Join(at.Close(t.Context(), ""), tr.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestInterfacesOfGroup(t *testing.T) {
	for _, tt := range []struct {
		group string
		first string
		more  []string
		ok    bool
	}{
		{"239.255.7.8:5004", "", nil, true},
		{"239.255.7.8:5004", "lo", nil, true},
		{"239.255.7.8:5004", "", []string{"lo"}, false},
		{"239.255.7.8:5004", "lo", []string{"lo"}, false},
		{"239.255.7.8:5004", "lo", []string{"none"}, false},
		{"[ff12::8]:5004", "lo", []string{"lo"}, false},
		{"[ff12::8]:5004", "lo", nil, true},
		{"[ff12::8]:5004", "", nil, false},
		{"[ff12::8%lo]:5004", "", nil, true},
		{"[ff12::8%lo]:5004", "eth7", nil, false},
		{"239.255.7.8:5004", "lo", make([]string, MaxInterfaces), false},
	} {
		g := GroupConfig{RTP: netip.MustParseAddrPort(tt.group), Interface: tt.first, MoreInterfaces: tt.more}
		if _, err := g.interfaces(); (err == nil) != tt.ok {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	if !ofLink(netip.MustParseAddr("ff12::8")) || ofLink(netip.MustParseAddr("ff15::8")) || ofLink(netip.AddrFrom4([4]byte(net.IPv4(224, 0, 0, 8).To4()))) {
		t.Error("groups of link scope are mistaken")
	}
}
