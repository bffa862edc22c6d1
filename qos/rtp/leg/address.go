package leg

import (
	"net"
	"net/netip"
)

// Advertised is the address that a peer at remote is told for a socket bound
// to bound: external if valid and of the same family, else bound itself, else
// the one that the system would send from.
func Advertised(external, bound, remote netip.Addr) netip.Addr {
	remote = remote.Unmap()
	if external.IsValid() && (!remote.IsValid() || external.Is4() == remote.Is4()) {
		return external
	}
	if bound.IsValid() && !bound.IsUnspecified() {
		return bound
	}
	if remote.IsValid() && !remote.IsUnspecified() {
		if a, ok := sourceAddr(remote); ok {
			return a
		}
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// sourceAddr asks the routing table, by a datagram socket that sends nothing.
func sourceAddr(remote netip.Addr) (netip.Addr, bool) {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(remote, 9)))
	if err != nil {
		return netip.Addr{}, false
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), true
}
