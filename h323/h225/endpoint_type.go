package h225

import "parley/h323/per"

// EndpointType says what an endpoint is and what it can do.
type EndpointType struct {
	NonStandardData             *NonStandardParameter `per:"optional"`
	Vendor                      *VendorIdentifier     `per:"optional"`
	Gatekeeper                  *GatekeeperInfo       `per:"optional"`
	Gateway                     *GatewayInfo          `per:"optional"`
	MCU                         *MCUInfo              `per:"optional"`
	Terminal                    *TerminalInfo         `per:"optional"`
	MC                          bool
	UndefinedNode               bool
	Extension                   per.Extension
	Set                         *per.BitString `per:"size=32"`
	SupportedTunnelledProtocols []TunnelledProtocol
}

// GatewayInfo says that the endpoint is a gateway.
type GatewayInfo struct {
	Protocol        []SupportedProtocols  `per:"optional"`
	NonStandardData *NonStandardParameter `per:"optional"`
	Extension       per.Extension
}

// MCUInfo says that the endpoint is an MCU.
type MCUInfo struct {
	NonStandardData *NonStandardParameter `per:"optional"`
	Extension       per.Extension
	Protocol        []SupportedProtocols
}

// TerminalInfo says that the endpoint is a terminal.
type TerminalInfo struct {
	NonStandardData *NonStandardParameter `per:"optional"`
	Extension       per.Extension
}

// GatekeeperInfo says that the endpoint is a gatekeeper.
type GatekeeperInfo struct {
	NonStandardData *NonStandardParameter `per:"optional"`
	Extension       per.Extension
}

// VendorIdentifier names the maker, product and version; peers' texts are often
// terminated by a zero octet.
type VendorIdentifier struct {
	Vendor           H221NonStandard
	ProductID        []byte `per:"optional,size=1..256,name=productId"`
	VersionID        []byte `per:"optional,size=1..256,name=versionId"`
	Extension        per.Extension
	EnterpriseNumber per.OID
}
