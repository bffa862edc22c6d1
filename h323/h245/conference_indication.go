package h245

import "parley/h323/per"

type ConferenceIndication struct {
	per.Choice
	SBENumber                              *uint8 `per:"range=0..9"`
	TerminalNumberAssign                   *TerminalLabel
	TerminalJoinedConference               *TerminalLabel
	TerminalLeftConference                 *TerminalLabel
	SeenByAtLeastOneOther                  *per.Null
	CancelSeenByAtLeastOneOther            *per.Null
	SeenByAll                              *per.Null
	CancelSeenByAll                        *per.Null
	TerminalYouAreSeeing                   *TerminalLabel
	RequestForFloor                        *per.Null
	Extension                              per.Extension
	WithdrawChairToken                     *per.Null
	FloorRequested                         *TerminalLabel
	TerminalYouAreSeeingInSubPictureNumber *TerminalYouAreSeeingInSubPictureNumber
	VideoIndicateCompose                   *VideoIndicateCompose
	MasterMCU                              *per.Null
	CancelMasterMCU                        *per.Null
}

type TerminalYouAreSeeingInSubPictureNumber struct {
	TerminalNumber   TerminalNumber
	SubPictureNumber uint8 `per:"range=0..255"`
	Extension        per.Extension
	MCUNumber        *MCUNumber
}

type VideoIndicateCompose struct {
	CompositionNumber uint8 `per:"range=0..255"`
	Extension         per.Extension
}
