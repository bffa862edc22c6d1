package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// StatusUUIE tells the state of the call (H.225.0 clause 7.3.12).
type StatusUUIE struct {
	ProtocolIdentifier ProtocolIdentifier
	CallIdentifier     CallIdentifier
	Tokens             []h235.ClearToken `per:"optional"`
	CryptoTokens       []CryptoH323Token `per:"optional"`
	Extension          per.Extension
}

// StatusInquiryUUIE asks for the state of the call (H.225.0 clause 7.3.13).
type StatusInquiryUUIE struct {
	ProtocolIdentifier ProtocolIdentifier
	CallIdentifier     CallIdentifier
	Tokens             []h235.ClearToken `per:"optional"`
	CryptoTokens       []CryptoH323Token `per:"optional"`
	Extension          per.Extension
}
