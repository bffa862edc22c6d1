package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// LocationRequest (LRQ) asks where an alias is (H.225.0 clause 7.13.1).
type LocationRequest struct {
	RequestSeqNum            RequestSeqNum
	EndpointIdentifier       EndpointIdentifier `per:"optional"`
	DestinationInfo          []AliasAddress
	NonStandardData          *NonStandardParameter `per:"optional"`
	ReplyAddress             TransportAddress
	Extension                per.Extension
	SourceInfo               []AliasAddress
	CanMapAlias              *bool
	GatekeeperIdentifier     GatekeeperIdentifier
	Tokens                   []h235.ClearToken
	CryptoTokens             []CryptoH323Token
	IntegrityCheckValue      *ICV
	DesiredProtocols         []SupportedProtocols
	DesiredTunnelledProtocol *TunnelledProtocol
	FeatureSet               *FeatureSet
	GenericData              []GenericData
	HopCount                 *uint8 `per:"range=1..255"`
	CircuitInfo              *CircuitInfo
	CallIdentifier           *CallIdentifier
	BandWidth                *BandWidth
	SourceEndpointInfo       []AliasAddress
	CanMapSrcAlias           *bool
	Language                 []string `per:"elem(ia5,size=1..32)"`
}

// LocationConfirm (LCF) tells where an alias is (H.225.0 clause 7.13.2).
type LocationConfirm struct {
	RequestSeqNum               RequestSeqNum
	CallSignalAddress           TransportAddress
	RASAddress                  TransportAddress
	NonStandardData             *NonStandardParameter `per:"optional"`
	Extension                   per.Extension
	DestinationInfo             []AliasAddress
	DestExtraCallInfo           []AliasAddress
	DestinationType             *EndpointType
	RemoteExtensionAddress      []AliasAddress
	AlternateEndpoints          []Endpoint
	Tokens                      []h235.ClearToken
	CryptoTokens                []CryptoH323Token
	IntegrityCheckValue         *ICV
	AlternateTransportAddresses *AlternateTransportAddresses
	SupportedProtocols          []SupportedProtocols
	MultipleCalls               *bool
	FeatureSet                  *FeatureSet
	GenericData                 []GenericData
	CircuitInfo                 *CircuitInfo
	ServiceControl              []ServiceControlSession
	ModifiedSrcInfo             []AliasAddress
	BandWidth                   *BandWidth
}

// LocationReject (LRJ) declines to tell (H.225.0 clause 7.13.3).
type LocationReject struct {
	RequestSeqNum       RequestSeqNum
	RejectReason        LocationRejectReason
	NonStandardData     *NonStandardParameter `per:"optional"`
	Extension           per.Extension
	AltGKInfo           *AltGKInfo
	Tokens              []h235.ClearToken
	CryptoTokens        []CryptoH323Token
	IntegrityCheckValue *ICV
	FeatureSet          *FeatureSet
	GenericData         []GenericData
	ServiceControl      []ServiceControlSession
}

// LocationRejectReason is why a location is not told.
type LocationRejectReason struct {
	per.Choice
	NotRegistered             *per.Null
	InvalidPermission         *per.Null
	RequestDenied             *per.Null
	UndefinedReason           *per.Null
	Extension                 per.Extension
	SecurityDenial            *per.Null
	AliasesInconsistent       *per.Null
	RouteCalltoSCN            []PartyNumber
	ResourceUnavailable       *per.Null
	GenericDataReason         *per.Null
	NeededFeatureNotSupported *per.Null
	HopCountExceeded          *per.Null
	IncompleteAddress         *per.Null
	SecurityError             *SecurityErrors2
	SecurityDHmismatch        *per.Null
	NoRouteToDestination      *per.Null
	UnallocatedNumber         *per.Null
}
