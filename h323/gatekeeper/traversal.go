package gatekeeper

import (
	"net/netip"
	"slices"
	"time"

	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/per"
	"parley/h323/ras"
)

// An endpoint behind a firewall that registers with H.460.18 is only reached from
// where its RAS goes to. Its own address of call signalling is of a network that
// is not ours, so it is known by the address that its RRQ came from, which no two
// of them share. It is asked to open the connection for a call by SCI.

// traversalAddresses returns what is kept of an endpoint behind a firewall: the
// addresses that it tells, to name them to it again, and where it is known.
func traversalAddresses(r *request, m *h225.RegistrationRequest) (kept []h225.TransportAddress, known netip.AddrPort) {
	known = r.datagram.Remote
	kept = slices.Clone(m.CallSignalAddress[:min(len(m.CallSignalAddress), maxAddresses)])
	if len(kept) == 0 {
		kept = []h225.TransportAddress{h225.TransportAddressOf(known)}
	}
	return kept, known
}

// sameTraversing finds the registration of an endpoint behind a firewall that
// comes by another port, as after a restart: of the same source and user, with one
// of the aliases, and the same address in its own network.
func (z *zone) sameTraversing(r *request, u *user, m *h225.RegistrationRequest) *endpoint {
	for _, a := range m.TerminalAlias[:min(len(m.TerminalAlias), maxAliases)] {
		e := z.aliases[folded(ras.AliasText(a))]
		if e == nil || !e.traverses || e.tunnel != r.datagram.Tunnel || e.user != u || e.source.Addr() != r.datagram.Remote.Addr() || len(m.CallSignalAddress) == 0 {
			continue
		}
		told, ok := m.CallSignalAddress[0].AddrPort()
		before, known := e.signal[0].AddrPort()
		if ok && known && told == before {
			return e
		}
	}
	return nil
}

// moved takes a keep-alive of an endpoint whose address translation has begun to
// use another port. It knows the identifier, which is chance.
func (z *zone) moved(r *request, e *endpoint) bool {
	from := r.datagram.Remote
	if !e.traverses || e.tunnel || e.source.Addr() != from.Addr() {
		return false
	}
	if e.source != from {
		e.ras = from
		z.place(e, from, e.prefixes)
	}
	return true
}

// carried returns the address to which a call is signalled: where one of its ends
// is behind a firewall, it goes through the endpoint that carries such calls.
func (z *zone) carried(r *request, caller *endpoint, to netip.AddrPort) netip.AddrPort {
	if z.carries(caller, to) {
		return z.carrier(r.datagram.Local)
	}
	return to
}

// carries tells whether a call is one of those. In routed mode, they are not routed
// beside: whoever carries them knows the ends by their own connections.
func (z *zone) carries(caller *endpoint, to netip.AddrPort) bool {
	called := z.addresses[to]
	return caller != nil && caller.traverses || called != nil && called.traverses
}

// admittedTo finds where a call goes on to that was admitted to be carried, by what
// was called and the host that it comes from.
func (z *zone) admittedTo(now time.Time, alias string, from netip.Addr) (netip.AddrPort, bool) {
	if z.sources[ras.Source(from)] == 0 {
		return netip.AddrPort{}, false // a stranger is not worth the search
	}
	for _, c := range z.calls {
		e := c.ends[caller].endpoint
		if e == nil || !e.traverses || e.source.Addr() != from || !c.leads.IsValid() || now.Sub(c.since) > grantLife {
			continue
		}
		for _, a := range c.called {
			if folded(ras.AliasText(a)) == folded(alias) {
				return c.leads, true
			}
		}
	}
	return netip.AddrPort{}, false
}

// carrier is the address of who carries calls, for one whose RAS comes to an
// address of ours.
func (z *zone) carrier(local netip.AddrPort) netip.AddrPort {
	a := z.cfg.Traversal
	if a.Addr().IsUnspecified() {
		a = netip.AddrPortFrom(local.Addr(), a.Port())
	}
	return z.cfg.told(a, netip.Addr{})
}

// indicate asks an endpoint behind a firewall for a connection (H.460.18), and
// lets the call come that it is for.
func (z *zone) indicate(now time.Time, to netip.AddrPort, call h225.CallIdentifier) bool {
	e := z.addresses[to]
	if e == nil || !e.traverses {
		return false
	}
	z.grant(now, call.GUID)
	if e.tunnel {
		return true // there is its connection
	}
	i := h460.IncomingCallIndication{CallSignallingAddress: h225.TransportAddressOf(z.carrier(e.local)), CallID: call}
	m := &h225.ServiceControlIndication{ServiceControl: []h225.ServiceControlSession{{
		Reason: h225.ServiceControlReason{Open: &per.Null{}},
	}}}
	if err := i.Indicate(m); err != nil {
		return false
	}
	return z.askEndpoint(now, e, &h225.RasMessage{ServiceControlIndication: m}, query{})
}

// Behind implements h323.Traversal: whether a registered endpoint is known by the
// address that is behind a firewall, and the host that its connections come from.
func (g *Gatekeeper) Behind(to netip.AddrPort) (source netip.Addr, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.zone == nil {
		return source, false
	}
	e := g.zone.addresses[to]
	if e == nil || !e.traverses {
		return source, false
	}
	return e.source.Addr(), true
}

// Indicate implements h323.Traversal: the endpoint is asked to connect, once more
// where it does not answer.
func (g *Gatekeeper) Indicate(to netip.AddrPort, call h225.CallIdentifier) bool {
	return g.order(func(z *zone, now time.Time) bool { return z.indicate(now, to, call) })
}
