package h245

import "parley/h323/per"

// ConferenceRequest is what terminals and MCs ask of each other in a conference
// (H.243).
type ConferenceRequest struct {
	per.Choice
	TerminalListRequest        *per.Null
	MakeMeChair                *per.Null
	CancelMakeMeChair          *per.Null
	DropTerminal               *TerminalLabel
	RequestTerminalID          *TerminalLabel
	EnterH243Password          *per.Null
	EnterH243TerminalID        *per.Null
	EnterH243ConferenceID      *per.Null
	Extension                  per.Extension
	EnterExtensionAddress      *per.Null
	RequestChairTokenOwner     *per.Null
	RequestTerminalCertificate *RequestTerminalCertificate
	BroadcastMyLogicalChannel  *LogicalChannelNumber
	MakeTerminalBroadcaster    *TerminalLabel
	SendThisSource             *TerminalLabel
	RequestAllTerminalIDs      *per.Null
	RemoteMCRequest            *RemoteMCRequest
}

// RequestTerminalCertificate asks for a certificate.
type RequestTerminalCertificate struct {
	TerminalLabel         *TerminalLabel        `per:"optional"`
	CertSelectionCriteria CertSelectionCriteria `per:"optional"`
	SRandom               *uint32               `per:"optional,range=1..4294967295"`
	Extension             per.Extension
}

// CertSelectionCriteria lists what a certificate has to have.
type CertSelectionCriteria []Criteria

// PERTag is the constraint.
func (CertSelectionCriteria) PERTag() string { return "size=1..16" }

// Criteria is one field of a certificate with its value.
type Criteria struct {
	Field     per.OID
	Value     []byte `per:"size=1..65535"`
	Extension per.Extension
}

// TerminalLabel is a terminal by the number of its MCU and its own (H.243).
type TerminalLabel struct {
	MCUNumber      MCUNumber
	TerminalNumber TerminalNumber
	Extension      per.Extension
}

// MCUNumber is that of an MCU in a cascade.
type MCUNumber uint8

// PERTag is the constraint.
func (MCUNumber) PERTag() string { return "range=0..192" }

// TerminalNumber is that of a terminal at its MCU; 0 is none.
type TerminalNumber uint8

// PERTag is the constraint.
func (TerminalNumber) PERTag() string { return "range=0..192" }

// RemoteMCRequest starts or ends another MC.
type RemoteMCRequest struct {
	per.Choice
	MasterActivate *per.Null
	SlaveActivate  *per.Null
	DeActivate     *per.Null
	Extension      per.Extension
}
