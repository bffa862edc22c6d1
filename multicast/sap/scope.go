package sap

import "net/netip"

// The groups of announcements (RFC 2974 section 3): one for the world, and the
// highest address of each administrative scope (RFC 2365).
var (
	globalGroup       = netip.AddrFrom4([4]byte{224, 2, 127, 254})
	localGroup        = netip.AddrFrom4([4]byte{239, 255, 255, 255})
	organisationGroup = netip.AddrFrom4([4]byte{239, 195, 255, 255})

	localScope  = netip.PrefixFrom(netip.AddrFrom4([4]byte{239, 255, 0, 0}), 16)
	adminScopes = netip.PrefixFrom(netip.AddrFrom4([4]byte{239, 0, 0, 0}), 8)
)

// groupIPv6 is FF0X::2:7FFE of a scope X (RFC 2974 section 3).
func groupIPv6(scope byte) netip.Addr {
	return netip.AddrFrom16([16]byte{0: 0xff, 1: scope & 0x0f, 13: 0x02, 14: 0x7f, 15: 0xfe})
}

// GroupFor returns the group in which a session at group is announced: that of
// the narrowest of scopes that contains it, else the one that the RFCs say.
func GroupFor(group netip.Addr, scopes []netip.Prefix) netip.Addr {
	group = group.Unmap().WithZone("")
	best := netip.Prefix{}
	for _, s := range scopes {
		if s.Contains(group) && (!best.IsValid() || s.Bits() > best.Bits()) {
			best = s
		}
	}
	switch {
	case group.Is6():
		return groupIPv6(group.As16()[1])
	case best.IsValid():
		return highest(best)
	case localScope.Contains(group):
		return localGroup
	case adminScopes.Contains(group):
		// 239.192.0.0/14, and the ranges into which it may expand (RFC 2365 6.2).
		return organisationGroup
	}
	return globalGroup
}

// Groups returns all groups in which sessions may be announced to this host.
func Groups(scopes []netip.Prefix) []netip.Addr {
	out := []netip.Addr{globalGroup, localGroup, organisationGroup}
	// All but the reserved ones: those without a name are for administrators to
	// use (RFC 7346 2).
	for scope := byte(0x1); scope <= 0xe; scope++ {
		out = append(out, groupIPv6(scope))
	}
	for _, s := range scopes {
		if s.Addr().Is4() {
			out = append(out, highest(s))
		}
	}
	return out
}

// highest is the last address of an IPv4 prefix.
func highest(p netip.Prefix) netip.Addr {
	a := p.Masked().Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		a[i/8] |= 0x80 >> (i % 8)
	}
	return netip.AddrFrom4(a)
}
