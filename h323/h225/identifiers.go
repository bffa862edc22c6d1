package h225

import "parley/h323/per"

// GloballyUniqueID is made as a UUID is (H.225.0 clause 7.6).
type GloballyUniqueID [16]byte

// ConferenceIdentifier names a conference in all of its calls.
type ConferenceIdentifier = GloballyUniqueID

// CallIdentifier names a call on all of its legs and in RAS.
type CallIdentifier struct {
	GUID      GloballyUniqueID
	Extension per.Extension
}

// CallLinkage binds calls that belong together.
type CallLinkage struct {
	GlobalCallID *GloballyUniqueID `per:"optional,name=globalCallId"`
	ThreadID     *GloballyUniqueID `per:"optional,name=threadId"`
	Extension    per.Extension
}

// CallReferenceValue is the call reference of Q.931, without its flag.
type CallReferenceValue uint16

func (CallReferenceValue) PERTag() string { return "range=0..65535" }

// RequestSeqNum relates a reply to its request; the requester counts.
type RequestSeqNum uint16

func (RequestSeqNum) PERTag() string { return "range=1..65535" }

// GatekeeperIdentifier is a gatekeeper's name.
type GatekeeperIdentifier string

func (GatekeeperIdentifier) PERTag() string { return "bmp,size=1..128" }

// EndpointIdentifier is given by the gatekeeper at registration.
type EndpointIdentifier string

func (EndpointIdentifier) PERTag() string { return "bmp,size=1..128" }

// ProtocolIdentifier is the version of H.225.0 that the sender speaks; see
// Version.
type ProtocolIdentifier = per.OID

// BandWidth is in units of 100 bit/s, both directions together.
type BandWidth uint32

func (BandWidth) PERTag() string { return "range=0..4294967295" }

// TimeToLive is in seconds.
type TimeToLive uint32

func (TimeToLive) PERTag() string { return "range=1..4294967295" }

// H248PackagesDescriptor is a PER-encoded descriptor of H.248.
type H248PackagesDescriptor []byte

// H248SignalsDescriptor is a PER-encoded descriptor of H.248.
type H248SignalsDescriptor []byte
