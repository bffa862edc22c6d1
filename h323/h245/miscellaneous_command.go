package h245

import "parley/h323/per"

// MiscellaneousCommand is a command about one logical channel.
type MiscellaneousCommand struct {
	LogicalChannelNumber LogicalChannelNumber
	Type                 MiscellaneousCommandType
	Extension            per.Extension
	Direction            *EncryptionUpdateDirection
}

// MiscellaneousCommandType is the command.
type MiscellaneousCommandType struct {
	per.Choice
	EqualiseDelay               *per.Null
	ZeroDelay                   *per.Null
	MultipointModeCommand       *per.Null
	CancelMultipointModeCommand *per.Null
	VideoFreezePicture          *per.Null
	VideoFastUpdatePicture      *per.Null
	VideoFastUpdateGOB          *VideoFastUpdateGOB
	// VideoTemporalSpatialTradeOff is 0 for the best picture to 31 for the most
	// pictures.
	VideoTemporalSpatialTradeOff         *uint8 `per:"range=0..31"`
	VideoSendSyncEveryGOB                *per.Null
	VideoSendSyncEveryGOBCancel          *per.Null
	Extension                            per.Extension
	VideoFastUpdateMB                    *VideoFastUpdateMB
	MaxH223MUXPDUsize                    *uint16 `per:"range=1..65535"`
	EncryptionUpdate                     *EncryptionSync
	EncryptionUpdateRequest              *EncryptionUpdateRequest
	SwitchReceiveMediaOff                *per.Null
	SwitchReceiveMediaOn                 *per.Null
	ProgressiveRefinementStart           *ProgressiveRefinementStart
	ProgressiveRefinementAbortOne        *per.Null
	ProgressiveRefinementAbortContinuous *per.Null
	VideoBadMBs                          *VideoBadMBs
	LostPicture                          []PictureReference
	LostPartialPicture                   *LostPartialPicture
	RecoveryReferencePicture             []PictureReference
	EncryptionUpdateCommand              *EncryptionUpdateCommand
	EncryptionUpdateAck                  *EncryptionUpdateAck
}

// VideoFastUpdateGOB asks to refresh groups of blocks.
type VideoFastUpdateGOB struct {
	FirstGOB     uint8 `per:"range=0..17"`
	NumberOfGOBs uint8 `per:"range=1..18"`
}

// VideoFastUpdateMB asks to refresh macroblocks.
type VideoFastUpdateMB struct {
	FirstGOB    *uint8  `per:"optional,range=0..255"`
	FirstMB     *uint16 `per:"optional,range=1..8192"`
	NumberOfMBs uint16  `per:"range=1..8192"`
	Extension   per.Extension
}

// ProgressiveRefinementStart asks for a picture that gets better and better.
type ProgressiveRefinementStart struct {
	RepeatCount ProgressiveRefinementRepeatCount
	Extension   per.Extension
}

// ProgressiveRefinementRepeatCount tells how often.
type ProgressiveRefinementRepeatCount struct {
	per.Choice
	DoOneProgression                    *per.Null
	DoContinuousProgressions            *per.Null
	DoOneIndependentProgression         *per.Null
	DoContinuousIndependentProgressions *per.Null
	Extension                           per.Extension
}

// VideoBadMBs tells which macroblocks were bad.
type VideoBadMBs struct {
	FirstMB           uint16 `per:"range=1..9216"`
	NumberOfMBs       uint16 `per:"range=1..9216"`
	TemporalReference uint16 `per:"range=0..1023"`
	Extension         per.Extension
}

// LostPartialPicture tells which part of a picture was lost.
type LostPartialPicture struct {
	PictureReference PictureReference
	FirstMB          uint16 `per:"range=1..9216"`
	NumberOfMBs      uint16 `per:"range=1..9216"`
	Extension        per.Extension
}

// EncryptionUpdateCommand hands a new key out.
type EncryptionUpdateCommand struct {
	EncryptionSync        EncryptionSync
	MultiplePayloadStream *MultiplePayloadStream `per:"optional"`
	Extension             per.Extension
}

// EncryptionUpdateAck tells that the new key was received.
type EncryptionUpdateAck struct {
	SynchFlag uint8 `per:"range=0..255"`
	Extension per.Extension
}

// PictureReference is a picture by its number.
type PictureReference struct {
	per.Choice
	PictureNumber        *uint16 `per:"range=0..1023"`
	LongTermPictureIndex *uint8  `per:"range=0..255"`
	Extension            per.Extension
}
