package h225

import "parley/h323/per"

// TransportAddress is an address and port, or what does for them on another
// network.
type TransportAddress struct {
	per.Choice
	IPAddress          *IPAddress
	IPSourceRoute      *IPSourceRoute
	IPXAddress         *IPXAddress
	IP6Address         *IP6Address
	NetBios            *[16]byte
	NSAP               []byte `per:"size=1..20"`
	NonStandardAddress *NonStandardParameter
	Extension          per.Extension
}

// IPAddress is an IPv4 address and port.
type IPAddress struct {
	IP   [4]byte
	Port uint16 `per:"range=0..65535"`
}

// IPSourceRoute is an IPv4 address and port to be reached by a route.
type IPSourceRoute struct {
	IP        [4]byte
	Port      uint16 `per:"range=0..65535"`
	Route     [][4]byte
	Routing   SourceRouting
	Extension per.Extension
}

// IPXAddress is an address of Novell's IPX.
type IPXAddress struct {
	Node   [6]byte
	Netnum [4]byte
	Port   [2]byte
}

// IP6Address is an IPv6 address and port.
type IP6Address struct {
	IP        [16]byte
	Port      uint16 `per:"range=0..65535"`
	Extension per.Extension
}

// SourceRouting is the kind of an IP source route.
type SourceRouting struct {
	per.Choice
	Strict    *per.Null
	Loose     *per.Null
	Extension per.Extension
}

// AlternateTransportAddresses are call signalling addresses for other transports
// than TCP.
type AlternateTransportAddresses struct {
	AnnexE    []TransportAddress `per:"optional"`
	Extension per.Extension
	SCTP      []TransportAddress
}

// UseSpecifiedTransport is the transport that a gatekeeper requires.
type UseSpecifiedTransport struct {
	per.Choice
	TCP       *per.Null
	AnnexE    *per.Null
	Extension per.Extension
	SCTP      *per.Null
}

// TransportChannelInfo holds the addresses that a channel is sent to and received
// at.
type TransportChannelInfo struct {
	SendAddress *TransportAddress `per:"optional"`
	RecvAddress *TransportAddress `per:"optional"`
	Extension   per.Extension
}
