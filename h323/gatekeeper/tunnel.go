package gatekeeper

import (
	"net/netip"
	"time"

	"parley/h323/ras"
)

// An endpoint that registers within call signalling (H.460.17) is one behind a
// firewall, known by the far end of its connection. Its calls go by that very
// connection, so that it is asked for none.

// Tunnelled implements h323.RASTunnel: a message of an endpoint's connection.
func (g *Gatekeeper) Tunnelled(from, local netip.AddrPort, message []byte) (registered bool) {
	if g.cfg.SendTunnelled == nil || !g.cfg.Traversal.IsValid() {
		return false
	}
	return g.order(func(z *zone, now time.Time) bool {
		z.receive(now, ras.Datagram{Local: local, Remote: from, Tunnel: true, Data: message})
		return z.tunnelledFrom(from) != nil
	})
}

// TunnelLost implements h323.RASTunnel.
func (g *Gatekeeper) TunnelLost(from netip.AddrPort) {
	g.order(func(z *zone, now time.Time) bool {
		e := z.tunnelledFrom(from)
		if e != nil {
			z.remove(now, e) // nothing can be said to it
		}
		return e != nil
	})
}

// tunnelledFrom finds the endpoint that registered by a connection.
func (z *zone) tunnelledFrom(from netip.AddrPort) *endpoint {
	if e := z.addresses[from]; e != nil && e.tunnel {
		return e
	}
	return nil
}

// elsewhere tells whether a message that is to be an endpoint's came by another way
// than its registration: that of another connection, or none, is no word of it.
func (e *endpoint) elsewhere(r *request) bool {
	return e.tunnel != r.datagram.Tunnel || e.tunnel && e.source != r.datagram.Remote
}
