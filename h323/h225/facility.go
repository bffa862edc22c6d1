package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// FacilityUUIE redirects a call, starts H.245, or carries tunnelled messages
// (H.225.0 clause 7.4.1).
type FacilityUUIE struct {
	ProtocolIdentifier      ProtocolIdentifier
	AlternativeAddress      *TransportAddress     `per:"optional"`
	AlternativeAliasAddress []AliasAddress        `per:"optional"`
	ConferenceID            *ConferenceIdentifier `per:"optional"`
	Reason                  FacilityReason
	Extension               per.Extension
	CallIdentifier          *CallIdentifier
	DestExtraCallInfo       []AliasAddress
	RemoteExtensionAddress  *AliasAddress
	Tokens                  []h235.ClearToken
	CryptoTokens            []CryptoH323Token
	Conferences             []ConferenceList
	H245Address             *TransportAddress
	FastStart               [][]byte
	MultipleCalls           *bool
	MaintainConnection      *bool
	FastConnectRefused      *per.Null
	ServiceControl          []ServiceControlSession
	CircuitInfo             *CircuitInfo
	FeatureSet              *FeatureSet
	DestinationInfo         *EndpointType
	H245SecurityMode        *H245Security
}

// ConferenceList is one conference that the caller may choose.
type ConferenceList struct {
	ConferenceID    *ConferenceIdentifier `per:"optional"`
	ConferenceAlias *AliasAddress         `per:"optional"`
	NonStandardData *NonStandardParameter `per:"optional"`
	Extension       per.Extension
}

// FacilityReason says what a Facility is for.
type FacilityReason struct {
	per.Choice
	RouteCallToGatekeeper  *per.Null
	CallForwarded          *per.Null
	RouteCallToMC          *per.Null
	UndefinedReason        *per.Null
	Extension              per.Extension
	ConferenceListChoice   *per.Null
	StartH245              *per.Null
	NoH245                 *per.Null
	NewTokens              *per.Null
	FeatureSetUpdate       *per.Null
	ForwardedElements      *per.Null
	TransportedInformation *per.Null
}
