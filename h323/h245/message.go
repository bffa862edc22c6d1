package h245

import "parley/h323/per"

// MultimediaSystemControlMessage is every message of H.245: a request asks for
// a response, a response answers one, a command asks for an action alone, an
// indication for neither.
type MultimediaSystemControlMessage struct {
	per.Choice
	Request    *RequestMessage
	Response   *ResponseMessage
	Command    *CommandMessage
	Indication *IndicationMessage
	Extension  per.Extension
}

// RequestMessage is answered by a ResponseMessage of the same signalling
// entity.
type RequestMessage struct {
	per.Choice
	NonStandard               *NonStandardMessage
	MasterSlaveDetermination  *MasterSlaveDetermination
	TerminalCapabilitySet     *TerminalCapabilitySet
	OpenLogicalChannel        *OpenLogicalChannel
	CloseLogicalChannel       *CloseLogicalChannel
	RequestChannelClose       *RequestChannelClose
	MultiplexEntrySend        *MultiplexEntrySend
	RequestMultiplexEntry     *RequestMultiplexEntry
	RequestMode               *RequestMode
	RoundTripDelayRequest     *RoundTripDelayRequest
	MaintenanceLoopRequest    *MaintenanceLoopRequest
	Extension                 per.Extension
	CommunicationModeRequest  *CommunicationModeRequest
	ConferenceRequest         *ConferenceRequest
	MultilinkRequest          *MultilinkRequest
	LogicalChannelRateRequest *LogicalChannelRateRequest
	GenericRequest            *GenericMessage
}

// ResponseMessage answers a RequestMessage.
type ResponseMessage struct {
	per.Choice
	NonStandard                    *NonStandardMessage
	MasterSlaveDeterminationAck    *MasterSlaveDeterminationAck
	MasterSlaveDeterminationReject *MasterSlaveDeterminationReject
	TerminalCapabilitySetAck       *TerminalCapabilitySetAck
	TerminalCapabilitySetReject    *TerminalCapabilitySetReject
	OpenLogicalChannelAck          *OpenLogicalChannelAck
	OpenLogicalChannelReject       *OpenLogicalChannelReject
	CloseLogicalChannelAck         *CloseLogicalChannelAck
	RequestChannelCloseAck         *RequestChannelCloseAck
	RequestChannelCloseReject      *RequestChannelCloseReject
	MultiplexEntrySendAck          *MultiplexEntrySendAck
	MultiplexEntrySendReject       *MultiplexEntrySendReject
	RequestMultiplexEntryAck       *RequestMultiplexEntryAck
	RequestMultiplexEntryReject    *RequestMultiplexEntryReject
	RequestModeAck                 *RequestModeAck
	RequestModeReject              *RequestModeReject
	RoundTripDelayResponse         *RoundTripDelayResponse
	MaintenanceLoopAck             *MaintenanceLoopAck
	MaintenanceLoopReject          *MaintenanceLoopReject
	Extension                      per.Extension
	CommunicationModeResponse      *CommunicationModeResponse
	ConferenceResponse             *ConferenceResponse
	MultilinkResponse              *MultilinkResponse
	LogicalChannelRateAcknowledge  *LogicalChannelRateAcknowledge
	LogicalChannelRateReject       *LogicalChannelRateReject
	GenericResponse                *GenericMessage
}

// CommandMessage is obeyed, and not answered.
type CommandMessage struct {
	per.Choice
	NonStandard                           *NonStandardMessage
	MaintenanceLoopOffCommand             *MaintenanceLoopOffCommand
	SendTerminalCapabilitySet             *SendTerminalCapabilitySet
	EncryptionCommand                     *EncryptionCommand
	FlowControlCommand                    *FlowControlCommand
	EndSessionCommand                     *EndSessionCommand
	MiscellaneousCommand                  *MiscellaneousCommand
	Extension                             per.Extension
	CommunicationModeCommand              *CommunicationModeCommand
	ConferenceCommand                     *ConferenceCommand
	H223MultiplexReconfiguration          *H223MultiplexReconfiguration
	NewATMVCCommand                       *NewATMVCCommand
	MobileMultilinkReconfigurationCommand *MobileMultilinkReconfigurationCommand
	GenericCommand                        *GenericMessage
}

// IndicationMessage informs; nothing need be done.
type IndicationMessage struct {
	per.Choice
	NonStandard                              *NonStandardMessage
	FunctionNotUnderstood                    *FunctionNotUnderstood
	MasterSlaveDeterminationRelease          *MasterSlaveDeterminationRelease
	TerminalCapabilitySetRelease             *TerminalCapabilitySetRelease
	OpenLogicalChannelConfirm                *OpenLogicalChannelConfirm
	RequestChannelCloseRelease               *RequestChannelCloseRelease
	MultiplexEntrySendRelease                *MultiplexEntrySendRelease
	RequestMultiplexEntryRelease             *RequestMultiplexEntryRelease
	RequestModeRelease                       *RequestModeRelease
	MiscellaneousIndication                  *MiscellaneousIndication
	JitterIndication                         *JitterIndication
	H223SkewIndication                       *H223SkewIndication
	NewATMVCIndication                       *NewATMVCIndication
	UserInput                                *UserInputIndication
	Extension                                per.Extension
	H2250MaximumSkewIndication               *H2250MaximumSkewIndication
	MCLocationIndication                     *MCLocationIndication
	ConferenceIndication                     *ConferenceIndication
	VendorIdentification                     *VendorIdentification
	FunctionNotSupported                     *FunctionNotSupported
	MultilinkIndication                      *MultilinkIndication
	LogicalChannelRateRelease                *LogicalChannelRateRelease
	FlowControlIndication                    *FlowControlIndication
	MobileMultilinkReconfigurationIndication *MobileMultilinkReconfigurationIndication
	GenericIndication                        *GenericMessage
}

// SequenceNumber pairs a response with its request; it counts modulo 256.
type SequenceNumber uint8

// PERTag is the constraint.
func (SequenceNumber) PERTag() string { return "range=0..255" }
