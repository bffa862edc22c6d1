package gatekeeper

import (
	"net/netip"

	"parley/h323/h225"
	"parley/h323/h460"
)

// Endpoints that can call over TLS say so when they register and when they ask for a
// call, and are told where the other end takes such calls, beside where it takes
// others (H.460.22). What they then do is theirs to choose. A call that goes through
// us, or through who carries calls of those behind firewalls, has no such address.

// secures tells whether who sends a set is told of TLS.
func (z *zone) secures(offered *h225.FeatureSet) bool { return z.cfg.TLS && h460.OffersTLS(offered) }

// secureAddress is where an endpoint that registers takes calls over TLS; not valid:
// nowhere. It is believed as other addresses are.
func (z *zone) secureAddress(r *request, m *h225.RegistrationRequest, traverses bool) netip.AddrPort {
	at, ok := h460.TLSAddress(m.FeatureSet)
	if !ok || !z.cfg.TLS || traverses || !callable(at) || !z.believable(r, at.Addr()) {
		return netip.AddrPort{}
	}
	return at
}

// tellSecure returns the set that tells an address for TLS to who offered it; nil:
// there is nothing to tell.
func (z *zone) tellSecure(offered *h225.FeatureSet, at netip.AddrPort) *h225.FeatureSet {
	if !at.IsValid() || !z.secures(offered) {
		return nil
	}
	return h460.Support(nil, h460.OfferTLS(at))
}

// target is where calls to an endpoint are signalled to.
func (e *endpoint) target(aliases []h225.AliasAddress) target {
	return target{signal: e.address, secure: e.secure, aliases: aliases, kind: &e.kind}
}
