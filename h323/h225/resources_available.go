package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// ResourcesAvailableIndicate (RAI) tells how full a gateway is.
type ResourcesAvailableIndicate struct {
	RequestSeqNum        RequestSeqNum
	ProtocolIdentifier   ProtocolIdentifier
	NonStandardData      *NonStandardParameter `per:"optional"`
	EndpointIdentifier   EndpointIdentifier
	Protocols            []SupportedProtocols
	AlmostOutOfResources bool
	Tokens               []h235.ClearToken `per:"optional"`
	CryptoTokens         []CryptoH323Token `per:"optional"`
	IntegrityCheckValue  *ICV              `per:"optional"`
	Extension            per.Extension
	Capacity             *CallCapacity
	GenericData          []GenericData
}

// ResourcesAvailableConfirm (RAC) confirms a ResourcesAvailableIndicate.
type ResourcesAvailableConfirm struct {
	RequestSeqNum       RequestSeqNum
	ProtocolIdentifier  ProtocolIdentifier
	NonStandardData     *NonStandardParameter `per:"optional"`
	Tokens              []h235.ClearToken     `per:"optional"`
	CryptoTokens        []CryptoH323Token     `per:"optional"`
	IntegrityCheckValue *ICV                  `per:"optional"`
	Extension           per.Extension
	GenericData         []GenericData
}
