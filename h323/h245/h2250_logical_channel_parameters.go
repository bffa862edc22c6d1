package h245

import "parley/h323/per"

// H2250LogicalChannelParameters tell of a channel over RTP: session 1 is audio,
// 2 video, 3 data, 0 asks the master for a number. MediaControlChannel is the
// address for RTCP.
type H2250LogicalChannelParameters struct {
	NonStandard                    []NonStandardParameter `per:"optional"`
	SessionID                      uint8                  `per:"range=0..255"`
	AssociatedSessionID            *uint8                 `per:"optional,range=1..255"`
	MediaChannel                   *TransportAddress      `per:"optional"`
	MediaGuaranteedDelivery        *bool                  `per:"optional"`
	MediaControlChannel            *TransportAddress      `per:"optional"`
	MediaControlGuaranteedDelivery *bool                  `per:"optional"`
	SilenceSuppression             *bool                  `per:"optional"`
	Destination                    *TerminalLabel         `per:"optional"`
	// DynamicRTPPayloadType is the payload type of media without a static one.
	DynamicRTPPayloadType *uint8              `per:"optional,range=96..127"`
	MediaPacketization    *MediaPacketization `per:"optional"`
	Extension             per.Extension
	TransportCapability   *TransportCapability
	RedundancyEncoding    *RedundancyEncoding
	Source                *TerminalLabel
}

// MediaPacketization is the payload format.
type MediaPacketization struct {
	per.Choice
	H261aVideoPacketization *per.Null
	Extension               per.Extension
	RTPPayloadType          *RTPPayloadType
}

// H2250LogicalChannelAckParameters tell where media and its RTCP are expected.
type H2250LogicalChannelAckParameters struct {
	NonStandard           []NonStandardParameter `per:"optional"`
	SessionID             *uint8                 `per:"optional,range=1..255"`
	MediaChannel          *TransportAddress      `per:"optional"`
	MediaControlChannel   *TransportAddress      `per:"optional"`
	DynamicRTPPayloadType *uint8                 `per:"optional,range=96..127"`
	Extension             per.Extension
	FlowControlToZero     *bool
	PortNumber            *uint16 `per:"range=0..65535"`
	MultiplePayloadStream *MultiplePayloadStream
}

// RTPPayloadType is a payload format with its payload type.
type RTPPayloadType struct {
	PayloadDescriptor RTPPayloadDescriptor
	PayloadType       *uint8 `per:"optional,range=0..127"`
	Extension         per.Extension
}

// RTPPayloadDescriptor names a payload format by its RFC or identifier.
type RTPPayloadDescriptor struct {
	per.Choice
	NonStandardIdentifier *NonStandardParameter
	RFCNumber             *uint32 `per:"name=rfc-number,range=1..32768,ext"`
	OID                   per.OID
	Extension             per.Extension
}

// RedundancyEncoding is media that carries copies of itself.
type RedundancyEncoding struct {
	RedundancyEncodingMethod RedundancyEncodingMethod
	SecondaryEncoding        *DataType `per:"optional"`
	Extension                per.Extension
	RTPRedundancyEncoding    *RTPRedundancyEncoding
}

// RTPRedundancyEncoding lists the encodings of RFC 2198.
type RTPRedundancyEncoding struct {
	Primary   *RedundancyEncodingElement  `per:"optional"`
	Secondary []RedundancyEncodingElement `per:"optional"`
	Extension per.Extension
}

// RedundancyEncodingElement is one encoding of a redundant stream.
type RedundancyEncodingElement struct {
	DataType    DataType
	PayloadType *uint8 `per:"optional,range=0..127"`
	Extension   per.Extension
}
