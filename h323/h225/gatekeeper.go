package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// GatekeeperRequest (GRQ) looks for a gatekeeper (H.225.0 clause 7.8.1).
type GatekeeperRequest struct {
	RequestSeqNum            RequestSeqNum
	ProtocolIdentifier       ProtocolIdentifier
	NonStandardData          *NonStandardParameter `per:"optional"`
	RASAddress               TransportAddress
	EndpointType             EndpointType
	GatekeeperIdentifier     GatekeeperIdentifier `per:"optional"`
	CallServices             *QseriesOptions      `per:"optional"`
	EndpointAlias            []AliasAddress       `per:"optional"`
	Extension                per.Extension
	AlternateEndpoints       []Endpoint
	Tokens                   []h235.ClearToken
	CryptoTokens             []CryptoH323Token
	AuthenticationCapability []h235.AuthenticationMechanism
	AlgorithmOIDs            []per.OID
	Integrity                []IntegrityMechanism
	IntegrityCheckValue      *ICV
	SupportsAltGK            *per.Null
	FeatureSet               *FeatureSet
	GenericData              []GenericData
	SupportsAssignedGK       *bool
	AssignedGatekeeper       *AlternateGK
}

// GatekeeperConfirm (GCF) offers to be the gatekeeper (H.225.0 clause 7.8.2).
type GatekeeperConfirm struct {
	RequestSeqNum        RequestSeqNum
	ProtocolIdentifier   ProtocolIdentifier
	NonStandardData      *NonStandardParameter `per:"optional"`
	GatekeeperIdentifier GatekeeperIdentifier  `per:"optional"`
	RASAddress           TransportAddress
	Extension            per.Extension
	AlternateGatekeeper  []AlternateGK
	AuthenticationMode   *h235.AuthenticationMechanism
	Tokens               []h235.ClearToken
	CryptoTokens         []CryptoH323Token
	AlgorithmOID         per.OID
	Integrity            []IntegrityMechanism
	IntegrityCheckValue  *ICV
	FeatureSet           *FeatureSet
	GenericData          []GenericData
	AssignedGatekeeper   *AlternateGK
	RehomingModel        *RehomingModel
}

// GatekeeperReject (GRJ) declines to be the gatekeeper (H.225.0 clause 7.8.3).
type GatekeeperReject struct {
	RequestSeqNum        RequestSeqNum
	ProtocolIdentifier   ProtocolIdentifier
	NonStandardData      *NonStandardParameter `per:"optional"`
	GatekeeperIdentifier GatekeeperIdentifier  `per:"optional"`
	RejectReason         GatekeeperRejectReason
	Extension            per.Extension
	AltGKInfo            *AltGKInfo
	Tokens               []h235.ClearToken
	CryptoTokens         []CryptoH323Token
	IntegrityCheckValue  *ICV
	FeatureSet           *FeatureSet
	GenericData          []GenericData
}

// GatekeeperRejectReason is why a gatekeeper declines.
type GatekeeperRejectReason struct {
	per.Choice
	ResourceUnavailable       *per.Null
	TerminalExcluded          *per.Null
	InvalidRevision           *per.Null
	UndefinedReason           *per.Null
	Extension                 per.Extension
	SecurityDenial            *per.Null
	GenericDataReason         *per.Null
	NeededFeatureNotSupported *per.Null
	SecurityError             *SecurityErrors
}
