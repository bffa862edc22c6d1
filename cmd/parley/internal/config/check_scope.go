package config

import (
	"net/netip"

	"parley/multicast"
)

// Policy is how far parley sends. Without a scope that there is, it is the
// narrowest.
func (m *Multicast) Policy() multicast.Policy {
	widest, _ := multicast.ParseScope(m.Scope) // it has been checked
	return multicast.Policy{Widest: widest, MaxTTL: m.MaxTTL.list()}
}

// list is in the order of multicast.Scopes.
func (t *MaxTTL) list() [4]int { return [4]int{t.Link, t.Site, t.Organisation, t.Global} }

// checkScope checks how far parley may send at all.
func (m *Multicast) checkScope(r *report) {
	widest, err := multicast.ParseScope(m.Scope)
	if err != nil {
		r.add("multicast.scope", "must be link, site, organisation or global, not %s", quote(m.Scope))
		return
	}
	narrower := 1
	for i, scope := range multicast.Scopes() {
		key, n := "multicast.max_ttl."+scope.String(), m.MaxTTL.list()[i]
		switch {
		case n < 1 || n > 255:
			r.add(key, "must be from 1 to 255, not %d", n)
		case n < narrower:
			r.add(key, "%d is less than the %d of the scope within it", n, narrower)
		}
		narrower = max(narrower, n)
	}
	if most := m.MaxTTL.list()[widest]; m.TTL > most {
		r.add("multicast.ttl", "%d leaves the scope %s, where the TTL is at most %d; widen multicast.scope or raise multicast.max_ttl.%s", m.TTL, widest, most, widest)
	}
}

// checkScope checks that what is said of a group does not go further than is
// allowed. What an SDP file or multicast.ttl says is cut without a word.
func (g *Group) checkScope(r *report, key string, policy multicast.Policy) {
	for _, group := range g.groups() {
		most := policy.Most(group)
		if g.TTL <= most || g.TTL > 255 {
			continue
		}
		scope := min(multicast.ScopeOf(group), policy.Widest)
		r.add(key+".ttl", "%d is more than the %d that %s may have: %s; lower it, widen multicast.scope or raise multicast.max_ttl.%s",
			g.TTL, most, group, scopeReason(group, policy), scope)
		return
	}
}

// scopeReason says which bound it is that a group meets.
func scopeReason(group netip.Addr, policy multicast.Policy) string {
	if own := multicast.ScopeOf(group); own <= policy.Widest {
		return "its scope is " + own.String()
	}
	return "multicast.scope is " + policy.Widest.String()
}
