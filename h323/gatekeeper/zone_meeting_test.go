package gatekeeper_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

func TestKeepAliveAndExpiry(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		a := m.endpoint("anna", "10.0.1.1", nil)
		pass(10 * time.Minute)
		m.state(a, ras.Registered)
		for _, n := range m.names()[2:] {
			if n != "registrationRequest" && n != "registrationConfirm" {
				t.Errorf("%s while nothing happens", n)
			}
		}
		m.network.Lose(func(d ras.Datagram) bool { return d.Local.Addr() == netip.MustParseAddr("10.0.1.1") })
		pass(75 * time.Second)
		if e := g.Endpoints(); len(e) != 0 {
			t.Errorf("still registered: %+v", e)
		}
		// It waits to try again, or tries just now: when is random.
		if s := a.Status(); s.State == ras.Registered || s.Problem == "" {
			t.Errorf("the endpoint is %v (%s)", s.State, s.Problem)
		}
		m.network.Lose(nil)
		pass(2 * time.Minute)
		m.state(a, ras.Registered)
		if s := a.Stats(); s.Registrations != 2 || s.Losses != 1 {
			t.Errorf("%+v", s)
		}
		m.close(a, g)
	})
}

func TestLostDatagramsAreRepeatedAndDoneOnce(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		a, b := m.endpoint("anna", "10.0.1.1", nil), m.endpoint("bert", "10.0.1.2", nil)
		m.names()
		lost := 0
		m.network.Lose(func(d ras.Datagram) bool { // the first two answers
			lost++
			return d.Local == gkAddr && lost <= 4
		})
		if _, err := a.Admit(context.Background(), admission("bert")); err != nil {
			t.Fatal(err)
		}
		m.passed("admissionRequest", "admissionConfirm", "admissionRequest", "admissionConfirm", "admissionRequest", "admissionConfirm")
		if s := g.Stats(); s.Admitted != 1 || s.Duplicates != 2 {
			t.Errorf("%+v", s)
		}
		m.network.Lose(func(ras.Datagram) bool { return true })
		var refusal *h323.Refusal
		if _, err := a.Admit(context.Background(), admission("bert")); !errors.As(err, &refusal) {
			t.Errorf("%v", err)
		}
		m.network.Lose(nil)
		pass(5 * time.Minute)
		m.close(a, b, g)
	})
}

func TestGatekeeperThatForgot(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		a := m.endpoint("anna", "10.0.1.1", nil)
		if !g.Unregister(g.Endpoints()[0].Identifier) {
			t.Error("not unregistered")
		}
		m.state(a, ras.Unregistered)
		pass(10 * time.Second)
		m.state(a, ras.Registered)
		// It vanishes without a word, and comes back knowing nothing.
		m.network.Lose(func(d ras.Datagram) bool { return d.Local == gkAddr })
		m.close(g)
		g = m.gatekeeper(gkAddr, nil)
		m.network.Lose(nil)
		m.names()
		pass(50 * time.Second)
		m.passed("registrationRequest", "registrationReject", "registrationRequest", "registrationConfirm")
		m.state(a, ras.Registered)
		m.close(a, g)
	})
}

func TestAlternateGatekeeper(t *testing.T) {
	meet(t, func(m *meeting) {
		first := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.Alternates = []gatekeeper.Alternate{
				{Identifier: "none", Address: netip.MustParseAddrPort("10.0.0.9:1719"), NeedToRegister: true, Priority: 7},
				{Identifier: "second", Address: gk2Addr, NeedToRegister: true, Priority: 1},
			}
		})
		second := m.gatekeeper(gk2Addr, func(c *gatekeeper.Config) { c.Identifier = "second" })
		a := m.endpoint("anna", "10.0.1.1", nil)
		b := m.endpoint("bert", "10.0.1.2", func(c *ras.Config) { c.Gatekeeper = gk2Addr })
		m.network.Lose(func(d ras.Datagram) bool { return d.Local == gkAddr })
		// The call finds out, and is admitted by the second nevertheless.
		admitted, err := a.Admit(context.Background(), admission("bert"))
		if err != nil || admitted.Signal.Addr() != netip.MustParseAddr("10.0.1.2") {
			t.Errorf("%+v, %v", admitted, err)
		}
		if s := a.Status(); s.Gatekeeper != gk2Addr || s.State != ras.Registered || s.Identifier != "second" {
			t.Errorf("%+v", s)
		}
		if e := second.Endpoints(); len(e) != 2 {
			t.Errorf("%+v", e)
		}
		m.close(a, b, first, second)
	})
}

