package h245

import "parley/h323/per"

// ConferenceIndication is what an MC or terminal tells in a conference (H.243).
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

// TerminalYouAreSeeingInSubPictureNumber tells who is in a part of a composed
// picture.
type TerminalYouAreSeeingInSubPictureNumber struct {
	TerminalNumber   TerminalNumber
	SubPictureNumber uint8 `per:"range=0..255"`
	Extension        per.Extension
	MCUNumber        *MCUNumber
}

// VideoIndicateCompose tells the composition of the picture.
type VideoIndicateCompose struct {
	CompositionNumber uint8 `per:"range=0..255"`
	Extension         per.Extension
}
