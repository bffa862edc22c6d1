package gatekeeper

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// endpoint is a registered one.
type endpoint struct {
	id      h225.EndpointIdentifier
	user    *user          // whose password it proves; nil: none
	signs   bool           // by H.235.1
	source  netip.AddrPort // where it sends from
	local   netip.AddrPort // where it sends to
	ras     netip.AddrPort // where it wants to be asked
	signal  []h225.TransportAddress
	address netip.AddrPort // the first of signal that can be called
	secure  netip.AddrPort // for calls over TLS (H.460.22); invalid: none
	aliases []h225.AliasAddress
	// prefixes that lead to it, a gateway.
	prefixes []string
	kind     h225.EndpointType
	product  string
	version  int
	full     bool // almost out of resources (RAI)
	// traverses tells that it is behind a firewall (H.460.18).
	traverses bool
	// tunnel tells that it registered by its connection of call signalling
	// (H.460.17); it then traverses too.
	tunnel bool

	since, last time.Time
	life        time.Duration // 0: none was agreed; it is asked by IRQ instead
	probed      bool
	heard       bool // again, since it registered: it is where it says
	calls       map[h225.GloballyUniqueID]*call
}

// Registration is what is known of a registered endpoint.
type Registration struct {
	Identifier h225.EndpointIdentifier
	Aliases    []string
	Prefixes   []string
	User       string         // empty: no password was proved
	Signal     netip.AddrPort // of call signalling
	RAS        netip.AddrPort
	Product    string
	Version    int // of H.225.0
	Since      time.Time
	Seen       time.Time
	Calls      int
	// Traverses tells that it is behind a firewall and is asked to connect
	// (H.460.18). Signal is then where its RAS comes from, and cannot be called.
	Traverses bool
	// Tunnel tells that it registered by its connection of call signalling
	// (H.460.17), of which Signal is the far end.
	Tunnel bool
}

func (e *endpoint) registration() Registration {
	r := Registration{
		Identifier: e.id, Prefixes: slices.Clone(e.prefixes), Signal: e.address, RAS: e.ras, Product: e.product,
		Version: e.version, Since: e.since, Seen: e.last, Calls: len(e.calls), Traverses: e.traverses, Tunnel: e.tunnel,
	}
	for _, a := range e.aliases {
		r.Aliases = append(r.Aliases, ras.AliasText(a))
	}
	if e.user != nil {
		r.User = e.user.Name
	}
	return r
}

func (e *endpoint) seen(now time.Time) { e.last, e.probed = now, false }

// strange tells that the endpoint may be another than who registered it: that is
// not sent what it has not asked for.
func (e *endpoint) strange() bool { return e.user == nil && !e.heard }

// name is what it is called in logs and accounts.
func (e *endpoint) name() string {
	switch {
	case e.user != nil:
		return e.user.Name
	case len(e.aliases) > 0:
		return ras.AliasText(e.aliases[0])
	}
	return string(e.id)
}

// expire ends registrations that were not renewed (H.323 clause 7.2.2), and asks
// those that need not renew whether they are still there.
func (z *zone) expire(now time.Time) {
	for _, e := range z.endpoints {
		silent := now.Sub(e.last)
		switch {
		case e.life > 0 && silent >= e.life+grace && e.strange():
			z.remove(now, e)
		case e.life > 0 && silent >= e.life+grace:
			z.drop(now, e, &h225.UnregRequestReason{TtlExpired: &per.Null{}})
		case e.life == 0 && silent >= z.cfg.TimeToLive && !e.probed:
			e.probed = true
			z.askEndpoint(now, e, &h225.RasMessage{InfoRequest: &h225.InfoRequest{}}, query{probe: e.id})
		}
	}
}

// askEndpoint sends a request to an endpoint; false: too many are unanswered.
func (z *zone) askEndpoint(now time.Time, e *endpoint, m *h225.RasMessage, q query) bool {
	var s *authentication.Signer
	if e.user != nil {
		s = e.user.signer
	}
	return z.ask(now, ras.Datagram{Local: e.local, Remote: e.ras, Tunnel: e.tunnel}, m, s, string(e.id), q)
}

// drop ends a registration from here.
func (z *zone) drop(now time.Time, e *endpoint, why *h225.UnregRequestReason) {
	z.askEndpoint(now, e, &h225.RasMessage{UnregistrationRequest: &h225.UnregistrationRequest{
		CallSignalAddress: e.signal, EndpointIdentifier: e.id, GatekeeperIdentifier: z.cfg.Identifier, Reason: why,
	}}, query{})
	z.remove(now, e)
}

// remove forgets an endpoint, and its calls.
func (z *zone) remove(now time.Time, e *endpoint) {
	delete(z.endpoints, e.id)
	delete(z.gateways, e)
	if z.addresses[e.address] == e {
		delete(z.addresses, e.address)
	}
	for _, a := range e.aliases {
		if key := folded(ras.AliasText(a)); z.aliases[key] == e {
			delete(z.aliases, key)
		}
	}
	z.leave(e.source)
	z.dropCallsOf(now, e)
	z.emit(changed{e.registration(), true})
}

// gatewayFor returns the gateway with the longest prefix of an alias; one that is
// almost full only where there is no other.
func (z *zone) gatewayFor(alias string) *endpoint {
	var best *endpoint
	length := 0
	for e := range z.gateways {
		for _, p := range e.prefixes {
			if !strings.HasPrefix(alias, p) || len(p) < length {
				continue
			}
			if best == nil || len(p) > length || best.full && !e.full || best.full == e.full && len(e.calls) < len(best.calls) {
				best, length = e, len(p)
			}
		}
	}
	return best
}

// prefixesOf returns the prefixes that a gateway told.
func prefixesOf(t *h225.EndpointType) []string {
	var told []h225.SupportedProtocols
	if t.Gateway != nil {
		told = t.Gateway.Protocol
	}
	var all []string
	for _, p := range told {
		for _, s := range supportedPrefixes(p) {
			if text := folded(ras.AliasText(s.Prefix)); text != "" && len(all) < maxAliases {
				all = append(all, text)
			}
		}
	}
	return all
}

func supportedPrefixes(p h225.SupportedProtocols) []h225.SupportedPrefix {
	switch {
	case p.H310 != nil:
		return p.H310.SupportedPrefixes
	case p.H320 != nil:
		return p.H320.SupportedPrefixes
	case p.H321 != nil:
		return p.H321.SupportedPrefixes
	case p.H322 != nil:
		return p.H322.SupportedPrefixes
	case p.H323 != nil:
		return p.H323.SupportedPrefixes
	case p.H324 != nil:
		return p.H324.SupportedPrefixes
	case p.Voice != nil:
		return p.Voice.SupportedPrefixes
	case p.T120Only != nil:
		return p.T120Only.SupportedPrefixes
	case p.NonStandardProtocol != nil:
		return p.NonStandardProtocol.SupportedPrefixes
	case p.T38FaxAnnexbOnly != nil:
		return p.T38FaxAnnexbOnly.SupportedPrefixes
	case p.SIP != nil:
		return p.SIP.SupportedPrefixes
	}
	return nil
}
