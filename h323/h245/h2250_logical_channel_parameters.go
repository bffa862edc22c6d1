package h245

import "parley/h323/per"

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
	DynamicRTPPayloadType          *uint8                 `per:"optional,range=96..127"`
	MediaPacketization             *MediaPacketization    `per:"optional"`
	Extension                      per.Extension
	TransportCapability            *TransportCapability
	RedundancyEncoding             *RedundancyEncoding
	Source                         *TerminalLabel
}

type MediaPacketization struct {
	per.Choice
	H261aVideoPacketization *per.Null
	Extension               per.Extension
	RTPPayloadType          *RTPPayloadType
}

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

type RTPPayloadType struct {
	PayloadDescriptor RTPPayloadDescriptor
	PayloadType       *uint8 `per:"optional,range=0..127"`
	Extension         per.Extension
}

type RTPPayloadDescriptor struct {
	per.Choice
	NonStandardIdentifier *NonStandardParameter
	RFCNumber             *uint32 `per:"name=rfc-number,range=1..32768,ext"`
	OID                   per.OID
	Extension             per.Extension
}

type RedundancyEncoding struct {
	RedundancyEncodingMethod RedundancyEncodingMethod
	SecondaryEncoding        *DataType `per:"optional"`
	Extension                per.Extension
	RTPRedundancyEncoding    *RTPRedundancyEncoding
}

type RTPRedundancyEncoding struct {
	Primary   *RedundancyEncodingElement  `per:"optional"`
	Secondary []RedundancyEncodingElement `per:"optional"`
	Extension per.Extension
}

type RedundancyEncodingElement struct {
	DataType    DataType
	PayloadType *uint8 `per:"optional,range=0..127"`
	Extension   per.Extension
}
