package rtp

import (
	"net"
	"net/netip"
)

// GroupSource is the address from which packets to a group are sent now: of
// the interface that is named, else as the routes say. Unspecified when there
// is none.
func GroupSource(group netip.Addr, name string) netip.Addr {
	group = group.Unmap()
	if name != "" {
		ifi, err := net.InterfaceByName(name)
		if err != nil {
			return unspecified(group)
		}
		return interfaceAddr(group, ifi)
	}
	source := systemSource(group)
	if source.IsUnspecified() && group.Is4() {
		if ifi, err := routeInterface(group); err == nil {
			return interfaceAddr(group, ifi)
		}
	}
	return source
}

// systemSource is the source that the kernel chooses; unspecified for none.
func systemSource(group netip.Addr) netip.Addr {
	// Connecting a datagram socket sends nothing; it only asks the routes.
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(group, 9)))
	if err != nil {
		return unspecified(group)
	}
	defer c.Close()
	return unmapped(c.LocalAddr().(*net.UDPAddr).AddrPort()).Addr().WithZone("")
}

// sendFrom is the local address that a group's sending socket is bound to:
// unspecified, unless the kernel would leave it at that. It chooses no source
// of host scope by itself, so that packets would come from 0.0.0.0 where the
// way goes by the loopback interface.
func sendFrom(group netip.Addr, ifi *net.Interface) netip.Addr {
	switch {
	case group.Is6():
	case ifi != nil && ifi.Flags&net.FlagLoopback != 0:
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case ifi == nil && systemSource(group).IsUnspecified():
		return GroupSource(group, "")
	}
	return unspecified(group)
}

// interfaceAddr is an interface's address for a group: the first of the
// group's family, one of more than link scope where the group has that.
func interfaceAddr(group netip.Addr, ifi *net.Interface) netip.Addr {
	best := unspecified(group)
	addrs, err := ifi.Addrs()
	if err != nil {
		return best
	}
	linkWanted := group.IsLinkLocalMulticast() && group.Is6()
	for _, a := range addrs {
		p, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		addr, _ := netip.AddrFromSlice(p.IP)
		addr = addr.Unmap()
		if addr.Is4() != group.Unmap().Is4() {
			continue
		}
		if best.IsUnspecified() || best.IsLinkLocalUnicast() != linkWanted {
			best = addr
		}
		if best.IsLinkLocalUnicast() == linkWanted {
			break
		}
	}
	return best
}

func unspecified(group netip.Addr) netip.Addr {
	if group.Unmap().Is4() {
		return netip.IPv4Unspecified()
	}
	return netip.IPv6Unspecified()
}
