package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// Endpoint is all that is needed to call one alternative of an endpoint.
type Endpoint struct {
	NonStandardData             *NonStandardParameter `per:"optional"`
	AliasAddress                []AliasAddress        `per:"optional"`
	CallSignalAddress           []TransportAddress    `per:"optional"`
	RASAddress                  []TransportAddress    `per:"optional"`
	EndpointType                *EndpointType         `per:"optional"`
	Tokens                      []h235.ClearToken     `per:"optional"`
	CryptoTokens                []CryptoH323Token     `per:"optional"`
	Priority                    *uint8                `per:"optional,range=0..127"`
	RemoteExtensionAddress      []AliasAddress        `per:"optional"`
	DestExtraCallInfo           []AliasAddress        `per:"optional"`
	Extension                   per.Extension
	AlternateTransportAddresses *AlternateTransportAddresses
	CircuitInfo                 *CircuitInfo
	FeatureSet                  *FeatureSet
}
