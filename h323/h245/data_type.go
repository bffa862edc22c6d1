package h245

import "parley/h323/per"

// DataType is what flows in a channel.
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
	DepFEC                *DepFECData `per:"name=depFec"`
	FEC                   *FECData
}

// H235Media is a data type under the protection of H.235.
type H235Media struct {
	EncryptionAuthenticationAndIntegrity EncryptionAuthenticationAndIntegrity
	MediaType                            H235MediaType
	Extension                            per.Extension
}

// H235MediaType is the data type that is protected.
type H235MediaType struct {
	per.Choice
	NonStandard           *NonStandardParameter
	VideoData             *VideoCapability
	AudioData             *AudioCapability
	Data                  *DataApplicationCapability
	Extension             per.Extension
	RedundancyEncoding    *RedundancyEncoding
	MultiplePayloadStream *MultiplePayloadStream
	DepFEC                *DepFECData `per:"name=depFec"`
	FEC                   *FECData
}

// MultiplexedStreamParameter is a stream with its own multiplex.
type MultiplexedStreamParameter struct {
	MultiplexFormat    MultiplexFormat
	ControlOnMuxStream bool
	Extension          per.Extension
}

// MultiplePayloadStream is several data types in one channel.
type MultiplePayloadStream struct {
	Elements  []MultiplePayloadStreamElement
	Extension per.Extension
}

// MultiplePayloadStreamElement is one of them with its payload type.
type MultiplePayloadStreamElement struct {
	DataType    DataType
	PayloadType *uint8 `per:"optional,range=0..127"`
	Extension   per.Extension
}
