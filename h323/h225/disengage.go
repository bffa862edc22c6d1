package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// DisengageRequest (DRQ) tells that a call ended, or makes it end (H.225.0 clause
// 7.14.1).
type DisengageRequest struct {
	RequestSeqNum        RequestSeqNum
	EndpointIdentifier   EndpointIdentifier
	ConferenceID         ConferenceIdentifier
	CallReferenceValue   CallReferenceValue
	DisengageReason      DisengageReason
	NonStandardData      *NonStandardParameter `per:"optional"`
	Extension            per.Extension
	CallIdentifier       *CallIdentifier
	GatekeeperIdentifier GatekeeperIdentifier
	Tokens               []h235.ClearToken
	CryptoTokens         []CryptoH323Token
	IntegrityCheckValue  *ICV
	AnsweredCall         *bool
	CallLinkage          *CallLinkage
	Capacity             *CallCapacity
	CircuitInfo          *CircuitInfo
	UsageInformation     *RASUsageInformation
	TerminationCause     *CallTerminationCause
	ServiceControl       []ServiceControlSession
	GenericData          []GenericData
}

// DisengageReason is why the call ends.
type DisengageReason struct {
	per.Choice
	ForcedDrop      *per.Null
	NormalDrop      *per.Null
	UndefinedReason *per.Null
	Extension       per.Extension
}

// DisengageConfirm (DCF) confirms the end of a call (H.225.0 clause 7.14.2).
type DisengageConfirm struct {
	RequestSeqNum       RequestSeqNum
	NonStandardData     *NonStandardParameter `per:"optional"`
	Extension           per.Extension
	Tokens              []h235.ClearToken
	CryptoTokens        []CryptoH323Token
	IntegrityCheckValue *ICV
	Capacity            *CallCapacity
	CircuitInfo         *CircuitInfo
	UsageInformation    *RASUsageInformation
	GenericData         []GenericData
	AssignedGatekeeper  *AlternateGK
}

// DisengageReject (DRJ) refuses it (H.225.0 clause 7.14.3).
type DisengageReject struct {
	RequestSeqNum       RequestSeqNum
	RejectReason        DisengageRejectReason
	NonStandardData     *NonStandardParameter `per:"optional"`
	Extension           per.Extension
	AltGKInfo           *AltGKInfo
	Tokens              []h235.ClearToken
	CryptoTokens        []CryptoH323Token
	IntegrityCheckValue *ICV
	GenericData         []GenericData
}

// DisengageRejectReason is why the end of a call is refused.
type DisengageRejectReason struct {
	per.Choice
	NotRegistered      *per.Null
	RequestToDropOther *per.Null
	Extension          per.Extension
	SecurityDenial     *per.Null
	SecurityError      *SecurityErrors2
}
