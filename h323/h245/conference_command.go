package h245

import "parley/h323/per"

type ConferenceCommand struct {
	per.Choice
	BroadcastMyLogicalChannel       *LogicalChannelNumber
	CancelBroadcastMyLogicalChannel *LogicalChannelNumber
	MakeTerminalBroadcaster         *TerminalLabel
	CancelMakeTerminalBroadcaster   *per.Null
	SendThisSource                  *TerminalLabel
	CancelSendThisSource            *per.Null
	DropConference                  *per.Null
	Extension                       per.Extension
	SubstituteConferenceIDCommand   *SubstituteConferenceIDCommand
}

type SubstituteConferenceIDCommand struct {
	ConferenceIdentifier [16]byte
	Extension            per.Extension
}
