package rtp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/pion/rtcp"
	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

func addresses(texts ...string) []netip.Addr {
	var out []netip.Addr
	for _, t := range texts {
		out = append(out, netip.MustParseAddr(t))
	}
	return out
}

func TestSourceFilterCheck(t *testing.T) {
	include := func(s ...string) SourceFilter { return SourceFilter{FilterInclude, addresses(s...)} }
	for _, tt := range []struct {
		group  string
		filter SourceFilter
		ok     bool
	}{
		{"239.1.1.1", SourceFilter{}, true},
		{"232.1.1.1", SourceFilter{}, false},
		{"ff35::4000:1", SourceFilter{}, false},
		{"ff35:30:2001:db8::1", SourceFilter{}, true}, // by a prefix (RFC 3306), not source-specific
		{"ff3e::1", SourceFilter{Mode: FilterInclude}, true},
		{"232.1.1.1", SourceFilter{FilterExclude, addresses("192.0.2.1")}, false},
		{"232.1.1.1", include("192.0.2.1"), true},
		{"232.1.1.1", include("::ffff:192.0.2.1"), true},
		{"232.1.1.1", include("2001:db8::1"), false},
		{"232.1.1.1", include("0.0.0.0"), false},
		{"232.1.1.1", include("239.1.1.1"), false},
		{"232.1.1.1", SourceFilter{FilterInclude, []netip.Addr{{}}}, false},
		{"239.1.1.1", SourceFilter{FilterNone, addresses("192.0.2.1")}, false},
		{"239.1.1.1", SourceFilter{FilterInclude, slices.Repeat(addresses("192.0.2.1"), MaxFilterSources+1)}, false},
	} {
		if err := tt.filter.Check(netip.MustParseAddr(tt.group)); (err == nil) != tt.ok {
			t.Errorf("%s %+v: %v", tt.group, tt.filter, err)
		}
	}
}

func TestSourceFiltersMeet(t *testing.T) {
	none := SourceFilter{}
	filter := func(mode FilterMode, s ...string) SourceFilter { return SourceFilter{mode, addresses(s...)} }
	a, b, both := filter(FilterInclude, "192.0.2.1"), filter(FilterInclude, "192.0.2.2"), filter(FilterInclude, "192.0.2.2", "192.0.2.1")
	nobody, butA := filter(FilterInclude), filter(FilterExclude, "192.0.2.1")
	for _, tt := range []struct {
		f, o SourceFilter
		want bool
	}{
		{none, none, true}, {none, a, true}, {none, butA, true}, {none, nobody, false},
		{a, a, true}, {a, b, false}, {a, both, true}, {a, butA, false}, {b, butA, true}, {both, butA, true},
		{a, nobody, false}, {nobody, nobody, false}, {butA, butA, true}, {butA, filter(FilterExclude, "192.0.2.2"), true},
		{a, filter(FilterInclude, "::ffff:192.0.2.1"), true}, {filter(FilterInclude, "fe80::1%lo"), filter(FilterInclude, "fe80::1"), true},
	} {
		if tt.f.Meets(tt.o) != tt.want || tt.o.Meets(tt.f) != tt.want {
			t.Errorf("%+v and %+v: want %v", tt.f, tt.o, tt.want)
		}
	}
}

