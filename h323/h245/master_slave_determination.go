package h245

import "parley/h323/per"

// MasterSlaveDetermination offers what decides the roles: the larger terminal
// type, then the number (clause C.2).
type MasterSlaveDetermination struct {
	// TerminalType is by H.323 table 1, 190 for an MCU with audio and video, 240
	// for the active MC.
	TerminalType              uint8  `per:"range=0..255"`
	StatusDeterminationNumber uint32 `per:"range=0..16777215"`
	Extension                 per.Extension
}

// MasterSlaveDeterminationAck tells the peer its role, not the sender's.
type MasterSlaveDeterminationAck struct {
	Decision  MasterSlaveDecision
	Extension per.Extension
}

// MasterSlaveDecision is the role of the one who receives it.
type MasterSlaveDecision struct {
	per.Choice
	Master *per.Null
	Slave  *per.Null
}

// MasterSlaveDeterminationReject asks for another number.
type MasterSlaveDeterminationReject struct {
	Cause     MasterSlaveDeterminationRejectCause
	Extension per.Extension
}

// MasterSlaveDeterminationRejectCause has one value: both numbers are the same.
type MasterSlaveDeterminationRejectCause struct {
	per.Choice
	IdenticalNumbers *per.Null
	Extension        per.Extension
}

// MasterSlaveDeterminationRelease tells that the determination has timed out.
type MasterSlaveDeterminationRelease struct {
	Extension per.Extension
}
