package gatekeeper_test

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"

	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/ras"
)

// Who dials a name with a PIN behind it is put through by the name, and the called
// one reads the PIN, which no gatekeeper is told.
func TestPINIsForTheCalled(t *testing.T) {
	for _, routed := range []bool{false, true} {
		t.Run(fmt.Sprintf("routed %v", routed), func(t *testing.T) {
			var told atomic.Bool
			g, at := exchange(t, routed, func(c *gatekeeper.Config) {
				c.Trace = func(m *h323.Traced) {
					if m.Protocol == "RAS" && bytes.Contains(m.Octets, []byte("\x00p\x00i\x00n\x00=")) {
						told.Store(true)
					}
				}
			})
			invited := make(chan []h225.AliasAddress, 1)
			a := newPhone(t, "anna", at, h323.Modes{})
			newPhone(t, "4711", at, h323.Modes{}, func(c *h323.Config) {
				take := c.Incoming
				c.Incoming = func(call *h323.Call) {
					invited <- call.Info().Invitation.Called
					take(call)
				}
			})
			c, err := a.endpoint.Dial(t.Context(), h323.Target{Text: "h323:4711;pin=99"}, a)
			if err != nil {
				t.Fatal(err)
			}
			await[h323.Connected](a)
			if got := textsOf(<-invited); len(got) == 0 || got[0] != "4711;pin=99" {
				t.Errorf("the called one reads %q", got)
			}
			if told.Load() {
				t.Error("the gatekeeper was told the PIN")
			}
			if calls := g.Calls(); len(calls) != 1 || calls[0].Called[0] != "4711" {
				t.Errorf("%+v", calls)
			}
			c.Release(nil)
		})
	}
}

// A terminal that tells the gatekeeper the PIN too is put through, and told to
// call as it has dialled.
func TestPINToldToTheGatekeeper(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.Directory = slow{name: "lobby", at: netip.MustParseAddrPort("10.0.9.9:1720")}
		})
		a, b := m.endpoint("anna", "10.0.1.1", nil), m.endpoint("bert", "10.0.1.2", nil)
		for i, name := range []string{"bert", "lobby"} {
			call := admission(name + ";pin=1")
			call.Call.GUID, call.Reference = h225.GloballyUniqueID{byte(i + 1)}, uint16(i+1)
			got, err := a.Admit(context.Background(), call)
			if err != nil || ras.AliasText(got.Called[0]) != name+";pin=1" {
				t.Errorf("%s: %v, %v", name, got.Called, err)
			}
			at, err := a.Locate(context.Background(), call.Called, netip.AddrPort{})
			if err != nil || at != got.Signal {
				t.Errorf("%s: located at %v, %v", name, at, err)
			}
		}
		m.close(a, b, g)
	})
}