func TestScreen(t *testing.T) {
	g := &groupAddrs{rtpPort: 4000, rtcpPort: 4001}
	g.refresh()
	own, other := netip.MustParseAddrPort("127.0.0.1:4000"), netip.MustParseAddrPort("192.0.2.1:4000")
	six := netip.MustParseAddrPort("[fe80::1%lo]:9")
	one := SourceFilter{FilterInclude, addresses("192.0.2.1", "fe80::1")}
	but := SourceFilter{FilterExclude, addresses("192.0.2.1", "fe80::1")}
	for _, tt := range []struct {
		name   string
		filter SourceFilter
		floor  int
		from   netip.AddrPort
		ttl    int
		want   refusal
	}{
		{"all", SourceFilter{}, 0, other, 1, taken},
		{"included", one, 0, other, 1, taken},
		{"included with a zone", one, 0, six, 1, taken},
		{"not included", one, 0, netip.MustParseAddrPort("192.0.2.2:9"), 1, bySource},
		{"excluded", but, 0, other, 1, bySource},
		{"excluded with a zone", but, 0, six, 1, bySource},
		{"not excluded", but, 0, netip.MustParseAddrPort("192.0.2.2:9"), 1, taken},
		{"nobody", SourceFilter{Mode: FilterInclude}, 0, other, 255, bySource},
		{"our own", one, 255, own, 1, taken},
		{"far", SourceFilter{}, 254, other, 253, byDistance},
		{"near", SourceFilter{}, 254, other, 254, taken},
	} {
		g.sources, g.hopFloor = tt.filter, tt.floor
		if got := g.screen(tt.from, whence{ttl: tt.ttl, index: 7}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	g.interfaces = []int{7, 8}
	for index, want := range map[int]refusal{7: taken, 8: taken, 9: byInterface, 0: byInterface} {
		if got := g.screen(own, whence{ttl: 255, index: index}); got != want {
			t.Errorf("interface %d: %v", index, got)
		}
	}
	var none *groupAddrs
	if none.screen(other, whence{}) != taken {
		t.Error("a call's packets are screened")
	}
}

// senderAt sends to groups on loopback from one of its addresses.
func senderAt(t *testing.T, from string, ttl int) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(from)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	ifi, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	p := ipv4.NewPacketConn(c)
	if err := p.SetMulticastInterface(ifi); err != nil {
		t.Fatal(err)
	}
	if err := p.SetMulticastTTL(ttl); err != nil {
		t.Fatal(err)
	}
	return c
}

// Of two hosts that send to a group, the one is heard that its filter admits,
// whether the kernel keeps the other out or the session does.
func TestSourcesOfGroup(t *testing.T) {
	const right, wrong = "127.0.0.2", "127.0.0.3"
	for _, tt := range []struct {
		name, group string
		join, check SourceFilter
		filtered    uint64 // of ten
	}{
		{"include", "232.7.7.1", SourceFilter{FilterInclude, addresses(right)}, SourceFilter{FilterInclude, addresses(right)}, 0},
		{"exclude", "239.255.7.2", SourceFilter{FilterExclude, addresses(wrong)}, SourceFilter{FilterExclude, addresses(wrong)}, 0},
		{"include behind a kernel that does not", "239.255.7.3", SourceFilter{}, SourceFilter{FilterInclude, addresses(right)}, 10},
		{"exclude behind a kernel that does not", "239.255.7.4", SourceFilter{}, SourceFilter{FilterExclude, addresses(wrong)}, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			group := freeGroup(t, tt.group)
			tr := listen(t, ListenConfig{Group: &GroupConfig{RTP: group, Interface: "lo", TTL: 1, Sources: tt.join}})
			tr.group.sources = tt.check
			l := newListener()
			s := start(t, Config{Transport: tr, Receiver: l})
			friend, foe := senderAt(t, right, 1), senderAt(t, wrong, 1)
			for i := range uint16(10) {
				rawSend(t, foe, group, Header{SSRC: 8, SequenceNumber: i})
				rawSend(t, friend, group, Header{SSRC: 7, SequenceNumber: i})
			}
			for range 9 { // the first proves itself
				if p := await(t, l.packets); p.SSRC != 7 {
					t.Fatalf("%x is heard", p.SSRC)
				}
			}
			if st := s.Stats(); st.Filtered != tt.filtered || len(st.Sources) != 1 {
				t.Errorf("%d filtered, want %d; sources %v", st.Filtered, tt.filtered, st.Sources)
			}
		})
	}
}

