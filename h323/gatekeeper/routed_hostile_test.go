package gatekeeper

import (
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/ras"
	"parley/h323/tpkt"
)

// newRouter is a gatekeeper in routed mode without sockets.
func newRouter(cfg Config) *router {
	cfg.Identifier, cfg.Random, cfg.Routed, cfg.Log = "gk", ras.Random, true, slog.New(slog.DiscardHandler)
	g := &Gatekeeper{cfg: cfg}
	g.zone = newZone(cfg, func(netip.AddrPort) netip.AddrPort { return zoneAddr })
	g.router = &router{
		gatekeeper: g, relays: map[*relay]struct{}{}, calls: map[h225.GloballyUniqueID]*relay{},
		pace: ras.NewPace(setupRate, setupBurst), lines: ras.NewPace(lineRate, lineBurst),
	}
	return g.router
}

// call sends a SETUP from a host, and returns the reason of its refusal.
func (r *router) call(t *testing.T, from string, id byte) *h225.ReleaseCompleteReason {
	t.Helper()
	in, peer := net.Pipe()
	l := &relay{router: r, remote: netip.MustParseAddrPort(from)}
	l.legs[caller].conn = in
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.run()
	}()
	packet, err := l.encode(callee, &q931.Message{CallReference: 1, Type: q931.Setup}, &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
		H323MessageBody: h225.MessageBody{Setup: &h225.SetupUUIE{
			ProtocolIdentifier: h225.Protocol, ConferenceID: h225.ConferenceIdentifier{id}, CallIdentifier: &h225.CallIdentifier{GUID: h225.GloballyUniqueID{id}},
			DestinationAddress: []h225.AliasAddress{ras.AliasOf("nobody")},
			ConferenceGoal:     h225.ConferenceGoal{Create: &per.Null{}}, CallType: h225.CallType{PointToPoint: &per.Null{}},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := peer.Write(packet); err != nil {
		t.Fatal(err)
	}
	answer, err := tpkt.NewReader(peer).ReadPacket()
	if err != nil {
		t.Fatal(err)
	}
	_, info := capture.Message(t, answer)
	_ = peer.Close()
	<-done
	r.remove(l)
	return info.H323UUPDU.H323MessageBody.ReleaseComplete.Reason
}

// Who sends SETUPs faster than a gateway does is refused before anybody is looked
// for, and nobody else is.
func TestSetupsOfOneSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRouter(Config{Unregistered: UnregisteredCall})
		var log strings.Builder
		r.gatekeeper.cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
		const flood, other = "203.0.113.5:4000", "203.0.113.6:4000"
		for i := range setupBurst {
			if why := r.call(t, flood, byte(i)); why.CalledPartyNotRegistered == nil {
				t.Fatalf("call %d: %+v", i, why)
			}
		}
		if why := r.call(t, flood, 1); why.GatekeeperResources == nil {
			t.Errorf("one too many: %+v", why)
		}
		if why := r.call(t, other, 2); why.CalledPartyNotRegistered == nil {
			t.Errorf("another source: %+v", why)
		}
		if _, n := r.counts(); n != 1 {
			t.Errorf("%d counted", n)
		}
		<-time.After(time.Second)
		for range setupRate {
			if why := r.call(t, flood, 3); why.CalledPartyNotRegistered == nil {
				t.Fatalf("a second later: %+v", why)
			}
		}
		if n := strings.Count(log.String(), "from="+flood); n != lineBurst {
			t.Errorf("%d lines of the flood in the log", n)
		}
	})
}

