package h245

import "parley/h323/per"

type RequestMode struct {
	SequenceNumber SequenceNumber
	RequestedModes []ModeDescription `per:"size=1..256"`
	Extension      per.Extension
}

type RequestModeAck struct {
	SequenceNumber SequenceNumber
	Response       RequestModeAckResponse
	Extension      per.Extension
}

type RequestModeAckResponse struct {
	per.Choice
	WillTransmitMostPreferredMode *per.Null
	WillTransmitLessPreferredMode *per.Null
	Extension                     per.Extension
}

type RequestModeReject struct {
	SequenceNumber SequenceNumber
	Cause          RequestModeRejectCause
	Extension      per.Extension
}

type RequestModeRejectCause struct {
	per.Choice
	ModeUnavailable      *per.Null
	MultipointConstraint *per.Null
	RequestDenied        *per.Null
	Extension            per.Extension
}

type RequestModeRelease struct {
	Extension per.Extension
}

type ModeDescription []ModeElement

// PERTag is the constraint.
func (ModeDescription) PERTag() string { return "size=1..256" }

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

type H235Mode struct {
	EncryptionAuthenticationAndIntegrity EncryptionAuthenticationAndIntegrity
	MediaMode                            H235MediaMode
	Extension                            per.Extension
}

type H235MediaMode struct {
	per.Choice
	NonStandard *NonStandardParameter
	VideoMode   *VideoMode
	AudioMode   *AudioMode
	DataMode    *DataMode
	Extension   per.Extension
}

type MultiplexedStreamModeParameters struct {
	LogicalChannelNumber LogicalChannelNumber
	Extension            per.Extension
}

type RedundancyEncodingDTMode struct {
	RedundancyEncodingMethod RedundancyEncodingMethod
	Primary                  RedundancyEncodingDTModeElement
	Secondary                []RedundancyEncodingDTModeElement
	Extension                per.Extension
}

type RedundancyEncodingDTModeElement struct {
	Type      RedundancyEncodingDTModeElementType
	Extension per.Extension
}

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

type MultiplePayloadStreamMode struct {
	Elements  []MultiplePayloadStreamElementMode
	Extension per.Extension
}

type MultiplePayloadStreamElementMode struct {
	Type      ModeElementType
	Extension per.Extension
}

type H223ModeParameters struct {
	AdaptationLayerType AdaptationLayerType
	SegmentableFlag     bool
	Extension           per.Extension
}

type V76ModeParameters struct {
	per.Choice
	SuspendResumewAddress  *per.Null
	SuspendResumewoAddress *per.Null
	Extension              per.Extension
}

type H2250ModeParameters struct {
	RedundancyEncodingMode *RedundancyEncodingMode `per:"optional"`
	Extension              per.Extension
}

type RedundancyEncodingMode struct {
	RedundancyEncodingMethod RedundancyEncodingMethod
	SecondaryEncoding        *RedundancyEncodingModeSecondaryEncoding `per:"optional"`
	Extension                per.Extension
}

type RedundancyEncodingModeSecondaryEncoding struct {
	per.Choice
	NonStandard *NonStandardParameter
	AudioData   *AudioMode
	Extension   per.Extension
}
