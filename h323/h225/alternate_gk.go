package h225

import "parley/h323/per"

// AlternateGK is a gatekeeper to turn to when this one fails.
type AlternateGK struct {
	RASAddress           TransportAddress
	GatekeeperIdentifier GatekeeperIdentifier `per:"optional"`
	NeedToRegister       bool
	Priority             uint8 `per:"range=0..127"`
	Extension            per.Extension
}

// AltGKInfo sends the endpoint to other gatekeepers.
type AltGKInfo struct {
	AlternateGatekeeper []AlternateGK
	AltGKisPermanent    bool
	Extension           per.Extension
}

// RehomingModel says who decides when an endpoint returns to its assigned
// gatekeeper.
type RehomingModel struct {
	per.Choice
	GatekeeperBased *per.Null
	EndpointBased   *per.Null
}