func TestDiscoveryByGroup(t *testing.T) {
	meet(t, func(m *meeting) {
		group := m.network.Open(groupAddr)
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) { c.Links = append(c.Links, group) })
		a := m.endpoint("anna", "10.0.1.1", func(c *ras.Config) { c.Gatekeeper = netip.AddrPort{} })
		m.state(a, ras.Registered)
		m.passed("gatekeeperRequest", "gatekeeperConfirm", "registrationRequest", "registrationConfirm")
		if s := a.Status(); s.Gatekeeper != gkAddr {
			t.Errorf("%+v", s)
		}
		other := m.endpoint("bert", "10.0.1.2", func(c *ras.Config) { c.Gatekeeper, c.Identifier = netip.AddrPort{}, "another" })
		m.passed("gatekeeperRequest") // is not for us: nobody answers
		m.close(a, other, g)
	})
}

// slow is a directory of one name, that takes its time.
type slow struct {
	name string
	at   netip.AddrPort
	time time.Duration
}

func (s slow) Locate(aliases []h225.AliasAddress, _ gatekeeper.Caller) (gatekeeper.Located, bool) {
	<-time.After(s.time)
	return gatekeeper.Located{Signal: s.at}, ras.AliasText(aliases[0]) == s.name
}

func TestDirectory(t *testing.T) {
	meet(t, func(m *meeting) {
		room := netip.MustParseAddrPort("10.0.0.1:1720")
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.Directory = slow{"room", room, 4 * time.Second}
			c.Reserved = func(alias string) bool { return alias == "room" }
		})
		a := m.endpoint("anna", "10.0.1.1", nil)
		m.names()
		admitted, err := a.Admit(context.Background(), admission("room"))
		if err != nil || admitted.Signal != room {
			t.Errorf("%+v, %v", admitted, err)
		}
		m.passed("admissionRequest", "requestInProgress", "admissionConfirm")
		impostor := m.endpoint("room", "10.0.1.2", nil)
		if s := impostor.Status(); s.Problem != `registration: duplicateAlias "room"` {
			t.Errorf("%+v", s)
		}
		m.close(a, impostor, g)
	})
}

func TestNeighbours(t *testing.T) {
	for name, password := range map[string]string{"open": "", "signed": "between"} {
		t.Run(name, func(t *testing.T) {
			meet(t, func(m *meeting) {
				neighbour := func(id string, at netip.AddrPort) func(*gatekeeper.Config) {
					return func(c *gatekeeper.Config) {
						c.Neighbours = []gatekeeper.Neighbour{
							{Identifier: h225.GatekeeperIdentifier(id), Address: at, Prefixes: []string{"49", ""}, Password: password},
						}
					}
				}
				one := m.gatekeeper(gkAddr, neighbour("two", gk2Addr))
				two := m.gatekeeper(gk2Addr, func(c *gatekeeper.Config) {
					neighbour("parley", gkAddr)(c)
					c.Identifier = "two"
				})
				a := m.endpoint("anna", "10.0.1.1", nil)
				b := m.endpoint("4930123", "10.0.1.2", func(c *ras.Config) { c.Gatekeeper = gk2Addr })
				m.names()
				admitted, err := a.Admit(context.Background(), admission("4930123"))
				if err != nil || admitted.Signal != netip.MustParseAddrPort("10.0.1.2:1720") {
					t.Errorf("%+v, %v", admitted, err)
				}
				m.passed("admissionRequest", "locationRequest", "locationConfirm", "admissionConfirm")
				answer := admission("4930123")
				answer.Answer = true
				if _, err := b.Admit(context.Background(), answer); err != nil {
					t.Errorf("the call that was located: %v", err)
				}
				m.names()
				other := admission("4999")
				other.Call.GUID[0] = 77
				var refusal *h323.Refusal
				if _, err := a.Admit(context.Background(), other); !errors.As(err, &refusal) {
					t.Errorf("%v", err)
				}
				// Two does not ask one back.
				m.passed("admissionRequest", "locationRequest", "locationReject", "admissionReject")
				m.close(a, b, one, two)
			})
		})
	}
}

