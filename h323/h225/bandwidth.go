package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// BandwidthRequest (BRQ) asks for another bandwidth (H.225.0 clause 7.12.1).
type BandwidthRequest struct {
	RequestSeqNum        RequestSeqNum
	EndpointIdentifier   EndpointIdentifier
	ConferenceID         ConferenceIdentifier
	CallReferenceValue   CallReferenceValue
	CallType             *CallType `per:"optional"`
	BandWidth            BandWidth
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
	UsageInformation     *RASUsageInformation
	BandwidthDetails     []BandwidthDetails
	GenericData          []GenericData
	TransportQOS         *TransportQOS
}

// BandwidthConfirm (BCF) grants a bandwidth (H.225.0 clause 7.12.2).
type BandwidthConfirm struct {
	RequestSeqNum       RequestSeqNum
	BandWidth           BandWidth
	NonStandardData     *NonStandardParameter `per:"optional"`
	Extension           per.Extension
	Tokens              []h235.ClearToken
	CryptoTokens        []CryptoH323Token
	IntegrityCheckValue *ICV
	Capacity            *CallCapacity
	GenericData         []GenericData
	TransportQOS        *TransportQOS
}

// BandwidthReject (BRJ) refuses it (H.225.0 clause 7.12.3).
type BandwidthReject struct {
	RequestSeqNum       RequestSeqNum
	RejectReason        BandRejectReason
	AllowedBandWidth    BandWidth
	NonStandardData     *NonStandardParameter `per:"optional"`
	Extension           per.Extension
	AltGKInfo           *AltGKInfo
	Tokens              []h235.ClearToken
	CryptoTokens        []CryptoH323Token
	IntegrityCheckValue *ICV
	GenericData         []GenericData
}

// BandRejectReason is why a bandwidth is refused.
type BandRejectReason struct {
	per.Choice
	NotBound              *per.Null
	InvalidConferenceID   *per.Null
	InvalidPermission     *per.Null
	InsufficientResources *per.Null
	InvalidRevision       *per.Null
	UndefinedReason       *per.Null
	Extension             per.Extension
	SecurityDenial        *per.Null
	SecurityError         *SecurityErrors2
}

// BandwidthDetails is the bandwidth of one RTP session.
type BandwidthDetails struct {
	Sender        bool
	Multicast     bool
	Bandwidth     BandWidth
	RTCPAddresses TransportChannelInfo
	Extension     per.Extension
}
