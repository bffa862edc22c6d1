package gatekeeper_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/ras"
)

var _ h323.Traversal = (*gatekeeper.Gatekeeper)(nil)

var (
	traversalAddr = netip.MustParseAddrPort("10.0.0.1:1720")
	behindAddr    = netip.MustParseAddrPort("203.0.113.7:5000") // as the gatekeeper sees it
)

// behind is an endpoint behind a firewall. Its addresses are of its own network.
func (m *meeting) behind(name, at string, told func(*h225.ServiceControlIndication)) *ras.Client {
	m.Helper()
	return m.endpoint(name, at, func(c *ras.Config) {
		c.Signal = []netip.AddrPort{netip.MustParseAddrPort("192.168.1.2:1720")}
		c.External = netip.MustParseAddr("192.168.1.2")
		c.Discover = true
		c.Features = h460.Support(nil, h460.Feature(h460.SignallingTraversal))
		c.ServiceControl = told
	})
}

func traversing(c *gatekeeper.Config) { c.Traversal = traversalAddr }

func TestTraversalRegistration(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, traversing)
		var told []*h225.ServiceControlIndication
		c := m.behind("anna", behindAddr.Addr().String(), func(sci *h225.ServiceControlIndication) { told = append(told, sci) })
		m.state(c, ras.Registered)
		all := g.Endpoints()
		if len(all) != 1 || !all[0].Traverses || all[0].Signal != behindAddr || all[0].RAS != behindAddr {
			t.Fatalf("%+v", all)
		}
		if life := c.Status().TimeToLive; life != 19*time.Second {
			t.Errorf("registered for %v", life)
		}
		pass(5 * time.Minute) // keep-alives hold the way open
		m.state(c, ras.Registered)
		if n := g.Stats().Registrations; n != 1 {
			t.Errorf("%d registrations", n)
		}
		m.names()

		at, ok := g.Lookup("anna")
		if source, is := g.Behind(at); !ok || !is || source != behindAddr.Addr() {
			t.Errorf("%v is found at %v %v, behind %v", ok, at, is, source)
		}
		if !g.Indicate(at, callID) {
			t.Error("it cannot be asked")
		}
		m.passed("serviceControlIndication", "serviceControlResponse")
		if len(told) != 1 {
			t.Fatalf("told %d times", len(told))
		}
		i, err := h460.Indicated(told[0])
		if err != nil {
			t.Fatal(err)
		}
		if to, _ := i.CallSignallingAddress.AddrPort(); to != traversalAddr || i.CallID.GUID != callID.GUID {
			t.Errorf("%+v", i)
		}
		// The call that was indicated may be answered.
		answer := admission("anna")
		answer.Answer = true
		if _, err := c.Admit(context.Background(), answer); err != nil {
			t.Error(err)
		}
		m.close(c, g)
	})
}

// TestTraversalAdmission: calls of those behind firewalls go through who carries
// them.
func TestTraversalAdmission(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, traversing)
		a := m.behind("anna", behindAddr.Addr().String(), nil)
		b := m.endpoint("berta", "10.0.1.2", nil)
		for from, to := range map[*ras.Client]string{a: "berta", b: "anna"} {
			call := admission(to)
			call.Call.GUID[0] = to[0]
			got, err := from.Admit(context.Background(), call)
			if err != nil || got.Signal != traversalAddr {
				t.Errorf("to %s: %+v, %v", to, got, err)
			}
		}
		if got, err := b.Locate(context.Background(), []h225.AliasAddress{ras.AliasOf("anna")}, netip.AddrPort{}); err != nil || got != traversalAddr {
			t.Errorf("located at %v, %v", got, err)
		}
		m.close(a, b, g)
	})
}

// TestTraversalElsewhere: who has no firewall is not asked, nor anybody where
// nobody carries such calls.
func TestTraversalElsewhere(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		at := netip.MustParseAddrPort("10.0.1.2:1720")
		b := m.endpoint("berta", "10.0.1.2", func(c *ras.Config) {
			c.Features = h460.Support(nil, h460.Feature(h460.SignallingTraversal))
		})
		m.state(b, ras.Registered)
		m.names()
		if _, ok := g.Behind(at); ok || g.Indicate(at, callID) {
			t.Error("asked")
		}
		m.passed()
		if life := b.Status().TimeToLive; life != time.Minute {
			t.Errorf("registered for %v", life)
		}
		m.close(b, g)
	})
}

// TestTraversalRestart: an endpoint that comes again by another port of its address
// translation takes its own place.
func TestTraversalRestart(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, traversing)
		first := m.behind("anna", behindAddr.Addr().String(), nil)
		m.state(first, ras.Registered)
		again := m.endpoint("anna", "203.0.113.7", func(c *ras.Config) {
			c.Signal = []netip.AddrPort{netip.MustParseAddrPort("192.168.1.2:1720")}
			c.Link = m.network.Open(netip.MustParseAddrPort("203.0.113.7:5002"))
			c.Features = h460.Support(nil, h460.Feature(h460.SignallingTraversal))
		})
		m.state(again, ras.Registered)
		if all := g.Endpoints(); len(all) != 1 || all[0].Signal.Port() != 5002 {
			t.Errorf("%+v", all)
		}
		other := m.endpoint("anna", "203.0.113.7", func(c *ras.Config) {
			c.Signal = []netip.AddrPort{netip.MustParseAddrPort("192.168.1.3:1720")}
			c.Link = m.network.Open(netip.MustParseAddrPort("203.0.113.7:5004"))
			c.Features = h460.Support(nil, h460.Feature(h460.SignallingTraversal))
		})
		m.state(other, ras.Unregistered)
		m.close(first, again, other, g)
	})
}

// TestTraversalOnward: whom an endpoint behind a firewall was admitted to call, it is
// put through to, as the numbers behind a gateway's prefix: it alone, and soon.
func TestTraversalOnward(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, traversing)
		gateway := m.endpoint("gateway", "10.0.1.2", func(c *ras.Config) {
			c.Type = h225.EndpointType{Gateway: &h225.GatewayInfo{Protocol: []h225.SupportedProtocols{
				{Voice: &h225.VoiceCaps{SupportedPrefixes: []h225.SupportedPrefix{{Prefix: h225.AliasAddress{DialledDigits: "00"}}}}},
			}}}
		})
		host := behindAddr.Addr()
		anna := m.behind("anna", host.String(), nil)
		m.state(anna, ras.Registered)
		if at, ok := g.Reach("0049", host); ok {
			t.Errorf("put through to %v unasked", at)
		}
		if got, err := anna.Admit(context.Background(), admission("0049")); err != nil || got.Signal != traversalAddr {
			t.Fatalf("%+v, %v", got, err)
		}
		if at, ok := g.Reach("0049", host); !ok || at != netip.MustParseAddrPort("10.0.1.2:1720") {
			t.Errorf("put through to %v, %v", at, ok)
		}
		for alias, from := range map[string]netip.Addr{
			"0048": host, "0049": netip.MustParseAddr("10.0.1.2"), "00490": netip.MustParseAddr("198.51.100.1"),
		} {
			if at, ok := g.Reach(alias, from); ok {
				t.Errorf("%v is put through to %s at %v", from, alias, at)
			}
		}
		pass(2 * time.Minute)
		if at, ok := g.Reach("0049", host); ok {
			t.Errorf("put through to %v so late", at)
		}
		m.close(anna, gateway, g)
	})
}