func TestBandwidthAndCredit(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.TotalBandwidth, c.CallBandwidth = 500_000, 300_000
			c.Credit = func(caller string, _ []h225.AliasAddress) (gatekeeper.Credit, error) {
				if caller != "anna" {
					return gatekeeper.Credit{}, errors.New("no account")
				}
				return gatekeeper.Credit{Limit: 90 * time.Second, Amount: "1.50"}, nil
			}
		})
		a, b := m.endpoint("anna", "10.0.1.1", nil), m.endpoint("bert", "10.0.1.2", nil)
		ctx := context.Background()
		ended := make(chan struct{})
		first := admission("bert")
		first.OnDisengaged = func() { close(ended) }
		admitted, err := a.Admit(ctx, first)
		if err != nil || admitted.BitRate != 300_000 {
			t.Fatalf("%+v, %v", admitted, err)
		}
		credit := admitted.Confirm.ServiceControl[0].Contents.CallCreditServiceControl
		if credit.AmountString != "1.50" || *credit.CallDurationLimit != 90 {
			t.Errorf("%+v", credit)
		}
		second := admission("bert")
		second.Call.GUID[0] = 2
		if admitted, err := a.Admit(ctx, second); err != nil || admitted.BitRate != 200_000 {
			t.Errorf("what is left: %+v, %v", admitted, err)
		}
		third := admission("bert")
		third.Call.GUID[0] = 3
		var refusal *h323.Refusal
		if _, err := a.Admit(ctx, third); !errors.As(err, &refusal) || refusal.Reason.GatekeeperResources == nil {
			t.Errorf("%v", err)
		}
		if got, err := a.ChangeBandwidth(ctx, callID, 400_000); got != 300_000 || err != nil {
			t.Errorf("more than is allowed: %d, %v", got, err)
		}
		if _, err := b.Admit(ctx, third); !errors.As(err, &refusal) {
			t.Errorf("without account: %v", err)
		}
		pass(95 * time.Second)
		select {
		case <-ended:
		default:
			t.Error("the call goes on without credit")
		}
		if s := g.Stats(); s.Calls != 0 || s.BitRate != 0 {
			t.Errorf("%+v", s)
		}
		m.close(a, b, g)
	})
}

func TestAliasRules(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.Static = []gatekeeper.Static{{Alias: "Door", Address: netip.MustParseAddrPort("10.0.3.1:1720")}}
		})
		a := m.endpoint("anna", "10.0.1.1", nil)
		m.names()
		thief := m.endpoint("ANNA", "10.0.1.2", nil)
		if s := thief.Status(); s.Problem != `registration: duplicateAlias "ANNA"` {
			t.Errorf("%+v", s)
		}
		// The endpoint itself may come back without a word, at the same address.
		m.network.Lose(func(d ras.Datagram) bool { return d.Local.Addr() == netip.MustParseAddr("10.0.1.1") })
		m.close(a)
		m.network.Lose(nil)
		again := m.endpoint("anna", "10.0.1.1", nil)
		m.state(again, ras.Registered)
		if e := g.Endpoints(); len(e) != 1 {
			t.Errorf("%+v", e)
		}
		if at, ok := g.Lookup("door"); !ok || at.Port() != 1720 {
			t.Errorf("static alias: %v, %v", at, ok)
		}
		if at, ok := g.Lookup("Anna"); !ok || at.Addr() != netip.MustParseAddr("10.0.1.1") {
			t.Errorf("alias: %v, %v", at, ok)
		}
		liar := m.endpoint("liar", "10.0.1.3", func(c *ras.Config) {
			c.Signal = []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:25")}
		})
		if s := liar.Status(); s.Problem != "registration: invalidCallSignalAddress" {
			t.Errorf("%+v", s)
		}
		m.close(again, thief, liar, g)
	})
}

func TestGatewayByPrefix(t *testing.T) {
	gateway := func(prefix string) func(*ras.Config) {
		return func(c *ras.Config) {
			c.Type = h225.EndpointType{Gateway: &h225.GatewayInfo{Protocol: []h225.SupportedProtocols{
				{Voice: &h225.VoiceCaps{SupportedPrefixes: []h225.SupportedPrefix{{Prefix: h225.AliasAddress{DialledDigits: prefix}}}}},
			}}}
		}
	}
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) { c.Unregistered = gatekeeper.UnregisteredCall })
		wide, narrow := m.endpoint("wide", "10.0.1.1", gateway("0")), m.endpoint("narrow", "10.0.1.2", gateway("00"))
		for alias, want := range map[string]string{"0301": "10.0.1.1", "0049": "10.0.1.2"} {
			if at, ok := g.Lookup(alias); !ok || at.Addr() != netip.MustParseAddr(want) {
				t.Errorf("%s leads to %v, want %s", alias, at, want)
			}
		}
		if at, ok := g.Lookup("1"); ok {
			t.Errorf("1 leads to %v", at)
		}
		stranger := netip.MustParseAddr("198.51.100.1")
		if at, ok := g.Reach("0049", stranger); ok {
			t.Errorf("a stranger telephones through %v", at)
		}
		if at, ok := g.Reach("WIDE", stranger); !ok || at.Addr() != netip.MustParseAddr("10.0.1.1") {
			t.Errorf("the gateway's own name leads to %v, %v", at, ok)
		}
		twin := m.endpoint("twin", "10.0.1.3", gateway("0"))
		if err := wide.IndicateResources(context.Background(), true); err != nil {
			t.Error(err)
		}
		if at, _ := g.Lookup("0301"); at.Addr() != netip.MustParseAddr("10.0.1.3") {
			t.Errorf("leads to %v, which is full", at)
		}
		m.close(wide, narrow, twin, g)
	})
}