// A stranger's SETUP reaches who has a name, by that alone, and no number behind a
// gateway.
func TestStrangersReachNoNumberOfAGateway(t *testing.T) {
	const stranger, neighbour = "203.0.113.9", "203.0.113.8"
	h := newHostile(t, Config{Neighbours: []Neighbour{{Identifier: "two", Address: netip.MustParseAddrPort(neighbour + ":1719")}}, Unregistered: UnregisteredLocate})
	m := h.register("203.0.113.5:1719", func(r *h225.RegistrationRequest) {
		r.TerminalAlias = []h225.AliasAddress{ras.AliasOf("gateway")}
		r.TerminalType = h225.EndpointType{Gateway: &h225.GatewayInfo{Protocol: []h225.SupportedProtocols{{
			Voice: &h225.VoiceCaps{SupportedPrefixes: []h225.SupportedPrefix{{Prefix: ras.AliasOf("0")}}},
		}}}}
	})
	if m.RegistrationConfirm == nil {
		t.Fatalf("%+v", m)
	}
	number, name := ras.AliasOf("0900"), ras.AliasOf("gateway")
	setup := func(id byte, aliases ...h225.AliasAddress) *h225.SetupUUIE {
		return &h225.SetupUUIE{
			CallIdentifier: &h225.CallIdentifier{GUID: h225.GloballyUniqueID{id}}, DestinationAddress: aliases,
			DestExtraCallInfo: []h225.AliasAddress{number}, RemoteExtensionAddress: &number,
		}
	}
	// It asks where the name is first, for a call of the number.
	lrq, err := per.Marshal(&h225.RasMessage{LocationRequest: &h225.LocationRequest{
		RequestSeqNum: 99, DestinationInfo: []h225.AliasAddress{name}, ReplyAddress: h225.TransportAddressOf(netip.MustParseAddrPort(stranger + ":1719")),
		CallIdentifier: &h225.CallIdentifier{GUID: h225.GloballyUniqueID{1}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	h.zone.receive(h.now, ras.Datagram{Local: zoneAddr, Remote: netip.MustParseAddrPort(stranger + ":1719"), Data: lrq})
	if h.zone.stats.Located != 1 {
		t.Fatalf("%+v", h.zone.stats)
	}
	if found, ok, _ := h.zone.route(h.now, netip.MustParseAddr(stranger), setup(1, number)); ok {
		t.Errorf("the number leads to %v", found.signal)
	}
	s := setup(2, number, name)
	found, ok, _ := h.zone.route(h.now, netip.MustParseAddr(stranger), s)
	if !ok {
		t.Fatal("the name leads nowhere")
	}
	q := &q931.Message{Type: q931.Setup}
	q.Put(q931.CalledPartyNumber, q931.PartyNumber{Digits: "0900"}.Append(nil))
	rewrite(q, s, found, zoneAddr)
	if _, told := q.Find(q931.CalledPartyNumber); told || len(s.DestinationAddress) != 1 || ras.AliasText(s.DestinationAddress[0]) != "gateway" ||
		s.DestExtraCallInfo != nil || s.RemoteExtensionAddress != nil {
		t.Errorf("told: %+v", s)
	}
	if _, ok, _ := h.zone.route(h.now, netip.MustParseAddr(neighbour), setup(3, number)); !ok {
		t.Error("a neighbour does not reach it")
	}
}

// This process's endpoint is not called by way of the address translation.
func TestOwnEndpointFromWithin(t *testing.T) {
	external := netip.MustParseAddr("198.51.100.1")
	for own, want := range map[string]string{"[::]:1720": "127.0.0.1:1720", "192.0.2.9:1720": "192.0.2.9:1720"} {
		r := newRouter(Config{External: external, Traversal: netip.MustParseAddrPort(own)})
		in, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", in.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		l := &relay{router: r}
		l.legs[caller].conn = conn
		for to, want := range map[string]string{"198.51.100.1:1720": want, "198.51.100.1:1723": "198.51.100.1:1723", "203.0.113.5:1720": "203.0.113.5:1720"} {
			if got := l.within(netip.MustParseAddrPort(to)); got.String() != want {
				t.Errorf("%s, and own %s: %v", to, own, got)
			}
		}
		conn.Close()
		in.Close()
	}
}
