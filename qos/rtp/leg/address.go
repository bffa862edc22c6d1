package leg

import (
	"net"
	"net/netip"

	"parley/qos"
)

// Advertised is the address that a peer at remote is told for a socket bound
// to bound: external where qos.Public has it so, else bound itself, else the one
// that the system would send from. A remote that is not valid is outside.
func Advertised(external, bound, remote netip.Addr) netip.Addr {
	if remote = remote.Unmap(); !remote.IsValid() && external.IsValid() {
		return external
	}
	return qos.Public(external, own(bound, remote), remote)
}

// own is the address of a socket toward remote.
func own(bound, remote netip.Addr) netip.Addr {
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
