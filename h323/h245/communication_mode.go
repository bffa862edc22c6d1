package h245

import "parley/h323/per"

// CommunicationModeCommand is how an MC tells the terminals which sessions to
// use (H.323 clause 8.4.5).
type CommunicationModeCommand struct {
	CommunicationModeTable []CommunicationModeTableEntry `per:"size=1..256"`
	Extension              per.Extension
}

// CommunicationModeRequest asks an MC for the mode.
type CommunicationModeRequest struct {
	Extension per.Extension
}

// CommunicationModeResponse answers with the mode.
type CommunicationModeResponse struct {
	per.Choice
	CommunicationModeTable []CommunicationModeTableEntry `per:"size=1..256"`
	Extension              per.Extension
}

// CommunicationModeTableEntry is one session with its media and addresses.
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

// CommunicationModeDataType is what flows in the session.
type CommunicationModeDataType struct {
	per.Choice
	VideoData *VideoCapability
	AudioData *AudioCapability
	Data      *DataApplicationCapability
	Extension per.Extension
}
