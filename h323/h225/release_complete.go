package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// ReleaseCompleteUUIE ends the call (H.225.0 clause 7.3.9).
type ReleaseCompleteUUIE struct {
	ProtocolIdentifier    ProtocolIdentifier
	Reason                *ReleaseCompleteReason `per:"optional"`
	Extension             per.Extension
	CallIdentifier        *CallIdentifier
	Tokens                []h235.ClearToken
	CryptoTokens          []CryptoH323Token
	BusyAddress           []AliasAddress
	PresentationIndicator *PresentationIndicator
	ScreeningIndicator    *ScreeningIndicator
	Capacity              *CallCapacity
	ServiceControl        []ServiceControlSession
	FeatureSet            *FeatureSet
	DestinationInfo       *EndpointType
	DisplayName           []DisplayName
}

// ReleaseCompleteReason stands beside the Q.850 cause or in its place (H.225.0
// clause 7.3.9).
type ReleaseCompleteReason struct {
	per.Choice
	NoBandwidth                 *per.Null
	GatekeeperResources         *per.Null
	UnreachableDestination      *per.Null
	DestinationRejection        *per.Null
	InvalidRevision             *per.Null
	NoPermission                *per.Null
	UnreachableGatekeeper       *per.Null
	GatewayResources            *per.Null
	BadFormatAddress            *per.Null
	AdaptiveBusy                *per.Null
	InConf                      *per.Null
	UndefinedReason             *per.Null
	Extension                   per.Extension
	FacilityCallDeflection      *per.Null
	SecurityDenied              *per.Null
	CalledPartyNotRegistered    *per.Null
	CallerNotRegistered         *per.Null
	NewConnectionNeeded         *per.Null
	NonStandardReason           *NonStandardParameter
	ReplaceWithConferenceInvite *ConferenceIdentifier
	GenericDataReason           *per.Null
	NeededFeatureNotSupported   *per.Null
	TunnelledSignallingRejected *per.Null
	InvalidCID                  *per.Null
	SecurityError               *SecurityErrors
	HopCountExceeded            *per.Null
}
