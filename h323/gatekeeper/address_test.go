package gatekeeper_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// Over IPv6 all is as over IPv4, and who has the one calls who has the one.
func TestIPv6(t *testing.T) {
	meet(t, func(m *meeting) {
		at := netip.MustParseAddrPort("[2001:db8::1]:1719")
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) { c.Links = append(c.Links, m.network.Open(at)) })
		six := func(c *ras.Config) { c.Gatekeeper, c.Discover = at, true }
		a, b := m.endpoint("anna", "2001:db8::a", six), m.endpoint("bert", "2001:db8::b", six)
		c := m.endpoint("4711", "10.0.1.1", nil)
		m.state(a, ras.Registered)
		m.state(c, ras.Registered)
		if s := a.Status(); s.Gatekeeper != at {
			t.Errorf("registered with %v", s.Gatekeeper)
		}
		admitted, err := a.Admit(context.Background(), admission("bert"))
		if want := netip.MustParseAddrPort("[2001:db8::b]:1720"); err != nil || admitted.Signal != want {
			t.Errorf("%+v, %v", admitted, err)
		}
		answer := admission("bert")
		answer.Answer, answer.CallingAddr = true, netip.MustParseAddrPort("[2001:db8::a]:40000")
		if _, err := b.Admit(context.Background(), answer); err != nil {
			t.Error(err)
		}
		where, err := c.Locate(context.Background(), aliasesOf("anna"), netip.AddrPort{})
		if err != nil || where != netip.MustParseAddrPort("[2001:db8::a]:1720") {
			t.Errorf("%v, %v", where, err)
		}
		pass(2 * time.Minute) // keep-alives
		m.state(a, ras.Registered)
		if !g.Disengage(callID) {
			t.Error("no call")
		}
		m.close(a, b, c, g)
	})
}

// The same on real sockets, v4 and v6 beside each other at one port.
func TestBothFamilies(t *testing.T) {
	loopback6 := netip.IPv6Loopback()
	four, err := ras.Listen(netip.AddrPortFrom(netip.IPv4Unspecified(), 0), 0)
	if err != nil {
		t.Fatal(err)
	}
	six, err := ras.Listen(netip.AddrPortFrom(netip.IPv6Unspecified(), four.LocalAddr().Port()), 0)
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	g, err := gatekeeper.New(gatekeeper.Config{Identifier: "parley", Links: []ras.Link{four, six}})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer g.Close(context.Background())
	for _, host := range []netip.Addr{loopback, loopback6} {
		registered := make(chan struct{}, 1)
		at := netip.AddrPortFrom(host, four.LocalAddr().Port())
		c, err := ras.NewClient(ras.Config{
			Gatekeeper: at, Discover: true, Signal: []netip.AddrPort{netip.AddrPortFrom(host, 1720)},
			Aliases: aliasesOf("of " + host.String()), Type: h225.EndpointType{Terminal: &h225.TerminalInfo{}},
			Changed: func(s ras.Status) {
				if s.State == ras.Registered {
					registered <- struct{}{}
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer c.Close(context.Background())
		select {
		case <-registered:
		case <-time.After(patience):
			t.Fatalf("%v: %+v", host, c.Status())
		}
		if s := c.Status(); s.Gatekeeper != at {
			t.Errorf("at %v, told %v", at, s.Gatekeeper)
		}
		if got, ok := g.Lookup("of " + host.String()); !ok || got.Addr() != host {
			t.Errorf("%v: %v, %v", host, got, ok)
		}
	}
}

// Behind an address translation endpoints outside are told the address that leads
// in, and those inside the one that they reach.
func TestExternalAddress(t *testing.T) {
	outside := netip.MustParseAddr("203.0.113.7")
	for name, try := range map[string]struct {
		peer string
		want netip.Addr
	}{
		"outside":  {"198.51.100.5:5000", outside},
		"inside":   {"10.0.1.1:5000", gkAddr.Addr()},
		"loopback": {"127.0.0.1:5000", gkAddr.Addr()},
	} {
		t.Run(name, func(t *testing.T) {
			meet(t, func(m *meeting) {
				g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
					c.External, c.Signal, c.Unregistered = outside, netip.AddrPortFrom(gkAddr.Addr(), 1721), gatekeeper.UnregisteredLocate
				})
				a := m.hand(try.peer)
				check := func(what string, told h225.TransportAddress, port uint16) {
					t.Helper()
					if got, _ := told.AddrPort(); got != netip.AddrPortFrom(try.want, port) {
						t.Errorf("%s tells %v", what, got)
					}
				}
				gcf := a.ask(h225.RasMessage{GatekeeperRequest: &h225.GatekeeperRequest{
					RequestSeqNum: a.number(), ProtocolIdentifier: h225.Protocol, RASAddress: h225.TransportAddressOf(a.link.LocalAddr()),
					EndpointType: h225.EndpointType{Terminal: &h225.TerminalInfo{}},
				}}).GatekeeperConfirm
				check("GCF", gcf.RASAddress, 1719)
				check("RCF", a.register(nil, "anna").CallSignalAddress[0], 1721)
				lcf := a.ask(h225.RasMessage{LocationRequest: &h225.LocationRequest{
					RequestSeqNum: a.number(), DestinationInfo: aliasesOf("anna"), ReplyAddress: h225.TransportAddressOf(a.link.LocalAddr()),
				}}).LocationConfirm
				check("LCF", lcf.RASAddress, 1719)
				m.close(g)
			})
		})
	}
}

// So does an endpoint that registers.
func TestExternalAddressOfAnEndpoint(t *testing.T) {
	external := netip.MustParseAddr("198.51.100.9")
	for name, try := range map[string]struct {
		gatekeeper string
		want       netip.Addr
	}{"outside": {"203.0.113.1:1719", external}, "inside": {"10.0.0.1:1719", netip.MustParseAddr("10.0.1.1")}} {
		t.Run(name, func(t *testing.T) {
			meet(t, func(m *meeting) {
				var told []netip.AddrPort
				m.network.Watch(func(d ras.Datagram) {
					var message h225.RasMessage
					if _, err := per.Unmarshal(d.Data, &message); err == nil && message.RegistrationRequest != nil {
						at, _ := message.RegistrationRequest.RASAddress[0].AddrPort()
						told = append(told, at)
					}
				})
				at := netip.MustParseAddrPort(try.gatekeeper)
				g := m.gatekeeper(at, func(c *gatekeeper.Config) { c.Foreign = true })
				a := m.endpoint("anna", "10.0.1.1", func(c *ras.Config) { c.Gatekeeper, c.External = at, external })
				m.state(a, ras.Registered)
				m.close(a, g)
				if len(told) != 1 || told[0] != netip.AddrPortFrom(try.want, 5000) {
					t.Errorf("told %v", told)
				}
			})
		})
	}
}
