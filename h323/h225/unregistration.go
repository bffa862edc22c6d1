package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// UnregistrationRequest (URQ) ends a registration, from either side (H.225.0
// clause 7.10.1).
type UnregistrationRequest struct {
	RequestSeqNum        RequestSeqNum
	CallSignalAddress    []TransportAddress
	EndpointAlias        []AliasAddress        `per:"optional"`
	NonStandardData      *NonStandardParameter `per:"optional"`
	EndpointIdentifier   EndpointIdentifier    `per:"optional"`
	Extension            per.Extension
	AlternateEndpoints   []Endpoint
	GatekeeperIdentifier GatekeeperIdentifier
	Tokens               []h235.ClearToken
	CryptoTokens         []CryptoH323Token
	IntegrityCheckValue  *ICV
	Reason               *UnregRequestReason
	EndpointAliasPattern []AddressPattern
	SupportedPrefixes    []SupportedPrefix
	AlternateGatekeeper  []AlternateGK
	GenericData          []GenericData
	AssignedGatekeeper   *AlternateGK
}

// UnregRequestReason is why the registration ends.
type UnregRequestReason struct {
	per.Choice
	ReregistrationRequired *per.Null
	TtlExpired             *per.Null
	SecurityDenial         *per.Null
	UndefinedReason        *per.Null
	Extension              per.Extension
	Maintenance            *per.Null
	SecurityError          *SecurityErrors2
	RegisterWithAssignedGK *per.Null
}

// UnregistrationConfirm (UCF) confirms the end (H.225.0 clause 7.10.2).
type UnregistrationConfirm struct {
	RequestSeqNum       RequestSeqNum
	NonStandardData     *NonStandardParameter `per:"optional"`
	Extension           per.Extension
	Tokens              []h235.ClearToken
	CryptoTokens        []CryptoH323Token
	IntegrityCheckValue *ICV
	GenericData         []GenericData
	AssignedGatekeeper  *AlternateGK
}

// UnregistrationReject (URJ) refuses it (H.225.0 clause 7.10.3).
type UnregistrationReject struct {
	RequestSeqNum       RequestSeqNum
	RejectReason        UnregRejectReason
	NonStandardData     *NonStandardParameter `per:"optional"`
	Extension           per.Extension
	AltGKInfo           *AltGKInfo
	Tokens              []h235.ClearToken
	CryptoTokens        []CryptoH323Token
	IntegrityCheckValue *ICV
	GenericData         []GenericData
}

// UnregRejectReason is why the end of a registration is refused.
type UnregRejectReason struct {
	per.Choice
	NotCurrentlyRegistered *per.Null
	CallInProgress         *per.Null
	UndefinedReason        *per.Null
	Extension              per.Extension
	PermissionDenied       *per.Null
	SecurityDenial         *per.Null
	SecurityError          *SecurityErrors2
}
