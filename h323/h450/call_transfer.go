package h450

import (
	"strings"

	"parley/h323/per"
)

// CallIdentity names a call at the transferred-to endpoint: up to four digits,
// none where there was no consultation (H.450.2).
type CallIdentity string

func (CallIdentity) PERTag() string { return "numeric,size=0..4" }

// Empty tells whether it names none. One family of stacks writes a space for an
// empty one.
func (i CallIdentity) Empty() bool { return strings.Trim(string(i), " ") == "" }

// CTInitiateArg tells the transferred endpoint whom to call.
type CTInitiateArg struct {
	CallIdentity      CallIdentity
	ReroutingNumber   EndpointAddress
	ArgumentExtension *ArgumentExtension `per:"optional"`
	Extension         per.Extension
}

// CTSetupArg tells the transferred-to endpoint that a call is a transfer.
type CTSetupArg struct {
	CallIdentity       CallIdentity
	TransferringNumber *EndpointAddress   `per:"optional"`
	ArgumentExtension  *ArgumentExtension `per:"optional"`
	Extension          per.Extension
}

// CTIdentifyRes tells the transferring endpoint what to put into CTInitiateArg.
type CTIdentifyRes struct {
	CallIdentity    CallIdentity
	ReroutingNumber EndpointAddress
	ResultExtension *ArgumentExtension `per:"optional"`
	Extension       per.Extension
}

// CTUpdateArg tells each end of a transferred call who the other is.
type CTUpdateArg struct {
	RedirectionNumber     EndpointAddress
	RedirectionInfo       string             `per:"optional,bmp,size=1..128"`
	BasicCallInfoElements []byte             `per:"optional"`
	ArgumentExtension     *ArgumentExtension `per:"optional"`
	Extension             per.Extension
}

// SubaddressTransferArg tells the other end's subaddress.
type SubaddressTransferArg struct {
	RedirectionSubaddress PartySubaddress
	ArgumentExtension     *ArgumentExtension `per:"optional"`
	Extension             per.Extension
}

// CTCompleteArg tells the endpoint of a transfer that its gatekeeper made.
type CTCompleteArg struct {
	EndDesignation        EndDesignation
	RedirectionNumber     EndpointAddress
	BasicCallInfoElements []byte             `per:"optional"`
	RedirectionInfo       string             `per:"optional,bmp,size=1..128"`
	CallStatus            *CallStatus        `per:"optional"` // nil: answered
	ArgumentExtension     *ArgumentExtension `per:"optional"`
	Extension             per.Extension
}

// CTActiveArg tells the transferred endpoint that the new one has answered, in a
// transfer that its gatekeeper made.
type CTActiveArg struct {
	ConnectedAddress      EndpointAddress
	BasicCallInfoElements []byte             `per:"optional"`
	ConnectedInfo         string             `per:"optional,bmp,size=1..128"`
	ArgumentExtension     *ArgumentExtension `per:"optional"`
	Extension             per.Extension
}

// EndDesignation is whether the endpoint was the transferred one (primary) or
// the transferred-to.
type EndDesignation uint8

// The ends.
const (
	PrimaryEnd EndDesignation = iota
	SecondaryEnd
)

func (EndDesignation) PERTag() string { return "enum=2,ext" }

// CallStatus is how far the new call is.
type CallStatus uint8

// The states.
const (
	Answered CallStatus = iota
	Alerting
)

func (CallStatus) PERTag() string { return "enum=2,ext" }
