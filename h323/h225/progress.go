package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// ProgressUUIE tells of the progress of a call, as when a gateway interworks
// (H.225.0 clause 7.3.7).
type ProgressUUIE struct {
	ProtocolIdentifier ProtocolIdentifier
	DestinationInfo    EndpointType
	H245Address        *TransportAddress `per:"optional"`
	CallIdentifier     CallIdentifier
	H245SecurityMode   *H245Security     `per:"optional"`
	Tokens             []h235.ClearToken `per:"optional"`
	CryptoTokens       []CryptoH323Token `per:"optional"`
	FastStart          [][]byte          `per:"optional"`
	Extension          per.Extension
	MultipleCalls      *bool
	MaintainConnection *bool
	FastConnectRefused *per.Null
}
