package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// NotifyUUIE notifies of a change of the connected party (H.225.0 clause 7.4.2).
type NotifyUUIE struct {
	ProtocolIdentifier    ProtocolIdentifier
	CallIdentifier        CallIdentifier
	Tokens                []h235.ClearToken `per:"optional"`
	CryptoTokens          []CryptoH323Token `per:"optional"`
	Extension             per.Extension
	ConnectedAddress      []AliasAddress
	PresentationIndicator *PresentationIndicator
	ScreeningIndicator    *ScreeningIndicator
	DestinationInfo       *EndpointType
	DisplayName           []DisplayName
}
