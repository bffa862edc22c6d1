package h245

import "parley/h323/per"

type MasterSlaveDetermination struct {
	TerminalType              uint8  `per:"range=0..255"`
	StatusDeterminationNumber uint32 `per:"range=0..16777215"`
	Extension                 per.Extension
}

type MasterSlaveDeterminationAck struct {
	Decision  MasterSlaveDecision
	Extension per.Extension
}

type MasterSlaveDecision struct {
	per.Choice
	Master *per.Null
	Slave  *per.Null
}

type MasterSlaveDeterminationReject struct {
	Cause     MasterSlaveDeterminationRejectCause
	Extension per.Extension
}

type MasterSlaveDeterminationRejectCause struct {
	per.Choice
	IdenticalNumbers *per.Null
	Extension        per.Extension
}

type MasterSlaveDeterminationRelease struct {
	Extension per.Extension
}
