package h245

import "parley/h323/per"

type DataType struct {
	per.Choice
	NonStandard           *NonStandardParameter
	NullData              *per.Null
	VideoData             *VideoCapability
	AudioData             *AudioCapability
	Data                  *DataApplicationCapability
	EncryptionData        *EncryptionMode
	Extension             per.Extension
	H235Control           *NonStandardParameter
	H235Media             *H235Media
	MultiplexedStream     *MultiplexedStreamParameter
	RedundancyEncoding    *RedundancyEncoding
	MultiplePayloadStream *MultiplePayloadStream
	DepFec                *DepFECData
	FEC                   *FECData
}

type H235Media struct {
	EncryptionAuthenticationAndIntegrity EncryptionAuthenticationAndIntegrity
	MediaType                            H235MediaType
	Extension                            per.Extension
}

type H235MediaType struct {
	per.Choice
	NonStandard           *NonStandardParameter
	VideoData             *VideoCapability
	AudioData             *AudioCapability
	Data                  *DataApplicationCapability
	Extension             per.Extension
	RedundancyEncoding    *RedundancyEncoding
	MultiplePayloadStream *MultiplePayloadStream
	DepFec                *DepFECData
	FEC                   *FECData
}

type MultiplexedStreamParameter struct {
	MultiplexFormat    MultiplexFormat
	ControlOnMuxStream bool
	Extension          per.Extension
}

type MultiplePayloadStream struct {
	Elements  []MultiplePayloadStreamElement
	Extension per.Extension
}

type MultiplePayloadStreamElement struct {
	DataType    DataType
	PayloadType *uint8 `per:"optional,range=0..127"`
	Extension   per.Extension
}
