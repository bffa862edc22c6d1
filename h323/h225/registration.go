package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// RegistrationRequest (RRQ) registers an endpoint, or with keepAlive renews its
// registration (H.225.0 clause 7.9.1).
type RegistrationRequest struct {
	RequestSeqNum               RequestSeqNum
	ProtocolIdentifier          ProtocolIdentifier
	NonStandardData             *NonStandardParameter `per:"optional"`
	DiscoveryComplete           bool
	CallSignalAddress           []TransportAddress
	RASAddress                  []TransportAddress
	TerminalType                EndpointType
	TerminalAlias               []AliasAddress       `per:"optional"`
	GatekeeperIdentifier        GatekeeperIdentifier `per:"optional"`
	EndpointVendor              VendorIdentifier
	Extension                   per.Extension
	AlternateEndpoints          []Endpoint
	TimeToLive                  *TimeToLive
	Tokens                      []h235.ClearToken
	CryptoTokens                []CryptoH323Token
	IntegrityCheckValue         *ICV
	KeepAlive                   *bool
	EndpointIdentifier          EndpointIdentifier
	WillSupplyUUIEs             *bool
	MaintainConnection          *bool
	AlternateTransportAddresses *AlternateTransportAddresses
	AdditiveRegistration        *per.Null
	TerminalAliasPattern        []AddressPattern
	SupportsAltGK               *per.Null
	UsageReportingCapability    *RASUsageInfoTypes
	MultipleCalls               *bool
	SupportedH248Packages       []H248PackagesDescriptor
	CallCreditCapability        *CallCreditCapability
	CapacityReportingCapability *CapacityReportingCapability
	Capacity                    *CallCapacity
	FeatureSet                  *FeatureSet
	GenericData                 []GenericData
	Restart                     *per.Null
	SupportsACFSequences        *per.Null
	SupportsAssignedGK          *bool
	AssignedGatekeeper          *AlternateGK
	TransportQOS                *TransportQOS
	Language                    []string `per:"elem(ia5,size=1..32)"`
}

// RegistrationConfirm (RCF) accepts a registration (H.225.0 clause 7.9.2).
type RegistrationConfirm struct {
	RequestSeqNum                RequestSeqNum
	ProtocolIdentifier           ProtocolIdentifier
	NonStandardData              *NonStandardParameter `per:"optional"`
	CallSignalAddress            []TransportAddress
	TerminalAlias                []AliasAddress       `per:"optional"`
	GatekeeperIdentifier         GatekeeperIdentifier `per:"optional"`
	EndpointIdentifier           EndpointIdentifier
	Extension                    per.Extension
	AlternateGatekeeper          []AlternateGK
	TimeToLive                   *TimeToLive
	Tokens                       []h235.ClearToken
	CryptoTokens                 []CryptoH323Token
	IntegrityCheckValue          *ICV
	WillRespondToIRR             *bool
	PreGrantedARQ                *PreGrantedARQ
	MaintainConnection           *bool
	ServiceControl               []ServiceControlSession
	SupportsAdditiveRegistration *per.Null
	TerminalAliasPattern         []AddressPattern
	SupportedPrefixes            []SupportedPrefix
	UsageSpec                    []RASUsageSpecification
	FeatureServerAlias           *AliasAddress
	CapacityReportingSpec        *CapacityReportingSpecification
	FeatureSet                   *FeatureSet
	GenericData                  []GenericData
	AssignedGatekeeper           *AlternateGK
	RehomingModel                *RehomingModel
	TransportQOS                 *TransportQOS
}

// PreGrantedARQ says what the endpoint may do without asking for admission.
type PreGrantedARQ struct {
	MakeCall                         bool
	UseGKCallSignalAddressToMakeCall bool
	AnswerCall                       bool
	UseGKCallSignalAddressToAnswer   bool
	Extension                        per.Extension
	IRRFrequencyInCall               *uint16 `per:"range=1..65535"`
	TotalBandwidthRestriction        *BandWidth
	AlternateTransportAddresses      *AlternateTransportAddresses
	UseSpecifiedTransport            *UseSpecifiedTransport
}

// RegistrationReject (RRJ) refuses a registration (H.225.0 clause 7.9.3).
type RegistrationReject struct {
	RequestSeqNum        RequestSeqNum
	ProtocolIdentifier   ProtocolIdentifier
	NonStandardData      *NonStandardParameter `per:"optional"`
	RejectReason         RegistrationRejectReason
	GatekeeperIdentifier GatekeeperIdentifier `per:"optional"`
	Extension            per.Extension
	AltGKInfo            *AltGKInfo
	Tokens               []h235.ClearToken
	CryptoTokens         []CryptoH323Token
	IntegrityCheckValue  *ICV
	FeatureSet           *FeatureSet
	GenericData          []GenericData
	AssignedGatekeeper   *AlternateGK
}

// RegistrationRejectReason is why a registration is refused.
type RegistrationRejectReason struct {
	per.Choice
	DiscoveryRequired                *per.Null
	InvalidRevision                  *per.Null
	InvalidCallSignalAddress         *per.Null
	InvalidRASAddress                *per.Null
	DuplicateAlias                   []AliasAddress
	InvalidTerminalType              *per.Null
	UndefinedReason                  *per.Null
	TransportNotSupported            *per.Null
	Extension                        per.Extension
	TransportQOSNotSupported         *per.Null
	ResourceUnavailable              *per.Null
	InvalidAlias                     *per.Null
	SecurityDenial                   *per.Null
	FullRegistrationRequired         *per.Null
	AdditiveRegistrationNotSupported *per.Null
	InvalidTerminalAliases           *InvalidTerminalAliases
	GenericDataReason                *per.Null
	NeededFeatureNotSupported        *per.Null
	SecurityError                    *SecurityErrors
	RegisterWithAssignedGK           *per.Null
}

// InvalidTerminalAliases are the aliases that cannot be registered.
type InvalidTerminalAliases struct {
	TerminalAlias        []AliasAddress    `per:"optional"`
	TerminalAliasPattern []AddressPattern  `per:"optional"`
	SupportedPrefixes    []SupportedPrefix `per:"optional"`
	Extension            per.Extension
}
