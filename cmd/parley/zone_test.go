package main

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/cmd/parley/internal/config"
	"parley/codecs/builtin"
	"parley/conference"
	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/per"
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
	l := new(leave)
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

// Calls that strangers give one name are each accounted for at who gave leave, and
// nothing stays of them.
func TestLeaveOfCallsOfOneName(t *testing.T) {
	own, _ := gatekeeperOnLoopback(t, gatekeeper.Config{Identifier: "own"})
	l := new(leave)
	l.zone.Store(own)
	id := h225.CallIdentifier{GUID: h225.GloballyUniqueID{1}}
	var given []h323.Admitted
	for range 2 {
		got, err := l.Admit(t.Context(), h323.Admission{Answer: true, Call: id, CallingAddr: netip.MustParseAddrPort("192.0.2.1:1720"), CalledAddr: netip.MustParseAddrPort("192.0.2.2:1720")})
		if err != nil {
			t.Fatal(err)
		}
		given = append(given, got)
	}
	for n := 1; n >= 0; n-- {
		given[n].By.Disengage(h323.Disengagement{Call: id, Answer: true})
		if got := len(own.Calls()); got != n {
			t.Errorf("%d calls, and not %d", got, n)
		}
	}
}

// A gatekeeper's callers find conferences at our address, and no endpoint takes
// a conference's name.
func TestConferencesAsDirectory(t *testing.T) {
	b, err := conference.NewBridge(conference.BridgeConfig{Codecs: builtin.Set(), OnDemand: true, Conferences: []conference.Settings{{ID: "lobby", Numbers: []string{"1000"}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close(context.Background())
	d := &conferences{bridge: b, name: "parley", signal: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1720")}}
	caller := gatekeeper.Caller{Address: netip.MustParseAddrPort("127.0.0.1:1719")}
	for alias, want := range map[string]bool{"lobby": true, "1000": true, "Parley": true, "no such!": false} {
		at, ok := d.Locate([]h225.AliasAddress{ras.AliasOf(alias)}, caller)
		if ok != want || ok && at.Signal != d.signal[0] {
			t.Errorf("%s: %v, %v", alias, at, ok)
		}
	}
	for alias, want := range map[string]bool{"LOBBY": true, "1000": true, "other": false} {
		if got := d.reserved(alias); got != want {
			t.Errorf("%s reserved: %v", alias, got)
		}
	}
	d.secure = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1300")}
	if at, ok := d.Locate([]h225.AliasAddress{ras.AliasOf("lobby")}, caller); !ok || at.Secure != d.secure[0] {
		t.Errorf("over TLS: %v, %v", at, ok)
	}
	d.external = netip.MustParseAddr("203.0.113.7")
	if at, ok := d.address(netip.MustParseAddrPort("198.51.100.1:1719")); !ok || at.String() != "203.0.113.7:1720" {
		t.Errorf("from outside: %v, %v", at, ok)
	}
}

// gatekeeperOnLoopback starts a gatekeeper at any port.
func gatekeeperOnLoopback(t *testing.T, c gatekeeper.Config) (*gatekeeper.Gatekeeper, netip.AddrPort) {
	t.Helper()
	link, err := ras.Listen(netip.MustParseAddrPort("127.0.0.1:0"), 0)
	if err != nil {
		t.Fatal(err)
	}
	c.Links = []ras.Link{link}
	g, err := gatekeeper.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return g, link.LocalAddr()
}

// Calls of our own zone are admitted there though we are registered elsewhere,
// others there; each is accounted for once, and until it is over.
func TestLeaveOfTwoGatekeepers(t *testing.T) {
	near, far := netip.MustParseAddrPort("127.0.0.1:5"), netip.MustParseAddrPort("127.0.0.1:6")
	own, _ := gatekeeperOnLoopback(t, gatekeeper.Config{Identifier: "own", Static: []gatekeeper.Static{{Alias: "3001", Address: near}}})
	other, at := gatekeeperOnLoopback(t, gatekeeper.Config{
		Identifier: "other", Static: []gatekeeper.Static{{Alias: "4001", Address: far}}, Unregistered: gatekeeper.UnregisteredCall,
	})
	registered := make(chan struct{}, 1)
	client, err := ras.NewClient(ras.Config{
		Gatekeeper: at, Listen: netip.MustParseAddrPort("127.0.0.1:0"), Signal: []netip.AddrPort{near},
		Aliases: []h225.AliasAddress{ras.AliasOf("parley")}, Type: h225.EndpointType{MCU: &h225.MCUInfo{}, MC: true},
		Changed: func(s ras.Status) {
			if s.State == ras.Registered {
				registered <- struct{}{}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer client.Close(context.Background())
	<-registered
	l := new(leave)
	l.zone.Store(own)
	l.client.Store(client)
	elsewhere := netip.MustParseAddrPort("192.0.2.1:1720")
	for i, try := range []struct {
		alias     string
		address   netip.AddrPort
		answer    bool
		leads     netip.AddrPort
		own, away int // calls
	}{
		{alias: "3001", leads: near, own: 1},
		{alias: "anna", address: near, leads: near, own: 1},
		{alias: "4001", leads: far, away: 1},
		{alias: "anna", address: elsewhere, leads: elsewhere, away: 1},
		{alias: "parley", address: near, answer: true, away: 1},
	} {
		id := h225.CallIdentifier{GUID: h225.GloballyUniqueID{byte(i + 1)}}
		got, err := l.Admit(t.Context(), h323.Admission{
			Called: []h225.AliasAddress{ras.AliasOf(try.alias)}, CalledAddr: try.address, CallingAddr: elsewhere, Answer: try.answer,
			Call: id, Conference: id.GUID, Reference: uint16(i + 1), BitRate: 64_000, CanMapAlias: true,
		})
		if err != nil || try.leads.IsValid() && got.Signal != try.leads || !try.answer && len(got.Called) == 0 {
			t.Errorf("%s: %+v, %v", try.alias, got, err)
		}
		if n, m := len(own.Calls()), len(other.Calls()); n != try.own || m != try.away {
			t.Errorf("%s: %d calls in our zone, %d in the other", try.alias, n, m)
		}
		if rate, err := got.By.ChangeBandwidth(t.Context(), id, 32_000); rate != 32_000 || err != nil {
			t.Errorf("%s: %d, %v", try.alias, rate, err)
		}
		got.By.Disengage(h323.Disengagement{
			Call: id, Conference: id.GUID, Reference: uint16(i + 1), Answer: try.answer,
			Reason: h225.DisengageReason{NormalDrop: &per.Null{}},
		})
		// What comes next is answered after it.
		if _, err := client.Locate(t.Context(), []h225.AliasAddress{ras.AliasOf("4001")}, netip.AddrPort{}); err != nil {
			t.Error(err)
		}
		if n, m := len(own.Calls()), len(other.Calls()); n+m != 0 {
			t.Errorf("%s: %d and %d calls left", try.alias, n, m)
		}
	}
}

// The gatekeeper at which we are registered hears of conferences that come, go and
// get other numbers while we run.
func TestNamesReachTheGatekeeper(t *testing.T) {
	changed := make(chan []string, 8)
	_, at := gatekeeperOnLoopback(t, gatekeeper.Config{Identifier: "other", Changed: func(r gatekeeper.Registration, gone bool) {
		if !gone {
			changed <- r.Aliases
		}
	}})
	path := filepath.Join(t.TempDir(), "parley.yaml")
	write := func(text string) {
		t.Helper()
		text = strings.Replace(quiet, "h323: {", "h323: {gatekeeper: {address: \""+at.String()+"\"}, ", 1) + text
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("conferences: [{id: a, numbers: [\"1000\"]}]\n")
	o := config.Options{File: path, Codecs: builtin.Set()}
	cfg, err := config.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	h, err := open(t.Context(), cfg, o.Codecs, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	expect := func(want ...string) {
		t.Helper()
		got := <-changed
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("registered %v, want %v", got, want)
		}
	}
	expect("1000", "a", "parley")
	r := &reloader{options: o, running: *cfg, house: h, level: new(slog.LevelVar), log: log}
	for _, step := range []struct {
		conferences string
		want        []string
	}{
		{"conferences: [{id: a, numbers: [\"1000\"]}, {id: b, numbers: [\"2000\"]}]\n", []string{"1000", "2000", "a", "b", "parley"}},
		{"conferences: [{id: b, numbers: [\"2001\"]}]\n", []string{"2001", "b", "parley"}},
	} {
		write(step.conferences)
		r.reload()
		expect(step.want...)
	}
}