// Two channels of one group on the same port: each session has the packets and the
// reports of its own source, whether the kernel sorts them or the session does.
func TestChannelsOfOneGroup(t *testing.T) {
	hosts := []string{"127.0.0.2", "127.0.0.3"}
	for name, kernel := range map[string]bool{"kernel": true, "session": false} {
		t.Run(name, func(t *testing.T) {
			group := freeGroup(t, "232.7.7.7")
			listeners := []*listener{newListener(), newListener()}
			var sessions []*Session
			for i, host := range hosts {
				join, check := SourceFilter{FilterInclude, addresses(hosts...)}, SourceFilter{FilterInclude, addresses(host)}
				if kernel {
					join = check
				}
				tr := listen(t, ListenConfig{Group: &GroupConfig{RTP: group, Interface: "lo", TTL: 1, Sources: join, ListenOnly: true}})
				tr.group.sources = check
				sessions = append(sessions, start(t, Config{Transport: tr, Receiver: listeners[i]}))
			}
			reports := netip.AddrPortFrom(group.Addr(), group.Port()+1)
			senders := []*net.UDPConn{senderAt(t, hosts[0], 1), senderAt(t, hosts[1], 1)}
			for i := range uint16(10) { // by turns: who has heard its own has met the other's
				for _, c := range senders { // under one SSRC, since they are two sessions (RFC 3550 8.1)
					rawSend(t, c, group, Header{SSRC: 7, SequenceNumber: i})
				}
			}
			for i, c := range senders {
				report, err := rtcp.Marshal(named(7, hosts[i]))
				if err == nil {
					_, err = c.WriteToUDPAddrPort(report, reports)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			for i, s := range sessions {
				for range 9 { // the first proves itself
					await(t, listeners[i].packets)
				}
				for described := false; !described; {
					described = await(t, listeners[i].changes).what == SourceDescribed
				}
				members := s.Members()
				if len(members) != 1 || members[0].Addr.Addr().String() != hosts[i] || members[0].SDES.CNAME != hosts[i] {
					t.Errorf("channel of %s has %+v", hosts[i], members)
				}
				if st := s.Stats(); st.Received != 9 || st.Foreign != 0 || st.Collisions != 0 || (st.Filtered == 0) != kernel {
					t.Errorf("channel of %s: %+v", hosts[i], st)
				}
			}
		})
	}
}

// What came from further away than the hop floor allows is counted, not heard.
func TestHopFloor(t *testing.T) {
	group := freeGroup(t, "239.255.7.5")
	tr := listen(t, ListenConfig{Group: &GroupConfig{RTP: group, Interface: "lo", TTL: 1, HopFloor: 254}})
	l := newListener()
	var log bytes.Buffer // written by one of the session's goroutines, read when it has ended
	s := start(t, Config{Transport: tr, Receiver: l, Log: slog.New(slog.NewTextHandler(&log, nil))})
	near, far := senderAt(t, "127.0.0.2", 254), senderAt(t, "127.0.0.3", 253)
	for i := range uint16(10) {
		rawSend(t, far, group, Header{SSRC: 8, SequenceNumber: i})
		rawSend(t, near, group, Header{SSRC: 7, SequenceNumber: i})
	}
	for range 9 {
		if p := await(t, l.packets); p.SSRC != 7 {
			t.Fatalf("%x is heard", p.SSRC)
		}
	}
	if st := s.Stats(); st.BelowHopFloor != 10 || st.Filtered != 0 {
		t.Errorf("%+v", st)
	}
	if err := s.Close(t.Context(), ""); err != nil {
		t.Error(err)
	}
	if text := log.String(); strings.Count(text, "hop floor") != 1 || !strings.Contains(text, "ttl=253 hop_floor=254") {
		t.Errorf("the log says %q", text)
	}
}

func TestWhenceOfControlMessages(t *testing.T) {
	four := controlMessage(unix.IPPROTO_IP, unix.IP_TTL, 17)
	six := controlMessage(unix.IPPROTO_IPV6, unix.IPV6_HOPLIMIT, 18)
	other := controlMessage(unix.IPPROTO_IP, unix.IP_TOS, 99)
	info := make([]byte, unix.SizeofInet6Pktinfo)
	binary.NativeEndian.PutUint32(info[16:], 5)
	by := controlBytes(unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, info)
	for _, tt := range []struct {
		control []byte
		want    whence
	}{
		{four, whence{ttl: 17}}, {six, whence{ttl: 18}}, {slices.Concat(other, six, by), whence{18, 5}}, {by, whence{index: 5}},
		{other, whence{}}, {nil, whence{}}, {four[:10], whence{}}, {four[:unix.CmsgLen(2)], whence{}}, {by[:unix.CmsgLen(4)], whence{}},
	} {
		if got := whenceOf(tt.control); got != tt.want {
			t.Errorf("%x: %+v, want %+v", tt.control, got, tt.want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { whenceOf(by) }); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

// Who only listens says nothing to the group, neither sound nor reports.
func TestListenOnly(t *testing.T) {
	group := freeGroup(t, "239.255.7.6")
	target := rawPeer(t)
	for _, feedback := range []*Feedback{nil, {Target: addrOf(target), Model: FeedbackReflection}} {
		s := start(t, Config{
			Transport: listen(t, ListenConfig{Group: &GroupConfig{RTP: group, Interface: "lo", TTL: 1, ListenOnly: true}}),
			Receiver:  newListener(), Feedback: feedback,
		})
		if err := s.SendLong(Header{}, []byte{1}); !errors.Is(err, ErrListenOnly) || s.Stats().SendErrors != 0 {
			t.Errorf("SendLong says %v, and %d errors are counted", err, s.Stats().SendErrors)
		}
		if err := s.Send(Header{}, []byte{1}); !errors.Is(err, ErrListenOnly) || s.Stats().SendErrors != 0 {
			t.Errorf("sound is sent: %v", err)
		}
		to := s.machine.dest.Load().rtcp.addr
		if want := (netip.AddrPort{}); feedback == nil && to != want || feedback != nil && to != feedback.Target {
			t.Errorf("reports go to %v", to)
		}
	}
}
