package h245

import "parley/h323/per"

type MiscellaneousCommand struct {
	LogicalChannelNumber LogicalChannelNumber
	Type                 MiscellaneousCommandType
	Extension            per.Extension
	Direction            *EncryptionUpdateDirection
}

type MiscellaneousCommandType struct {
	per.Choice
	EqualiseDelay                        *per.Null
	ZeroDelay                            *per.Null
	MultipointModeCommand                *per.Null
	CancelMultipointModeCommand          *per.Null
	VideoFreezePicture                   *per.Null
	VideoFastUpdatePicture               *per.Null
	VideoFastUpdateGOB                   *VideoFastUpdateGOB
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

type VideoFastUpdateGOB struct {
	FirstGOB     uint8 `per:"range=0..17"`
	NumberOfGOBs uint8 `per:"range=1..18"`
}

type VideoFastUpdateMB struct {
	FirstGOB    *uint8  `per:"optional,range=0..255"`
	FirstMB     *uint16 `per:"optional,range=1..8192"`
	NumberOfMBs uint16  `per:"range=1..8192"`
	Extension   per.Extension
}

type ProgressiveRefinementStart struct {
	RepeatCount ProgressiveRefinementRepeatCount
	Extension   per.Extension
}

type ProgressiveRefinementRepeatCount struct {
	per.Choice
	DoOneProgression                    *per.Null
	DoContinuousProgressions            *per.Null
	DoOneIndependentProgression         *per.Null
	DoContinuousIndependentProgressions *per.Null
	Extension                           per.Extension
}

type VideoBadMBs struct {
	FirstMB           uint16 `per:"range=1..9216"`
	NumberOfMBs       uint16 `per:"range=1..9216"`
	TemporalReference uint16 `per:"range=0..1023"`
	Extension         per.Extension
}

type LostPartialPicture struct {
	PictureReference PictureReference
	FirstMB          uint16 `per:"range=1..9216"`
	NumberOfMBs      uint16 `per:"range=1..9216"`
	Extension        per.Extension
}

type EncryptionUpdateCommand struct {
	EncryptionSync        EncryptionSync
	MultiplePayloadStream *MultiplePayloadStream `per:"optional"`
	Extension             per.Extension
}

type EncryptionUpdateAck struct {
	SynchFlag uint8 `per:"range=0..255"`
	Extension per.Extension
}

type PictureReference struct {
	per.Choice
	PictureNumber        *uint16 `per:"range=0..1023"`
	LongTermPictureIndex *uint8  `per:"range=0..255"`
	Extension            per.Extension
}
