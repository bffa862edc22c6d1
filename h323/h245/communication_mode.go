package h245

import "parley/h323/per"

type CommunicationModeCommand struct {
	CommunicationModeTable []CommunicationModeTableEntry `per:"size=1..256"`
	Extension              per.Extension
}

type CommunicationModeRequest struct {
	Extension per.Extension
}

type CommunicationModeResponse struct {
	per.Choice
	CommunicationModeTable []CommunicationModeTableEntry `per:"size=1..256"`
	Extension              per.Extension
}

type CommunicationModeTableEntry struct {
	NonStandard                    []NonStandardParameter `per:"optional"`
	SessionID                      uint8                  `per:"range=1..255"`
	AssociatedSessionID            *uint8                 `per:"optional,range=1..255"`
	TerminalLabel                  *TerminalLabel         `per:"optional"`
	SessionDescription             string                 `per:"bmp,size=1..128"`
	DataType                       CommunicationModeDataType
	MediaChannel                   *TransportAddress `per:"optional"`
	MediaGuaranteedDelivery        *bool             `per:"optional"`
	MediaControlChannel            *TransportAddress `per:"optional"`
	MediaControlGuaranteedDelivery *bool             `per:"optional"`
	Extension                      per.Extension
	RedundancyEncoding             *RedundancyEncoding
	SessionDependency              *uint8 `per:"range=1..255"`
	Destination                    *TerminalLabel
}

type CommunicationModeDataType struct {
	per.Choice
	VideoData *VideoCapability
	AudioData *AudioCapability
	Data      *DataApplicationCapability
	Extension per.Extension
}
