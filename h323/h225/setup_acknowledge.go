package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// SetupAcknowledgeUUIE asks for more digits (H.225.0 clause 7.3.11).
type SetupAcknowledgeUUIE struct {
	ProtocolIdentifier ProtocolIdentifier
	CallIdentifier     CallIdentifier
	Tokens             []h235.ClearToken `per:"optional"`
	CryptoTokens       []CryptoH323Token `per:"optional"`
	Extension          per.Extension
}
