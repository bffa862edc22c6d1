package gatekeeper_test

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"

	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/ras"
)

// overTLS has a client offer calls over TLS, and take them at an address.
func overTLS(at string) func(*ras.Config) {
	return func(c *ras.Config) { c.Features = h460.Support(c.Features, h460.OfferTLS(netip.MustParseAddrPort(at))) }
}

// secureRoom is a directory of one conference that is called over TLS too.
type secureRoom struct{}

func (secureRoom) Locate(aliases []h225.AliasAddress, _ gatekeeper.Caller) (gatekeeper.Located, bool) {
	return gatekeeper.Located{
		Signal: netip.MustParseAddrPort("10.0.0.1:1720"), Secure: netip.MustParseAddrPort("10.0.0.1:1300"),
	}, ras.AliasText(aliases[0]) == "room"
}

// quiet is a listener to which nobody connects.
type quiet struct {
	once   sync.Once
	closed chan struct{}
}

func (q *quiet) Accept() (net.Conn, error) {
	<-q.closed
	return nil, net.ErrClosed
}

func (q *quiet) Close() error {
	q.once.Do(func() { close(q.closed) })
	return nil
}

func (q *quiet) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 1721} }

// Who offers TLS is told where the other end takes calls over it: an endpoint, a
// conference, somebody of a neighbour's zone. Nobody else is, and of no address that
// was not believed.
func TestTransportSecurity(t *testing.T) {
	const bert, far, room = "10.0.1.2:1300", "10.0.1.3:1300", "10.0.0.1:1300"
	secures := func(c *gatekeeper.Config) { c.TLS = true }
	routes := func(c *gatekeeper.Config) {
		c.TLS, c.Routed, c.Signal = true, true, netip.MustParseAddrPort("10.0.0.1:1721")
		c.SignalListener = &quiet{closed: make(chan struct{})}
	}
	for name, tt := range map[string]struct {
		gatekeeper func(*gatekeeper.Config)
		caller     func(*ras.Config)
		called     string
		takes      string // bert's address
		want       string // "": none
	}{
		"an endpoint":              {secures, overTLS("10.0.1.1:1300"), "bert", bert, bert},
		"a conference":             {secures, overTLS("10.0.1.1:1300"), "room", bert, room},
		"of a neighbour":           {secures, overTLS("10.0.1.1:1300"), "4930", bert, far},
		"who cannot":               {secures, overTLS("10.0.1.1:1300"), "carl", bert, ""},
		"for who cannot":           {secures, nil, "bert", bert, ""},
		"of another host":          {secures, overTLS("10.0.1.1:1300"), "bert", "10.0.9.9:1300", ""},
		"where it is off":          {nil, overTLS("10.0.1.1:1300"), "bert", bert, ""},
		"of a neighbour, off":      {nil, overTLS("10.0.1.1:1300"), "4930", bert, ""},
		"in calls that are routed": {routes, overTLS("10.0.1.1:1300"), "bert", bert, ""},
	} {
		t.Run(name, func(t *testing.T) {
			meet(t, func(m *meeting) {
				g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
					c.Directory = secureRoom{}
					c.Neighbours = []gatekeeper.Neighbour{{Identifier: "two", Address: gk2Addr, Prefixes: []string{"49"}}}
					if tt.gatekeeper != nil {
						tt.gatekeeper(c)
					}
				})
				two := m.gatekeeper(gk2Addr, func(c *gatekeeper.Config) {
					c.Identifier, c.TLS = "two", true
					c.Neighbours = []gatekeeper.Neighbour{{Identifier: "parley", Address: gkAddr}}
				})
				a := m.endpoint("anna", "10.0.1.1", tt.caller)
				b := m.endpoint("bert", "10.0.1.2", overTLS(tt.takes))
				c := m.endpoint("carl", "10.0.1.4", nil)
				d := m.endpoint("4930", "10.0.1.3", func(c *ras.Config) {
					c.Gatekeeper = gk2Addr
					overTLS(far)(c)
				})
				admitted, err := a.Admit(context.Background(), admission(tt.called))
				if err != nil {
					t.Fatal(err)
				}
				want := netip.AddrPort{}
				if tt.want != "" {
					want = netip.MustParseAddrPort(tt.want)
				}
				if admitted.Secure != want {
					t.Errorf("over TLS at %v, want %v", admitted.Secure, want)
				}
				m.close(a, b, c, d, g, two)
			})
		})
	}
}

// This process's endpoint calls over TLS who takes that, by name and by address; a
// confirmation names the feature, without which some endpoints do not use it.
func TestResidentOverTLS(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) { c.TLS = true })
		m.names()
		h := m.hand("10.0.1.1:5000")
		signal := netip.MustParseAddrPort("10.0.1.1:1720")
		secure := netip.MustParseAddrPort("10.0.1.1:1300")
		rcf := h.ask(h225.RasMessage{RegistrationRequest: &h225.RegistrationRequest{
			RequestSeqNum: h.number(), ProtocolIdentifier: h225.Protocol, DiscoveryComplete: true,
			CallSignalAddress: []h225.TransportAddress{h225.TransportAddressOf(signal)},
			RASAddress:        []h225.TransportAddress{h225.TransportAddressOf(netip.MustParseAddrPort("10.0.1.1:5000"))},
			TerminalAlias:     []h225.AliasAddress{ras.AliasOf("anna")},
			FeatureSet:        h460.Support(nil, h460.OfferTLS(secure)),
		}}).RegistrationConfirm
		if rcf == nil || h460.FindIn(rcf.FeatureSet, h460.TransportSecurity) == nil {
			t.Fatalf("%+v", rcf)
		}
		byAddress := admission("anna")
		byAddress.CalledAddr = signal
		byAddress.Call.GUID[0] = 77
		own := g.Resident()
		for _, a := range []string{"name", "address"} {
			ask := admission("anna")
			if a == "address" {
				ask = byAddress
			}
			if got, err := own.Admit(context.Background(), ask); err != nil || got.Secure != secure || got.Signal != signal {
				t.Errorf("by %s: %+v, %v", a, got, err)
			}
		}
		m.close(g)
	})
}
