package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// ConnectUUIE accepts the call (H.225.0 clause 7.3.3).
type ConnectUUIE struct {
	ProtocolIdentifier    ProtocolIdentifier
	H245Address           *TransportAddress `per:"optional"`
	DestinationInfo       EndpointType
	ConferenceID          ConferenceIdentifier
	Extension             per.Extension
	CallIdentifier        *CallIdentifier
	H245SecurityMode      *H245Security
	Tokens                []h235.ClearToken
	CryptoTokens          []CryptoH323Token
	FastStart             [][]byte
	MultipleCalls         *bool
	MaintainConnection    *bool
	Language              []string `per:"elem(ia5,size=1..32)"`
	ConnectedAddress      []AliasAddress
	PresentationIndicator *PresentationIndicator
	ScreeningIndicator    *ScreeningIndicator
	FastConnectRefused    *per.Null
	ServiceControl        []ServiceControlSession
	Capacity              *CallCapacity
	FeatureSet            *FeatureSet
	DisplayName           []DisplayName
}
