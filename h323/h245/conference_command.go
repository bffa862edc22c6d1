package h245

import "parley/h323/per"

// ConferenceCommand is what an MC or the chair commands (H.243).
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

// SubstituteConferenceIDCommand replaces the conference identifier of the call.
type SubstituteConferenceIDCommand struct {
	ConferenceIdentifier [16]byte
	Extension            per.Extension
}
