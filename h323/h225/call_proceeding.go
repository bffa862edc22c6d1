package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// CallProceedingUUIE says that the call is being established and that no more
// digits are needed (H.225.0 clause 7.3.2).
type CallProceedingUUIE struct {
	ProtocolIdentifier ProtocolIdentifier
	DestinationInfo    EndpointType
	H245Address        *TransportAddress `per:"optional"`
	Extension          per.Extension
	CallIdentifier     *CallIdentifier
	H245SecurityMode   *H245Security
	Tokens             []h235.ClearToken
	CryptoTokens       []CryptoH323Token
	FastStart          [][]byte
	MultipleCalls      *bool
	MaintainConnection *bool
	FastConnectRefused *per.Null
	FeatureSet         *FeatureSet
}
