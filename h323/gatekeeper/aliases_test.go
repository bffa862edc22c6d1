package gatekeeper_test

import (
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// An endpoint takes further aliases, and gives single ones up, without registering
// anew (H.323 clause 7.2.2, additive registration).
func TestFurtherAliases(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.Reserved = func(alias string) bool { return alias == "lobby" }
		})
		a := m.hand("10.0.1.1:5000")
		rcf := a.register(nil, "anna", "2001")
		if rcf.SupportsAdditiveRegistration == nil {
			t.Error("additive registration is not offered")
		}
		add := func(aliases ...string) *h225.RasMessage {
			return a.ask(h225.RasMessage{RegistrationRequest: &h225.RegistrationRequest{
				RequestSeqNum: a.number(), ProtocolIdentifier: h225.Protocol, EndpointIdentifier: rcf.EndpointIdentifier,
				AdditiveRegistration: &per.Null{}, TerminalAlias: aliasesOf(aliases...),
				TerminalType: h225.EndpointType{Terminal: &h225.TerminalInfo{}},
			}})
		}
		remove := func(aliases ...string) *h225.RasMessage {
			return a.ask(h225.RasMessage{UnregistrationRequest: &h225.UnregistrationRequest{
				RequestSeqNum: a.number(), EndpointIdentifier: rcf.EndpointIdentifier, EndpointAlias: aliasesOf(aliases...),
			}})
		}
		has := func(want ...string) {
			t.Helper()
			all := g.Endpoints()
			if len(all) != 1 || !slices.Equal(all[0].Aliases, want) {
				t.Errorf("%+v, want %q", all, want)
			}
			for _, alias := range []string{"anna", "2001", "2002", "2003"} {
				if _, ok := g.Lookup(alias); ok != slices.Contains(want, alias) {
					t.Errorf("%s is found: %v", alias, ok)
				}
			}
		}
		if got := add("2002", "anna", "2003"); got.RegistrationConfirm == nil ||
			!slices.Equal(textsOf(got.RegistrationConfirm.TerminalAlias), []string{"anna", "2001", "2002", "2003"}) {
			t.Errorf("%+v", got.RegistrationConfirm)
		}
		has("anna", "2001", "2002", "2003")
		if got := add("2004", "LOBBY"); got.RegistrationReject == nil ||
			!slices.Equal(textsOf(got.RegistrationReject.RejectReason.DuplicateAlias), []string{"LOBBY"}) {
			t.Errorf("a conference's: %+v", got.RegistrationReject)
		}
		has("anna", "2001", "2002", "2003")
		if got := remove("2002", "ANNA", "nobody"); got.UnregistrationConfirm == nil {
			t.Errorf("%+v", got)
		}
		has("2001", "2003")
		// Another may have what was given up, and not what was not.
		b := m.endpoint("2002", "10.0.1.2", nil)
		m.state(b, ras.Registered)
		if got := add("2002"); got.RegistrationReject == nil || got.RegistrationReject.RejectReason.DuplicateAlias == nil {
			t.Errorf("%+v", got)
		}
		m.close(b)
		if got := remove("2001", "2003"); got.UnregistrationConfirm == nil || len(g.Endpoints()) != 0 {
			t.Errorf("with its last aliases: %+v, %+v", got, g.Endpoints())
		}
		if got := add("2001"); got.RegistrationReject == nil || got.RegistrationReject.RejectReason.FullRegistrationRequired == nil {
			t.Errorf("when it is gone: %+v", got)
		}
		if got := remove("2001"); got.UnregistrationReject == nil || got.UnregistrationReject.RejectReason.NotCurrentlyRegistered == nil {
			t.Errorf("when it is gone: %+v", got)
		}
		m.close(g)
	})
}

// Nobody takes aliases away from, or gives them to, another's registration.
func TestFurtherAliasesOfAnother(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		id := m.hand("10.0.1.1:5000").register(nil, "anna").EndpointIdentifier
		thief := m.hand("10.0.1.9:5000")
		if got := thief.ask(h225.RasMessage{UnregistrationRequest: &h225.UnregistrationRequest{
			RequestSeqNum: thief.number(), EndpointIdentifier: id, EndpointAlias: aliasesOf("anna"),
		}}); got.UnregistrationReject == nil || got.UnregistrationReject.RejectReason.SecurityDenial == nil {
			t.Errorf("%+v", got)
		}
		if got := thief.ask(h225.RasMessage{RegistrationRequest: &h225.RegistrationRequest{
			RequestSeqNum: thief.number(), ProtocolIdentifier: h225.Protocol, EndpointIdentifier: id, AdditiveRegistration: &per.Null{},
			TerminalAlias: aliasesOf("x"), TerminalType: h225.EndpointType{Terminal: &h225.TerminalInfo{}},
		}}); got.RegistrationReject == nil {
			t.Errorf("%+v", got)
		}
		if e := g.Endpoints(); len(e) != 1 || !slices.Equal(e[0].Aliases, []string{"anna"}) {
			t.Errorf("%+v", e)
		}
		m.close(g)
	})
}

// An endpoint of version 1, which renews nothing, is asked whether it is still
// there (IRQ), and forgotten when it does not answer.
func TestProbe(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		a := m.hand("10.0.1.1:5000")
		rcf := a.register(func(r *h225.RegistrationRequest) { r.TimeToLive = nil }, "anna")
		if rcf.TimeToLive != nil {
			t.Errorf("granted %d s to one that knows of none", *rcf.TimeToLive)
		}
		m.names()
		pass(50 * time.Second)
		m.passed() // not yet
		for range 3 {
			irq := a.hear().InfoRequest
			if irq == nil || irq.CallReferenceValue != 0 {
				t.Fatalf("%+v", irq)
			}
			a.say(h225.RasMessage{InfoRequestResponse: &h225.InfoRequestResponse{
				RequestSeqNum: irq.RequestSeqNum, EndpointIdentifier: rcf.EndpointIdentifier,
				EndpointType:      h225.EndpointType{Terminal: &h225.TerminalInfo{}},
				RASAddress:        h225.TransportAddressOf(a.link.LocalAddr()),
				CallSignalAddress: []h225.TransportAddress{h225.TransportAddressOf(netip.MustParseAddrPort("10.0.1.1:1720"))},
			}})
			if n := len(g.Endpoints()); n != 1 {
				t.Fatalf("%d endpoints", n)
			}
		}
		m.names()
		pass(65 * time.Second)
		m.passed("infoRequest", "infoRequest")
		pass(5 * time.Second)
		if e := g.Endpoints(); len(e) != 0 {
			t.Errorf("still registered: %+v", e)
		}
		m.close(g)
		synctest.Wait()
	})
}
