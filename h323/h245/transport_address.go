package h245

import (
	"net/netip"

	"parley/h323/per"
)

// TransportAddress is an address with its port.
type TransportAddress struct {
	per.Choice
	UnicastAddress   *UnicastAddress
	MulticastAddress *MulticastAddress
	Extension        per.Extension
}

// NewTransportAddress makes the address of a, which is IPv4 or IPv6, of one
// receiver or of a group.
func NewTransportAddress(a netip.AddrPort) *TransportAddress {
	addr := a.Addr().Unmap()
	var ip4 *IPAddress
	var ip6 *IP6Address
	if addr.Is4() {
		ip4 = &IPAddress{Network: addr.As4(), TsapIdentifier: a.Port()}
	} else {
		ip6 = &IP6Address{Network: addr.As16(), TsapIdentifier: a.Port()}
	}
	if addr.IsMulticast() {
		return &TransportAddress{MulticastAddress: &MulticastAddress{IPAddress: ip4, IP6Address: ip6}}
	}
	return &TransportAddress{UnicastAddress: &UnicastAddress{IPAddress: ip4, IP6Address: ip6}}
}

// AddrPort returns the address, and false where it is neither IPv4 nor IPv6, or
// wants source routing.
func (t *TransportAddress) AddrPort() (netip.AddrPort, bool) {
	var ip4 *IPAddress
	var ip6 *IP6Address
	switch {
	case t == nil:
	case t.UnicastAddress != nil:
		ip4, ip6 = t.UnicastAddress.IPAddress, t.UnicastAddress.IP6Address
	case t.MulticastAddress != nil:
		ip4, ip6 = t.MulticastAddress.IPAddress, t.MulticastAddress.IP6Address
	}
	switch {
	case ip4 != nil:
		return netip.AddrPortFrom(netip.AddrFrom4(ip4.Network), ip4.TsapIdentifier), true
	case ip6 != nil:
		return netip.AddrPortFrom(netip.AddrFrom16(ip6.Network).Unmap(), ip6.TsapIdentifier), true
	}
	return netip.AddrPort{}, false
}

// UnicastAddress is the address of one receiver.
type UnicastAddress struct {
	per.Choice
	IPAddress            *IPAddress            `per:"name=iPAddress"`
	IPXAddress           *IPXAddress           `per:"name=iPXAddress"`
	IP6Address           *IP6Address           `per:"name=iP6Address"`
	NetBIOS              *[16]byte             `per:"name=netBios"`
	IPSourceRouteAddress *IPSourceRouteAddress `per:"name=iPSourceRouteAddress"`
	Extension            per.Extension
	NSAP                 []byte `per:"size=1..20"`
	NonStandardAddress   *NonStandardParameter
}

// IPAddress is an IPv4 address with its port.
type IPAddress struct {
	Network        [4]byte
	TsapIdentifier uint16 `per:"range=0..65535"`
	Extension      per.Extension
}

// IPXAddress is an address of Novell's IPX.
type IPXAddress struct {
	Node           [6]byte
	Netnum         [4]byte
	TsapIdentifier [2]byte
	Extension      per.Extension
}

// IP6Address is an IPv6 address with its port.
type IP6Address struct {
	Network        [16]byte
	TsapIdentifier uint16 `per:"range=0..65535"`
	Extension      per.Extension
}

// IPSourceRouteAddress is an IPv4 address with the way to it.
type IPSourceRouteAddress struct {
	Routing        SourceRouting
	Network        [4]byte
	TsapIdentifier uint16 `per:"range=0..65535"`
	Route          [][4]byte
	Extension      per.Extension
}

// SourceRouting tells whether other hops are allowed.
type SourceRouting struct {
	per.Choice
	Strict *per.Null
	Loose  *per.Null
}

// MulticastAddress is the address of a group.
type MulticastAddress struct {
	per.Choice
	IPAddress          *IPAddress  `per:"name=iPAddress"`
	IP6Address         *IP6Address `per:"name=iP6Address"`
	Extension          per.Extension
	NSAP               []byte `per:"size=1..20"`
	NonStandardAddress *NonStandardParameter
}