// Where who is not registered may do nothing, nobody else is put through either.
func TestReachOfRegistered(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.Unregistered = gatekeeper.UnregisteredRefuse
			c.Static = []gatekeeper.Static{{Alias: "3001", Address: netip.MustParseAddrPort("10.0.1.9:1720")}}
		})
		a := m.endpoint("anna", "10.0.1.1", nil)
		for from, want := range map[string]bool{"10.0.1.1": true, "::ffff:10.0.1.1": true, "10.0.1.2": false} {
			for _, alias := range []string{"anna", "3001"} {
				if _, ok := g.Reach(alias, netip.MustParseAddr(from)); ok != want {
					t.Errorf("%s from %s: %v", alias, from, ok)
				}
			}
		}
		m.close(a, g)
	})
}

func TestStrangers(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		a := m.endpoint("anna", "10.0.1.1", nil)
		id := g.Endpoints()[0].Identifier
		m.names()
		stranger := m.network.Open(netip.MustParseAddrPort("10.0.9.9:4000"))
		send := func(message *h225.RasMessage) {
			data, err := per.Marshal(message)
			if err != nil {
				t.Fatal(err)
			}
			if err := stranger.WriteDatagram(ras.Datagram{Remote: gkAddr, Data: data}); err != nil {
				t.Fatal(err)
			}
		}
		send(&h225.RasMessage{UnregistrationRequest: &h225.UnregistrationRequest{RequestSeqNum: 1, EndpointIdentifier: id}})
		send(&h225.RasMessage{DisengageRequest: &h225.DisengageRequest{
			RequestSeqNum: 2, EndpointIdentifier: id, DisengageReason: h225.DisengageReason{NormalDrop: &per.Null{}},
		}})
		send(&h225.RasMessage{LocationRequest: &h225.LocationRequest{
			RequestSeqNum: 3, DestinationInfo: []h225.AliasAddress{ras.AliasOf("anna")},
			ReplyAddress: h225.TransportAddressOf(netip.MustParseAddrPort("192.0.2.1:53")),
		}})
		want := []string{
			"unregistrationRequest", "disengageRequest", "locationRequest", "unregistrationReject", "disengageReject", "locationReject",
		}
		got := m.names()
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("passed %v", got)
		}
		// Answers are not answered, and noise is not either.
		send(&h225.RasMessage{UnregistrationConfirm: &h225.UnregistrationConfirm{RequestSeqNum: 9}})
		send(&h225.RasMessage{UnknownMessageResponse: &h225.UnknownMessageResponse{RequestSeqNum: 9, MessageNotUnderstood: []byte{1}}})
		if err := stranger.WriteDatagram(ras.Datagram{Remote: gkAddr, Data: []byte("noise")}); err != nil {
			t.Fatal(err)
		}
		m.passed("unregistrationConfirm", "unknownMessageResponse", "malformed")
		if e := g.Endpoints(); len(e) != 1 {
			t.Errorf("%+v", e)
		}
		for range 1000 {
			send(&h225.RasMessage{DisengageRequest: &h225.DisengageRequest{
				RequestSeqNum: 2, EndpointIdentifier: id, DisengageReason: h225.DisengageReason{NormalDrop: &per.Null{}},
			}})
		}
		answers := 0
		for _, n := range m.names() {
			if n == "disengageReject" {
				answers++
			}
		}
		if s := g.Stats(); answers > 400 || s.OverLimit == 0 {
			t.Errorf("%d answers to a flood, %+v", answers, s)
		}
		m.close(a, g)
	})
}
