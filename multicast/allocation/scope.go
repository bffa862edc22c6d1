package allocation

import (
	"errors"
	"net/netip"
)

// Administrative scopes of IPv4 (RFC 2365 section 6).
var (
	localScope        = netip.PrefixFrom(netip.AddrFrom4([4]byte{239, 255, 0, 0}), 16)
	organisationScope = netip.PrefixFrom(netip.AddrFrom4([4]byte{239, 192, 0, 0}), 14)
)

// Ranges from which nothing may be chosen: what routers and hosts speak among
// themselves (RFC 5771 sections 4 and 5), and groups of named sources (RFC 4607).
var forbidden = []netip.Prefix{
	netip.PrefixFrom(netip.AddrFrom4([4]byte{224, 0, 0, 0}), 23),
	netip.PrefixFrom(netip.AddrFrom4([4]byte{232, 0, 0, 0}), 8),
}

// sapGroups, within the range of announced sessions, are where these are announced
// (RFC 2974 3), by the first version of SAP too.
var sapGroups = netip.PrefixFrom(netip.AddrFrom4([4]byte{224, 2, 127, 254}), 31)

// CheckRange reports why groups cannot be chosen from a range.
func CheckRange(r netip.Prefix) error {
	if !r.IsValid() || !r.Addr().IsMulticast() || r.Addr().Is4In6() || r.Addr().Zone() != "" {
		return errors.New("is no range of multicast addresses, such as 239.255.0.0/16 or ff15::/16")
	}
	if r.Addr().Is4() {
		if r.Bits() < 4 {
			return errors.New("reaches beyond the multicast addresses, 224.0.0.0/4")
		}
		for _, f := range forbidden {
			if f.Overlaps(r) {
				return errors.New("holds addresses of " + f.String() + ", which have other uses")
			}
		}
		return nil
	}
	// RFC 3307 4.3: T is set, and the 32 bits of the group ID are chosen.
	const flagT = 0x10
	switch b := r.Addr().As16(); {
	case r.Bits() < 16 || r.Bits() > 96:
		return errors.New("must have a prefix of 16 to 96 bits")
	case b[1]&flagT == 0:
		return errors.New("is of permanent addresses; those that are chosen begin with ff1, such as ff15::/16 (RFC 3307 4.3)")
	case b[1]&0xf0 == 0x30 && b[2] == 0 && b[3] == 0:
		return errors.New("is of groups of named sources (RFC 4607)")
	}
	return nil
}

// ScopeOf is the administrative scope in which a range lies: the narrowest of
// own that contains it, else the one that the RFCs say, else the range itself.
func ScopeOf(r netip.Prefix, own []netip.Prefix) netip.Prefix {
	r = r.Masked()
	if r.Addr().Is6() {
		return netip.PrefixFrom(r.Addr(), 16).Masked() // flags and scope (RFC 4291 2.7)
	}
	best := netip.Prefix{}
	for _, s := range own {
		if encloses(s, r) && (!best.IsValid() || s.Bits() > best.Bits()) {
			best = s.Masked()
		}
	}
	switch {
	case best.IsValid():
		return best
	case encloses(localScope, r):
		return localScope
	case encloses(organisationScope, r):
		return organisationScope
	}
	return r
}

func encloses(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// Last is the highest address of a prefix.
func Last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b) // of its own length
	return a
}
