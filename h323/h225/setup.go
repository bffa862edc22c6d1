package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// SetupUUIE asks for a call (H.225.0 clause 7.3.10).
type SetupUUIE struct {
	ProtocolIdentifier         ProtocolIdentifier
	H245Address                *TransportAddress `per:"optional"`
	SourceAddress              []AliasAddress    `per:"optional"`
	SourceInfo                 EndpointType
	DestinationAddress         []AliasAddress       `per:"optional"`
	DestCallSignalAddress      *TransportAddress    `per:"optional"`
	DestExtraCallInfo          []AliasAddress       `per:"optional"`
	DestExtraCRV               []CallReferenceValue `per:"optional"`
	ActiveMC                   bool
	ConferenceID               ConferenceIdentifier
	ConferenceGoal             ConferenceGoal
	CallServices               *QseriesOptions `per:"optional"`
	CallType                   CallType
	Extension                  per.Extension
	SourceCallSignalAddress    *TransportAddress
	RemoteExtensionAddress     *AliasAddress
	CallIdentifier             *CallIdentifier
	H245SecurityCapability     []H245Security
	Tokens                     []h235.ClearToken
	CryptoTokens               []CryptoH323Token
	FastStart                  [][]byte
	MediaWaitForConnect        *bool
	CanOverlapSend             *bool
	EndpointIdentifier         EndpointIdentifier
	MultipleCalls              *bool
	MaintainConnection         *bool
	ConnectionParameters       *ConnectionParameters
	Language                   []string `per:"elem(ia5,size=1..32)"`
	PresentationIndicator      *PresentationIndicator
	ScreeningIndicator         *ScreeningIndicator
	ServiceControl             []ServiceControlSession
	SymmetricOperationRequired *per.Null
	Capacity                   *CallCapacity
	CircuitInfo                *CircuitInfo
	DesiredProtocols           []SupportedProtocols
	NeededFeatures             []FeatureDescriptor
	DesiredFeatures            []FeatureDescriptor
	SupportedFeatures          []FeatureDescriptor
	ParallelH245Control        [][]byte
	AdditionalSourceAddresses  []ExtendedAliasAddress
	HopCount                   *uint8 `per:"range=1..31"`
	DisplayName                []DisplayName
}

// ConferenceGoal says whether the caller makes a conference, joins one, or invites
// the called one to it.
type ConferenceGoal struct {
	per.Choice
	Create                              *per.Null
	Join                                *per.Null
	Invite                              *per.Null
	Extension                           per.Extension
	CapabilityNegotiation               *per.Null `per:"name=capability-negotiation"`
	CallIndependentSupplementaryService *per.Null
}

// ConnectionParameters say how a gateway shall bundle circuits.
type ConnectionParameters struct {
	ConnectionType         SCNConnectionType
	NumberOfSCNConnections uint16 `per:"range=0..65535,name=numberOfScnConnections"`
	ConnectionAggregation  SCNConnectionAggregation
	Extension              per.Extension
}

// SCNConnectionType is the bearer of each circuit behind a gateway.
type SCNConnectionType struct {
	per.Choice
	Unknown    *per.Null
	BChannel   *per.Null
	Hybrid2x64 *per.Null
	Hybrid384  *per.Null
	Hybrid1536 *per.Null
	Hybrid1920 *per.Null
	Multirate  *per.Null
	Extension  per.Extension
}

// SCNConnectionAggregation is how several circuits form one connection.
type SCNConnectionAggregation struct {
	per.Choice
	Auto        *per.Null
	None        *per.Null
	H221        *per.Null
	BondedMode1 *per.Null `per:"name=bonded-mode1"`
	BondedMode2 *per.Null `per:"name=bonded-mode2"`
	BondedMode3 *per.Null `per:"name=bonded-mode3"`
	Extension   per.Extension
}
