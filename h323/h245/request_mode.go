package h245

import "parley/h323/per"

// RequestMode asks the peer to transmit in one of the modes, the first
// preferred (clause C.9).
type RequestMode struct {
	SequenceNumber SequenceNumber
	RequestedModes []ModeDescription `per:"size=1..256"`
	Extension      per.Extension
}

// RequestModeAck tells whether the first mode, or another, will be transmitted.
type RequestModeAck struct {
	SequenceNumber SequenceNumber
	Response       RequestModeAckResponse
	Extension      per.Extension
}

// RequestModeAckResponse is which mode will be transmitted.
type RequestModeAckResponse struct {
	per.Choice
	WillTransmitMostPreferredMode *per.Null
	WillTransmitLessPreferredMode *per.Null
	Extension                     per.Extension
}

// RequestModeReject tells that none of the modes will be.
type RequestModeReject struct {
	SequenceNumber SequenceNumber
	Cause          RequestModeRejectCause
	Extension      per.Extension
}

// RequestModeRejectCause is why the mode stays.
type RequestModeRejectCause struct {
	per.Choice
	ModeUnavailable      *per.Null
	MultipointConstraint *per.Null
	RequestDenied        *per.Null
	Extension            per.Extension
}

// RequestModeRelease tells that the request has timed out.
type RequestModeRelease struct {
	Extension per.Extension
}

// ModeDescription is one mode: all its elements at once.
type ModeDescription []ModeElement

// PERTag is the constraint.
func (ModeDescription) PERTag() string { return "size=1..256" }

// ModeElement is one stream of a mode, with parameters of its multiplex.
type ModeElement struct {
	Type                            ModeElementType
	H223ModeParameters              *H223ModeParameters `per:"optional"`
	Extension                       per.Extension
	V76ModeParameters               *V76ModeParameters
	H2250ModeParameters             *H2250ModeParameters
	GenericModeParameters           *GenericCapability
	MultiplexedStreamModeParameters *MultiplexedStreamModeParameters
	LogicalChannelNumber            *LogicalChannelNumber
}

// ModeElementType is what the stream shall be.
type ModeElementType struct {
	per.Choice
	NonStandard               *NonStandardParameter
	VideoMode                 *VideoMode
	AudioMode                 *AudioMode
	DataMode                  *DataMode
	EncryptionMode            *EncryptionMode
	Extension                 per.Extension
	H235Mode                  *H235Mode
	MultiplexedStreamMode     *MultiplexedStreamParameter
	RedundancyEncodingDTMode  *RedundancyEncodingDTMode
	MultiplePayloadStreamMode *MultiplePayloadStreamMode
	DepFecMode                *DepFECMode
	FECMode                   *FECMode
}

// H235Mode is a stream under the protection of H.235.
type H235Mode struct {
	EncryptionAuthenticationAndIntegrity EncryptionAuthenticationAndIntegrity
	MediaMode                            H235MediaMode
	Extension                            per.Extension
}

// H235MediaMode is the stream that is protected.
type H235MediaMode struct {
	per.Choice
	NonStandard *NonStandardParameter
	VideoMode   *VideoMode
	AudioMode   *AudioMode
	DataMode    *DataMode
	Extension   per.Extension
}

// MultiplexedStreamModeParameters is the channel of a multiplexed stream.
type MultiplexedStreamModeParameters struct {
	LogicalChannelNumber LogicalChannelNumber
	Extension            per.Extension
}

// RedundancyEncodingDTMode is a redundant stream.
type RedundancyEncodingDTMode struct {
	RedundancyEncodingMethod RedundancyEncodingMethod
	Primary                  RedundancyEncodingDTModeElement
	Secondary                []RedundancyEncodingDTModeElement
	Extension                per.Extension
}

// RedundancyEncodingDTModeElement is one encoding of a redundant stream.
type RedundancyEncodingDTModeElement struct {
	Type      RedundancyEncodingDTModeElementType
	Extension per.Extension
}

// RedundancyEncodingDTModeElementType is what the encoding shall be.
type RedundancyEncodingDTModeElementType struct {
	per.Choice
	NonStandard    *NonStandardParameter
	VideoMode      *VideoMode
	AudioMode      *AudioMode
	DataMode       *DataMode
	EncryptionMode *EncryptionMode
	H235Mode       *H235Mode
	Extension      per.Extension
	FECMode        *FECMode
}

// MultiplePayloadStreamMode is several streams in one channel.
type MultiplePayloadStreamMode struct {
	Elements  []MultiplePayloadStreamElementMode
	Extension per.Extension
}

// MultiplePayloadStreamElementMode is one of them.
type MultiplePayloadStreamElementMode struct {
	Type      ModeElementType
	Extension per.Extension
}

// H223ModeParameters are for the multiplex of H.324.
type H223ModeParameters struct {
	AdaptationLayerType AdaptationLayerType
	SegmentableFlag     bool
	Extension           per.Extension
}

// V76ModeParameters are for the multiplex of V.70.
type V76ModeParameters struct {
	per.Choice
	SuspendResumewAddress  *per.Null
	SuspendResumewoAddress *per.Null
	Extension              per.Extension
}

// H2250ModeParameters are for RTP.
type H2250ModeParameters struct {
	RedundancyEncodingMode *RedundancyEncodingMode `per:"optional"`
	Extension              per.Extension
}

// RedundancyEncodingMode is how copies are sent.
type RedundancyEncodingMode struct {
	RedundancyEncodingMethod RedundancyEncodingMethod
	SecondaryEncoding        *RedundancyEncodingModeSecondaryEncoding `per:"optional"`
	Extension                per.Extension
}

// RedundancyEncodingModeSecondaryEncoding is what the copies are.
type RedundancyEncodingModeSecondaryEncoding struct {
	per.Choice
	NonStandard *NonStandardParameter
	AudioData   *AudioMode
	Extension   per.Extension
}
