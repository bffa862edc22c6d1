package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// InformationUUIE brings additional digits or features (H.225.0 clause 7.3.6).
type InformationUUIE struct {
	ProtocolIdentifier ProtocolIdentifier
	Extension          per.Extension
	CallIdentifier     *CallIdentifier
	Tokens             []h235.ClearToken
	CryptoTokens       []CryptoH323Token
	FastStart          [][]byte
	FastConnectRefused *per.Null
	CircuitInfo        *CircuitInfo
}
