package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// AlertingUUIE says that the called user is being alerted (H.225.0 clause 7.3.1).
type AlertingUUIE struct {
	ProtocolIdentifier    ProtocolIdentifier
	DestinationInfo       EndpointType
	H245Address           *TransportAddress `per:"optional"`
	Extension             per.Extension
	CallIdentifier        *CallIdentifier
	H245SecurityMode      *H245Security
	Tokens                []h235.ClearToken
	CryptoTokens          []CryptoH323Token
	FastStart             [][]byte
	MultipleCalls         *bool
	MaintainConnection    *bool
	AlertingAddress       []AliasAddress
	PresentationIndicator *PresentationIndicator
	ScreeningIndicator    *ScreeningIndicator
	FastConnectRefused    *per.Null
	ServiceControl        []ServiceControlSession
	Capacity              *CallCapacity
	FeatureSet            *FeatureSet
	DisplayName           []DisplayName
}
