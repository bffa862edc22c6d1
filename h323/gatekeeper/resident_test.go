package gatekeeper_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

func TestResident(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.TotalBandwidth = 600_000
			c.Neighbours = []gatekeeper.Neighbour{{Identifier: "two", Address: gk2Addr, Prefixes: []string{"49"}}}
		})
		two := m.gatekeeper(gk2Addr, func(c *gatekeeper.Config) {
			c.Identifier = "two"
			c.Neighbours = []gatekeeper.Neighbour{{Identifier: "parley", Address: gkAddr}}
		})
		a := m.endpoint("anna", "10.0.1.1", nil)
		far := m.endpoint("4930", "10.0.1.2", func(c *ras.Config) { c.Gatekeeper = gk2Addr })
		own := g.Resident()
		ctx := context.Background()
		ended := false
		to := admission("anna")
		to.OnDisengaged = func() { ended = true }
		admitted, err := own.Admit(ctx, to)
		if err != nil || admitted.Signal != netip.MustParseAddrPort("10.0.1.1:1720") || admitted.BitRate != 384_000 {
			t.Fatalf("%+v, %v", admitted, err)
		}
		answer := admission("anna")
		answer.Answer = true
		if _, err := a.Admit(ctx, answer); err != nil {
			t.Error(err)
		}
		if got, err := own.ChangeBandwidth(ctx, callID, 900_000); got != 600_000 || err != nil {
			t.Errorf("%d, %v", got, err)
		}
		a.Disengage(h323.Disengagement{Call: callID, Answer: true, Reason: h225.DisengageReason{NormalDrop: &per.Null{}}})
		m.names()
		if s := g.Stats(); s.Calls != 1 {
			t.Errorf("%+v", s)
		}
		g.Disengage(callID)
		if s := g.Stats(); s.Calls != 0 || s.BitRate != 0 || !ended {
			t.Errorf("%+v, ended %v", s, ended)
		}
		m.names()
		if admitted, err := own.Admit(ctx, admission("4930")); err != nil || admitted.Signal.Addr() != netip.MustParseAddr("10.0.1.2") {
			t.Errorf("by the neighbour: %+v, %v", admitted, err)
		}
		m.passed("locationRequest", "locationConfirm")
		own.Disengage(h323.Disengagement{Call: callID})
		var refusal *h323.Refusal
		if _, err := own.Admit(ctx, admission("nobody")); !errors.As(err, &refusal) || refusal.Reason.CalledPartyNotRegistered == nil {
			t.Errorf("%v", err)
		}
		if s := g.Stats(); s.Calls != 0 || s.BitRate != 0 || s.Lookups != 0 {
			t.Errorf("%+v", s)
		}
		m.close(a, far, g, two)
	})
}

// tardy is a directory that finds everybody, when it is let.
type tardy struct{ found chan gatekeeper.Located }

func (d *tardy) Locate([]h225.AliasAddress, gatekeeper.Caller) (gatekeeper.Located, bool) {
	return <-d.found, true
}

// What is found after the caller gave up is a call of nobody.
func TestResidentWhoGaveUp(t *testing.T) {
	meet(t, func(m *meeting) {
		d := &tardy{make(chan gatekeeper.Located)}
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.Neighbours = []gatekeeper.Neighbour{{Identifier: "two", Address: gk2Addr, Prefixes: []string{""}}}
		})
		two := m.gatekeeper(gk2Addr, func(c *gatekeeper.Config) {
			c.Identifier, c.Directory = "two", d
			c.Neighbours = []gatekeeper.Neighbour{{Identifier: "parley", Address: gkAddr}}
		})
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		a := h323.Admission{Called: []h225.AliasAddress{ras.AliasOf("3001")}, Call: h225.CallIdentifier{GUID: h225.GloballyUniqueID{1}}, BitRate: 64_000}
		if _, err := g.Resident().Admit(ctx, a); err == nil {
			t.Error("admitted by nobody")
		}
		d.found <- gatekeeper.Located{Signal: netip.MustParseAddrPort("10.0.1.1:1720")}
		pass(time.Second)
		if all := g.Calls(); len(all) > 0 {
			t.Errorf("left: %+v", all)
		}
		m.passed("locationRequest", "locationConfirm")
		m.close(g, two)
	})
}

// Who has our call go elsewhere reaches by it who has a name, and no number behind
// a gateway.
func TestResidentForwarded(t *testing.T) {
	meet(t, func(m *meeting) {
		static, elsewhere := netip.MustParseAddrPort("10.0.2.1:1720"), netip.MustParseAddrPort("192.0.2.5:1720")
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.Static = []gatekeeper.Static{{Alias: "3001", Address: static}}
			c.Neighbours = []gatekeeper.Neighbour{{Identifier: "two", Address: gk2Addr, Prefixes: []string{"49"}}}
		})
		gateway := m.endpoint("gateway", "10.0.1.1", func(c *ras.Config) {
			c.Type = h225.EndpointType{Gateway: &h225.GatewayInfo{Protocol: []h225.SupportedProtocols{{
				Voice: &h225.VoiceCaps{SupportedPrefixes: []h225.SupportedPrefix{{Prefix: ras.AliasOf("0")}}},
			}}}}
		})
		m.state(gateway, ras.Registered)
		m.names()
		behind := netip.MustParseAddrPort("10.0.1.1:1720")
		for i, try := range []struct {
			alias string
			at    netip.AddrPort
			leads netip.AddrPort // not valid: refused
		}{
			{alias: "3001", leads: static},
			{alias: "gateway", leads: behind},
			{alias: "gateway", at: behind, leads: behind},
			{alias: "0900", at: elsewhere, leads: elsewhere},
			{alias: "0900", at: netip.MustParseAddrPort("203.0.113.9:1725"), leads: netip.MustParseAddrPort("203.0.113.9:1725")},
			{alias: "0900"},
			{alias: "0900", at: behind},
			{alias: "0900", at: static},
			{alias: "4930"},
		} {
			a := h323.Admission{
				Called: []h225.AliasAddress{ras.AliasOf(try.alias)}, CalledAddr: try.at, BitRate: 64_000,
				Call: h225.CallIdentifier{GUID: h225.GloballyUniqueID{byte(i + 1)}}, ForwardedBy: netip.MustParseAddr("203.0.113.9"),
			}
			got, err := g.Resident().Admit(context.Background(), a)
			if got.Signal != try.leads || (err == nil) != try.leads.IsValid() {
				t.Errorf("%s at %v: %v, %v", try.alias, try.at, got.Signal, err)
			}
		}
		m.passed() // no neighbour was asked
		m.close(gateway, g)
	})
}
