package h245

import "parley/h323/per"

type TransportAddress struct {
	per.Choice
	UnicastAddress   *UnicastAddress
	MulticastAddress *MulticastAddress
	Extension        per.Extension
}

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

type IPAddress struct {
	Network        [4]byte
	TsapIdentifier uint16 `per:"range=0..65535"`
	Extension      per.Extension
}

type IPXAddress struct {
	Node           [6]byte
	Netnum         [4]byte
	TsapIdentifier [2]byte
	Extension      per.Extension
}

type IP6Address struct {
	Network        [16]byte
	TsapIdentifier uint16 `per:"range=0..65535"`
	Extension      per.Extension
}

type IPSourceRouteAddress struct {
	Routing        SourceRouting
	Network        [4]byte
	TsapIdentifier uint16 `per:"range=0..65535"`
	Route          [][4]byte
	Extension      per.Extension
}

type SourceRouting struct {
	per.Choice
	Strict *per.Null
	Loose  *per.Null
}

type MulticastAddress struct {
	per.Choice
	IPAddress          *IPAddress  `per:"name=iPAddress"`
	IP6Address         *IP6Address `per:"name=iP6Address"`
	Extension          per.Extension
	NSAP               []byte `per:"size=1..20"`
	NonStandardAddress *NonStandardParameter
}
