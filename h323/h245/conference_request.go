package h245

import "parley/h323/per"

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

type RequestTerminalCertificate struct {
	TerminalLabel         *TerminalLabel        `per:"optional"`
	CertSelectionCriteria CertSelectionCriteria `per:"optional"`
	SRandom               *uint32               `per:"optional,range=1..4294967295"`
	Extension             per.Extension
}

type CertSelectionCriteria []Criteria

// PERTag is the constraint.
func (CertSelectionCriteria) PERTag() string { return "size=1..16" }

type Criteria struct {
	Field     per.OID
	Value     []byte `per:"size=1..65535"`
	Extension per.Extension
}

type TerminalLabel struct {
	MCUNumber      MCUNumber
	TerminalNumber TerminalNumber
	Extension      per.Extension
}

type MCUNumber uint8

// PERTag is the constraint.
func (MCUNumber) PERTag() string { return "range=0..192" }

type TerminalNumber uint8

// PERTag is the constraint.
func (TerminalNumber) PERTag() string { return "range=0..192" }

type RemoteMCRequest struct {
	per.Choice
	MasterActivate *per.Null
	SlaveActivate  *per.Null
	DeActivate     *per.Null
	Extension      per.Extension
}
