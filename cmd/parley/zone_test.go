package main

import (
	"context"
	"net/netip"
	"testing"

	"parley/codecs/builtin"
	"parley/conference"
	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/ras"
)

// A registered or static name is called where it is, an address as it was
// dialled, and nobody else.
func TestLeave(t *testing.T) {
	at := netip.MustParseAddrPort("127.0.0.1:5")
	g, err := gatekeeper.New(gatekeeper.Config{
		Identifier: "test", Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")},
		Static: []gatekeeper.Static{{Alias: "3001", Address: at}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer g.Close(context.Background())
	l := &leave{admitted: map[h225.GloballyUniqueID]struct{}{}}
	l.zone.Store(g)
	for alias, want := range map[string]netip.AddrPort{"3001": at, "3002": {}} {
		got, err := l.Admit(t.Context(), h323.Admission{Called: []h225.AliasAddress{ras.AliasOf(alias)}})
		if got.Signal != want || (err != nil) != !want.IsValid() {
			t.Errorf("%s: %v, %v", alias, got.Signal, err)
		}
	}
	other := netip.MustParseAddrPort("192.0.2.1:1720")
	got, err := l.Admit(t.Context(), h323.Admission{Called: []h225.AliasAddress{ras.AliasOf("3001")}, CalledAddr: other})
	if err != nil || got.Signal != other {
		t.Errorf("by address: %v, %v", got.Signal, err)
	}
	l.Disengage(h323.Disengagement{}) // of a call that nobody was asked for
}

// A gatekeeper's callers find conferences at our address, and no endpoint takes
// a conference's name.
func TestConferencesAsDirectory(t *testing.T) {
	b, err := conference.NewBridge(conference.BridgeConfig{Codecs: builtin.Set(), OnDemand: true, Conferences: []conference.Settings{{ID: "lobby", Numbers: []string{"1000"}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close(context.Background())
	d := &conferences{bridge: b, signal: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1720")}}
	caller := gatekeeper.Caller{Address: netip.MustParseAddrPort("127.0.0.1:1719")}
	for alias, want := range map[string]bool{"lobby": true, "1000": true, "no such!": false} {
		at, ok := d.Locate([]h225.AliasAddress{ras.AliasOf(alias)}, caller)
		if ok != want || ok && at != d.signal[0] {
			t.Errorf("%s: %v, %v", alias, at, ok)
		}
	}
	for alias, want := range map[string]bool{"LOBBY": true, "1000": true, "other": false} {
		if got := d.reserved(alias); got != want {
			t.Errorf("%s reserved: %v", alias, got)
		}
	}
	d.external = netip.MustParseAddr("203.0.113.7")
	if at, ok := d.address(netip.MustParseAddrPort("198.51.100.1:1719")); !ok || at.String() != "203.0.113.7:1720" {
		t.Errorf("from outside: %v, %v", at, ok)
	}
}
