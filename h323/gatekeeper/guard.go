package gatekeeper

import (
	"net/netip"
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
)

// guardOf is the protection of call signalling with a registered endpoint; nil:
// there is none. It is demanded of a user who may prove the password by nothing
// else.
func guardOf(e *endpoint) *authentication.Guard {
	if e == nil || e.user == nil || !e.signs || e.user.association == nil {
		return nil
	}
	return e.user.association.Guard(len(e.user.methods()) == 1, string(e.id))
}

// guards are those of the ends of a routed call: of the endpoint whose SETUP it
// is, and of that to which it leads.
func (g *Gatekeeper) guards(from netip.Addr, s *h225.SetupUUIE, to netip.AddrPort) (both [2]*authentication.Guard) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return [2]*authentication.Guard{guardOf(g.zone.callerOfSetup(from, s)), guardOf(g.zone.addresses[to])}
}

// callerOfSetup is the registered endpoint that a SETUP comes from: that whose
// call was admitted, or which says who it is.
func (z *zone) callerOfSetup(from netip.Addr, s *h225.SetupUUIE) *endpoint {
	if c := z.calls[setupID(s)]; c != nil && c.ends[caller].endpoint != nil {
		return c.ends[caller].endpoint
	}
	if e := z.endpoints[trimmed(s.EndpointIdentifier)]; e != nil && e.sendsFrom(from) {
		return e
	}
	return nil
}

func (l *relay) guard(which int) *authentication.Guard {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.guards[which]
}

// believed judges a message of an end, and takes the proof out, which is for us
// alone.
func (l *relay) believed(from int, m *h225.H323UserInformation, octets []byte) error {
	if g := l.guard(from); g != nil {
		if err := g.Check(m, octets, time.Now()); err != nil {
			return err
		}
	}
	authentication.Strip(m)
	return nil
}
