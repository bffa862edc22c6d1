package h225

import "net/netip"

// TransportAddressOf returns the address for IP; for an invalid one, a value
// without an alternative, which does not encode. A zone is lost.
func TransportAddressOf(a netip.AddrPort) TransportAddress {
	switch ip := a.Addr().Unmap(); {
	case ip.Is4():
		return TransportAddress{IPAddress: &IPAddress{IP: ip.As4(), Port: a.Port()}}
	case ip.Is6():
		return TransportAddress{IP6Address: &IP6Address{IP: ip.As16(), Port: a.Port()}}
	}
	return TransportAddress{}
}

// AddrPort returns the address where it is of IP, and not to be reached by a
// source route, which nobody honours any more.
func (a TransportAddress) AddrPort() (netip.AddrPort, bool) {
	switch {
	case a.IPAddress != nil:
		return netip.AddrPortFrom(netip.AddrFrom4(a.IPAddress.IP), a.IPAddress.Port), true
	case a.IP6Address != nil:
		return netip.AddrPortFrom(netip.AddrFrom16(a.IP6Address.IP).Unmap(), a.IP6Address.Port), true
	}
	return netip.AddrPort{}, false
}
