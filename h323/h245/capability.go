package h245

import "parley/h323/per"

// Capability is one thing that a terminal can receive, transmit, or receive and
// transmit at once.
type Capability struct {
	per.Choice
	NonStandard                                   *NonStandardParameter
	ReceiveVideoCapability                        *VideoCapability
	TransmitVideoCapability                       *VideoCapability
	ReceiveAndTransmitVideoCapability             *VideoCapability
	ReceiveAudioCapability                        *AudioCapability
	TransmitAudioCapability                       *AudioCapability
	ReceiveAndTransmitAudioCapability             *AudioCapability
	ReceiveDataApplicationCapability              *DataApplicationCapability
	TransmitDataApplicationCapability             *DataApplicationCapability
	ReceiveAndTransmitDataApplicationCapability   *DataApplicationCapability
	H233EncryptionTransmitCapability              *bool
	H233EncryptionReceiveCapability               *H233EncryptionReceiveCapability
	Extension                                     per.Extension
	ConferenceCapability                          *ConferenceCapability
	H235SecurityCapability                        *H235SecurityCapability
	MaxPendingReplacementFor                      *uint8 `per:"range=0..255"`
	ReceiveUserInputCapability                    *UserInputCapability
	TransmitUserInputCapability                   *UserInputCapability
	ReceiveAndTransmitUserInputCapability         *UserInputCapability
	GenericControlCapability                      *GenericCapability
	ReceiveMultiplexedStreamCapability            *MultiplexedStreamCapability
	TransmitMultiplexedStreamCapability           *MultiplexedStreamCapability
	ReceiveAndTransmitMultiplexedStreamCapability *MultiplexedStreamCapability
	ReceiveRTPAudioTelephonyEventCapability       *AudioTelephonyEventCapability
	ReceiveRTPAudioToneCapability                 *AudioToneCapability
	DepFECCapability                              *DepFECCapability `per:"name=depFecCapability"`
	MultiplePayloadStreamCapability               *MultiplePayloadStreamCapability
	FECCapability                                 *FECCapability
	RedundancyEncodingCap                         *RedundancyEncodingCapability
	OneOfCapabilities                             AlternativeCapabilitySet
}

// H233EncryptionReceiveCapability is that of ITU-T H.233, in H.320 and H.324.
type H233EncryptionReceiveCapability struct {
	H233IVResponseTime uint8 `per:"name=h233IVResponseTime,range=0..255"`
	Extension          per.Extension
}

// ConferenceCapability tells what a terminal can do in a conference of several.
type ConferenceCapability struct {
	NonStandardData                   []NonStandardParameter `per:"optional"`
	ChairControlCapability            bool
	Extension                         per.Extension
	VideoIndicateMixingCapability     *bool
	MultipointVisualizationCapability *bool
}

// GenericCapability is a capability that a Recommendation defines by its
// identifier, such as H.264's by H.241. Collapsing parameters become common to
// several terminals by rule, NonCollapsing ones do not.
type GenericCapability struct {
	CapabilityIdentifier CapabilityIdentifier
	// MaxBitRate is in 100 bit/s.
	MaxBitRate       *uint32                 `per:"optional,range=0..4294967295"`
	Collapsing       []GenericParameter      `per:"optional"`
	NonCollapsing    []GenericParameter      `per:"optional"`
	NonCollapsingRaw []byte                  `per:"optional"`
	Transport        *DataProtocolCapability `per:"optional"`
	Extension        per.Extension
}

// CapabilityIdentifier names a generic capability or message.
type CapabilityIdentifier struct {
	per.Choice
	Standard        per.OID
	H221NonStandard *NonStandardParameter
	UUID            *[16]byte
	DomainBased     string `per:"ia5,size=1..64"`
	Extension       per.Extension
}

// MultiplePayloadStreamCapability tells which capabilities may share one
// logical channel.
type MultiplePayloadStreamCapability struct {
	Capabilities []AlternativeCapabilitySet `per:"size=1..256"`
	Extension    per.Extension
}

// MultiplexedStreamCapability is a stream with its own multiplex inside of a
// logical channel.
type MultiplexedStreamCapability struct {
	MultiplexFormat       MultiplexFormat
	ControlOnMuxStream    bool
	CapabilityOnMuxStream []AlternativeCapabilitySet `per:"optional,size=1..256"`
	Extension             per.Extension
}

// MultiplexFormat is the multiplex within a stream.
type MultiplexFormat struct {
	per.Choice
	NonStandard    *NonStandardParameter
	H222Capability *H222Capability
	H223Capability *H223Capability
	Extension      per.Extension
}
