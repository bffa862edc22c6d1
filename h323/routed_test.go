package h323

import (
	"context"
	"net/netip"
	"testing"

	"parley/h323/h225"
	"parley/h323/media"
	"parley/h323/q931"
)

// A gatekeeper that routes signalling, but not H.245, and names itself as the
// caller: the endpoint behind it is taken by its first connection, and nobody
// else. Where the call did not come from that gatekeeper, or the caller is named,
// no stranger is taken.
func TestRoutedControlPort(t *testing.T) {
	behind, stranger := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("192.0.2.66")
	named := h225.TransportAddressOf(netip.AddrPortFrom(behind, 1720))
	router := h225.TransportAddressOf(netip.AddrPortFrom(v4, 1720))
	for name, test := range map[string]struct {
		admitted Admitted
		source   *h225.TransportAddress
		taken    netip.Addr // invalid: nobody but the router
	}{
		"hidden":   {Admitted{Routed: true, Signal: port1720}, &router, behind},
		"untold":   {Admitted{Routed: true, Signal: port1720}, nil, behind},
		"named":    {Admitted{Routed: true, Signal: port1720}, &named, behind},
		"past it":  {Admitted{Routed: true, Signal: netip.MustParseAddrPort("192.0.2.1:1720")}, nil, netip.Addr{}},
		"directly": {Admitted{Signal: port1720}, nil, netip.Addr{}},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				m := newMemory()
				b := newParty(t, "called", v4)
				e := listening(t, m, b, Config{Gatekeeper: &gatekeeper{admitted: test.admitted}})
				w := byHand(t, m)
				w.send(setupMessage(1, func(s *h225.SetupUUIE, u *h225.H323UUPDU) {
					u.H245Tunnelling, s.SourceCallSignalAddress = to(false), test.source
				}))
				at, _ := w.next(q931.Connect).Info.H323UUPDU.H323MessageBody.Connect.H245Address.AddrPort()
				from := func(a netip.Addr) *wire245 {
					conn, err := m.connect(context.Background(), a, at)
					if err != nil {
						t.Fatal(err)
					}
					return newWireOf245(t, conn)
				}
				if name == "named" {
					from(stranger).closed()
				}
				peer := from(behind)
				if !test.taken.IsValid() {
					peer.closed()
					peer = from(v4)
				}
				if got := peer.next(); got != "request.terminalCapabilitySet" {
					t.Errorf("first %s", got)
				}
				from(stranger).closed()
				_ = w.conn.Close()
				_ = b.released()
				peer.closed()
				closed(t, e)
			})
		})
	}
}

// asking looks at the call's peer when it is asked for addresses.
type asking struct {
	*party
	remotes chan netip.AddrPort
}

func (a *asking) Local(c *Call, ch *media.Channel) (media.Addresses, error) {
	select {
	case a.remotes <- c.Info().Remote:
	default:
	}
	return a.party.Local(c, ch)
}

// The addresses of fast connect are asked for before SETUP goes out; they depend
// on who is called, which the owner then knows. So it is of the next one where
// the call is forwarded.
func TestFastConnectKnowsItsPeer(t *testing.T) {
	in(t, func(t *testing.T) {
		elsewhere := netip.MustParseAddrPort("127.0.0.1:1722")
		m := newMemory()
		a, b := &asking{newParty(t, "caller", v4), make(chan netip.AddrPort, 8)}, newParty(t, "called", v4)
		first := listening(t, m, b, Config{Incoming: func(c *Call) {
			c.SetOwner(b)
			c.Forward(nil, elsewhere)
		}})
		second := inMemory(t, m, Config{Listen: []netip.AddrPort{elsewhere}, Incoming: func(c *Call) {
			c.SetOwner(b)
			c.Answer()
		}})
		e := inMemory(t, m, Config{})
		c, err := e.Dial(context.Background(), Target{Address: port1720}, a)
		if err != nil {
			t.Fatal(err)
		}
		until[Connected](a.party, nil)
		a.channels()
		seen := map[netip.AddrPort]bool{}
		for len(a.remotes) > 0 {
			seen[<-a.remotes] = true
		}
		if !seen[port1720] || !seen[elsewhere] || len(seen) != 2 {
			t.Errorf("asked for addresses that these reach: %v", seen)
		}
		c.Release(nil)
		_ = a.released()
		closed(t, e, first, second)
	})
}
