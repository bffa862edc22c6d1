package h245

import "parley/h323/per"

// TransportAddress is an address with its port.
type TransportAddress struct {
	per.Choice
	UnicastAddress   *UnicastAddress
	MulticastAddress *MulticastAddress
	Extension        per.Extension
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
