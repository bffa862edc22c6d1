package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// AdmissionRequest (ARQ) asks to make or answer a call (H.225.0 clause 7.11.1).
type AdmissionRequest struct {
	RequestSeqNum            RequestSeqNum
	CallType                 CallType
	CallModel                *CallModel `per:"optional"`
	EndpointIdentifier       EndpointIdentifier
	DestinationInfo          []AliasAddress    `per:"optional"`
	DestCallSignalAddress    *TransportAddress `per:"optional"`
	DestExtraCallInfo        []AliasAddress    `per:"optional"`
	SrcInfo                  []AliasAddress
	SrcCallSignalAddress     *TransportAddress `per:"optional"`
	BandWidth                BandWidth
	CallReferenceValue       CallReferenceValue
	NonStandardData          *NonStandardParameter `per:"optional"`
	CallServices             *QseriesOptions       `per:"optional"`
	ConferenceID             ConferenceIdentifier
	ActiveMC                 bool
	AnswerCall               bool
	Extension                per.Extension
	CanMapAlias              *bool
	CallIdentifier           *CallIdentifier
	SrcAlternatives          []Endpoint
	DestAlternatives         []Endpoint
	GatekeeperIdentifier     GatekeeperIdentifier
	Tokens                   []h235.ClearToken
	CryptoTokens             []CryptoH323Token
	IntegrityCheckValue      *ICV
	TransportQOS             *TransportQOS
	WillSupplyUUIEs          *bool
	CallLinkage              *CallLinkage
	GatewayDataRate          *DataRate
	Capacity                 *CallCapacity
	CircuitInfo              *CircuitInfo
	DesiredProtocols         []SupportedProtocols
	DesiredTunnelledProtocol *TunnelledProtocol
	FeatureSet               *FeatureSet
	GenericData              []GenericData
	CanMapSrcAlias           *bool
}

// AdmissionConfirm (ACF) admits the call and says where to send its signalling
// (H.225.0 clause 7.11.2).
type AdmissionConfirm struct {
	RequestSeqNum               RequestSeqNum
	BandWidth                   BandWidth
	CallModel                   CallModel
	DestCallSignalAddress       TransportAddress
	IRRFrequency                *uint16               `per:"optional,range=1..65535"`
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
	TransportQOS                *TransportQOS
	WillRespondToIRR            *bool
	UUIEsRequested              *UUIEsRequested `per:"name=uuiesRequested"`
	Language                    []string        `per:"elem(ia5,size=1..32)"`
	AlternateTransportAddresses *AlternateTransportAddresses
	UseSpecifiedTransport       *UseSpecifiedTransport
	CircuitInfo                 *CircuitInfo
	UsageSpec                   []RASUsageSpecification
	SupportedProtocols          []SupportedProtocols
	ServiceControl              []ServiceControlSession
	MultipleCalls               *bool
	FeatureSet                  *FeatureSet
	GenericData                 []GenericData
	ModifiedSrcInfo             []AliasAddress
	AssignedGatekeeper          *AlternateGK
}

// AdmissionReject (ARJ) refuses the call (H.225.0 clause 7.11.3).
type AdmissionReject struct {
	RequestSeqNum       RequestSeqNum
	RejectReason        AdmissionRejectReason
	NonStandardData     *NonStandardParameter `per:"optional"`
	Extension           per.Extension
	AltGKInfo           *AltGKInfo
	Tokens              []h235.ClearToken
	CryptoTokens        []CryptoH323Token
	CallSignalAddress   []TransportAddress
	IntegrityCheckValue *ICV
	ServiceControl      []ServiceControlSession
	FeatureSet          *FeatureSet
	GenericData         []GenericData
	AssignedGatekeeper  *AlternateGK
}

// AdmissionRejectReason is why a call is refused.
type AdmissionRejectReason struct {
	per.Choice
	CalledPartyNotRegistered  *per.Null
	InvalidPermission         *per.Null
	RequestDenied             *per.Null
	UndefinedReason           *per.Null
	CallerNotRegistered       *per.Null
	RouteCallToGatekeeper     *per.Null
	InvalidEndpointIdentifier *per.Null
	ResourceUnavailable       *per.Null
	Extension                 per.Extension
	SecurityDenial            *per.Null
	QosControlNotSupported    *per.Null
	IncompleteAddress         *per.Null
	AliasesInconsistent       *per.Null
	RouteCallToSCN            []PartyNumber
	ExceedsCallCapacity       *per.Null
	CollectDestination        *per.Null
	CollectPIN                *per.Null
	GenericDataReason         *per.Null
	NeededFeatureNotSupported *per.Null
	SecurityError             *SecurityErrors2
	SecurityDHmismatch        *per.Null
	NoRouteToDestination      *per.Null
	UnallocatedNumber         *per.Null
	RegisterWithAssignedGK    *per.Null
}

// CallType is the shape of a call, for an estimate of bandwidth.
type CallType struct {
	per.Choice
	PointToPoint *per.Null
	OneToN       *per.Null
	NToOne       *per.Null
	NToN         *per.Null
	Extension    per.Extension
}

// CallModel says whether call signalling goes through the gatekeeper.
type CallModel struct {
	per.Choice
	Direct           *per.Null
	GatekeeperRouted *per.Null
	Extension        per.Extension
}

// TransportQOS says who reserves resources.
type TransportQOS struct {
	per.Choice
	EndpointControlled   *per.Null
	GatekeeperControlled *per.Null
	NoControl            *per.Null
	Extension            per.Extension
	QOSCapabilities      []QOSCapability `per:"size=1..256,name=qOSCapabilities"`
}

// UUIEsRequested are the messages whose copies the gatekeeper wants in
// InfoRequestResponse.
type UUIEsRequested struct {
	Setup            bool
	CallProceeding   bool
	Connect          bool
	Alerting         bool
	Information      bool
	ReleaseComplete  bool
	Facility         bool
	Progress         bool
	Empty            bool
	Extension        per.Extension
	Status           *bool
	StatusInquiry    *bool
	SetupAcknowledge *bool
	Notify           *bool
}
