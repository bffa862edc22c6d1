package multicast

import (
	"fmt"
	"net/netip"
)

// Scope is a part of the network around this host, within which a group stays.
type Scope uint8

// The scopes, from narrow to wide.
const (
	ScopeLink Scope = iota
	ScopeSite
	ScopeOrganisation
	ScopeGlobal
)

// Scopes are all, from narrow to wide.
func Scopes() []Scope { return []Scope{ScopeLink, ScopeSite, ScopeOrganisation, ScopeGlobal} }

// String is the name in the configuration.
func (s Scope) String() string {
	switch s {
	case ScopeLink:
		return "link"
	case ScopeSite:
		return "site"
	case ScopeOrganisation:
		return "organisation"
	}
	return "global"
}

// ParseScope reads what String writes.
func ParseScope(text string) (Scope, error) {
	for _, s := range Scopes() {
		if s.String() == text {
			return s, nil
		}
	}
	return 0, fmt.Errorf("%q is none of link, site, organisation and global", text)
}

// ScopeOf is the scope of a group's address.
func ScopeOf(group netip.Addr) Scope {
	if group = group.Unmap(); group.Is4() {
		return scopeOf4(group.As4())
	}
	switch scop := group.As16()[1] & 0x0f; { // RFC 7346 2
	case scop <= 2:
		return ScopeLink
	case scop <= 5: // realm, admin, site
		return ScopeSite
	case scop <= 8:
		return ScopeOrganisation
	}
	return ScopeGlobal
}

// scopeOf4 is that of IPv4 (RFC 2365 6 to 8).
func scopeOf4(a [4]byte) Scope {
	switch {
	case a[0] == 224 && a[1] == 0 && a[2] == 0:
		return ScopeLink
	case a[0] == 239 && a[1] >= 253: // the local scope, and the two into which it expands
		return ScopeSite
	case a[0] == 239: // 239.192.0.0/14, and what it expands into
		return ScopeOrganisation
	}
	return ScopeGlobal
}

// Policy says how far parley sends. The zero value is no bound.
type Policy struct {
	// Widest is the scope beyond which nothing is sent.
	Widest Scope
	// MaxTTL is the highest IPv4 TTL or IPv6 hop limit in each scope; 0: 255.
	MaxTTL [ScopeGlobal + 1]int
}

// Most is the highest TTL with which packets to a group may be sent: that of its
// scope, or of the widest one. IPv4 has no other fence around a group of wider
// scope than the TTL.
func (p Policy) Most(group netip.Addr) int {
	if p == (Policy{}) {
		return 255
	}
	if n := p.MaxTTL[min(ScopeOf(group), p.Widest)]; n > 0 {
		return n
	}
	return 255
}

// MostOf is the highest TTL that all groups of a session may have.
func (p Policy) MostOf(g *GroupConfig) int {
	most := 255
	for _, at := range g.Addresses() {
		most = min(most, p.Most(at.Addr()))
	}
	return most
}

// check tells why a group may not be joined as it is.
func (p Policy) check(g *GroupConfig) error {
	if most := p.MostOf(g); g.ttl() > most {
		return fmt.Errorf("TTL %d is more than the %d of its scope", g.ttl(), most)
	}
	return nil
}
