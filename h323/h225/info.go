package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// InfoRequest (IRQ) asks an endpoint for its calls (H.225.0 clause 7.15.1).
type InfoRequest struct {
	RequestSeqNum              RequestSeqNum
	CallReferenceValue         CallReferenceValue
	NonStandardData            *NonStandardParameter `per:"optional"`
	ReplyAddress               *TransportAddress     `per:"optional"`
	Extension                  per.Extension
	CallIdentifier             *CallIdentifier
	Tokens                     []h235.ClearToken
	CryptoTokens               []CryptoH323Token
	IntegrityCheckValue        *ICV
	UUIEsRequested             *UUIEsRequested `per:"name=uuiesRequested"`
	CallLinkage                *CallLinkage
	UsageInfoRequested         *RASUsageInfoTypes
	SegmentedResponseSupported *per.Null
	NextSegmentRequested       *uint16 `per:"range=0..65535"`
	CapacityInfoRequested      *per.Null
	GenericData                []GenericData
	AssignedGatekeeper         *AlternateGK
}

// InfoRequestResponse (IRR) tells an endpoint's calls, asked or by itself (H.225.0
// clause 7.15.2).
type InfoRequestResponse struct {
	NonStandardData     *NonStandardParameter `per:"optional"`
	RequestSeqNum       RequestSeqNum
	EndpointType        EndpointType
	EndpointIdentifier  EndpointIdentifier
	RASAddress          TransportAddress
	CallSignalAddress   []TransportAddress
	EndpointAlias       []AliasAddress `per:"optional"`
	PerCallInfo         []PerCallInfo  `per:"optional"`
	Extension           per.Extension
	Tokens              []h235.ClearToken
	CryptoTokens        []CryptoH323Token
	IntegrityCheckValue *ICV
	NeedResponse        *bool
	Capacity            *CallCapacity
	IRRStatus           *InfoRequestResponseStatus
	Unsolicited         *bool
	GenericData         []GenericData
}

// PerCallInfo is what InfoRequestResponse tells of one call.
type PerCallInfo struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	CallReferenceValue CallReferenceValue
	ConferenceID       ConferenceIdentifier
	Originator         *bool                  `per:"optional"`
	Audio              []RTPSession           `per:"optional"`
	Video              []RTPSession           `per:"optional"`
	Data               []TransportChannelInfo `per:"optional"`
	H245               TransportChannelInfo
	CallSignalling     TransportChannelInfo
	CallType           CallType
	BandWidth          BandWidth
	CallModel          CallModel
	Extension          per.Extension
	CallIdentifier     *CallIdentifier
	Tokens             []h235.ClearToken
	CryptoTokens       []CryptoH323Token
	SubstituteConfIDs  []ConferenceIdentifier
	PDU                []PerCallPDU
	CallLinkage        *CallLinkage
	UsageInformation   *RASUsageInformation
	CircuitInfo        *CircuitInfo
}

// PerCallPDU is the copy of a message that was sent or received.
type PerCallPDU struct {
	H323PDU H323UUPDU `per:"name=h323pdu"`
	Sent    bool
}

// InfoRequestResponseStatus says whether the response is whole.
type InfoRequestResponseStatus struct {
	per.Choice
	Complete    *per.Null
	Incomplete  *per.Null
	Segment     *uint16 `per:"range=0..65535"`
	InvalidCall *per.Null
	Extension   per.Extension
}

// InfoRequestAck (IACK) confirms an InfoRequestResponse (H.225.0 clause 7.15.3).
type InfoRequestAck struct {
	RequestSeqNum       RequestSeqNum
	NonStandardData     *NonStandardParameter `per:"optional"`
	Tokens              []h235.ClearToken     `per:"optional"`
	CryptoTokens        []CryptoH323Token     `per:"optional"`
	IntegrityCheckValue *ICV                  `per:"optional"`
	Extension           per.Extension
}

// InfoRequestNak (INAK) refuses an InfoRequestResponse (H.225.0 clause 7.15.4).
type InfoRequestNak struct {
	RequestSeqNum       RequestSeqNum
	NonStandardData     *NonStandardParameter `per:"optional"`
	NakReason           InfoRequestNakReason
	AltGKInfo           *AltGKInfo        `per:"optional"`
	Tokens              []h235.ClearToken `per:"optional"`
	CryptoTokens        []CryptoH323Token `per:"optional"`
	IntegrityCheckValue *ICV              `per:"optional"`
	Extension           per.Extension
}

// InfoRequestNakReason is why an InfoRequestResponse is refused.
type InfoRequestNakReason struct {
	per.Choice
	NotRegistered   *per.Null
	SecurityDenial  *per.Null
	UndefinedReason *per.Null
	Extension       per.Extension
	SecurityError   *SecurityErrors2
}
