package gatekeeper

import (
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/h225"
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
		pace: ras.NewPace(setupRate, setupBurst),
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
	var m q931.Message
	var info h225.H323UserInformation
	if err := m.Unmarshal(answer); err != nil {
		t.Fatal(err)
	}
	data, err := m.UserInformation()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := per.Unmarshal(data, &info); err != nil {
		t.Fatal(err)
	}
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
	})
}
