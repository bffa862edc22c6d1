package h245

import "parley/h323/per"

type MultiplexCapability struct {
	per.Choice
	NonStandard                *NonStandardParameter
	H222Capability             *H222Capability
	H223Capability             *H223Capability
	V76Capability              *V76Capability
	Extension                  per.Extension
	H2250Capability            *H2250Capability
	GenericMultiplexCapability *GenericCapability
}

type H222Capability struct {
	NumberOfVCs  uint16 `per:"range=1..256"`
	VcCapability []VCCapability
	Extension    per.Extension
}

type VCCapability struct {
	AAL1              *VCCapabilityAAL1 `per:"optional"`
	AAL5              *VCCapabilityAAL5 `per:"optional"`
	TransportStream   bool
	ProgramStream     bool
	AvailableBitRates AvailableBitRates
	Extension         per.Extension
	AAL1ViaGateway    *VCCapabilityAAL1ViaGateway
}

type VCCapabilityAAL1 struct {
	NullClockRecovery      bool
	SrtsClockRecovery      bool
	AdaptiveClockRecovery  bool
	NullErrorCorrection    bool
	LongInterleaver        bool
	ShortInterleaver       bool
	ErrorCorrectionOnly    bool
	StructuredDataTransfer bool
	PartiallyFilledCells   bool
	Extension              per.Extension
}

type VCCapabilityAAL5 struct {
	ForwardMaximumSDUSize  uint16 `per:"range=0..65535"`
	BackwardMaximumSDUSize uint16 `per:"range=0..65535"`
	Extension              per.Extension
}

type AvailableBitRates struct {
	Type      AvailableBitRatesType
	Extension per.Extension
}

type AvailableBitRatesType struct {
	per.Choice
	SingleBitRate   *uint16 `per:"range=1..65535"`
	RangeOfBitRates *RangeOfBitRates
}

type RangeOfBitRates struct {
	LowerBitRate  uint16 `per:"range=1..65535"`
	HigherBitRate uint16 `per:"range=1..65535"`
}

type VCCapabilityAAL1ViaGateway struct {
	GatewayAddress         []Q2931Address `per:"size=1..256"`
	NullClockRecovery      bool
	SrtsClockRecovery      bool
	AdaptiveClockRecovery  bool
	NullErrorCorrection    bool
	LongInterleaver        bool
	ShortInterleaver       bool
	ErrorCorrectionOnly    bool
	StructuredDataTransfer bool
	PartiallyFilledCells   bool
	Extension              per.Extension
}

type H223Capability struct {
	TransportWithIFrames              bool `per:"name=transportWithI-frames"`
	VideoWithAL1                      bool
	VideoWithAL2                      bool
	VideoWithAL3                      bool
	AudioWithAL1                      bool
	AudioWithAL2                      bool
	AudioWithAL3                      bool
	DataWithAL1                       bool
	DataWithAL2                       bool
	DataWithAL3                       bool
	MaximumAl2SDUSize                 uint16 `per:"range=0..65535"`
	MaximumAl3SDUSize                 uint16 `per:"range=0..65535"`
	MaximumDelayJitter                uint16 `per:"range=0..1023"`
	H223MultiplexTableCapability      H223MultiplexTableCapability
	Extension                         per.Extension
	MaxMUXPDUSizeCapability           *bool
	NsrpSupport                       *bool
	MobileOperationTransmitCapability *MobileOperationTransmitCapability
	H223AnnexCCapability              *H223AnnexCCapability
	BitRate                           *uint16 `per:"range=1..19200"`
	MobileMultilinkFrameCapability    *MobileMultilinkFrameCapability
}

type H223MultiplexTableCapability struct {
	per.Choice
	Basic    *per.Null
	Enhanced *H223MultiplexTableEnhanced
}

type H223MultiplexTableEnhanced struct {
	MaximumNestingDepth       uint8 `per:"range=1..15"`
	MaximumElementListSize    uint8 `per:"range=2..255"`
	MaximumSubElementListSize uint8 `per:"range=2..255"`
	Extension                 per.Extension
}

type MobileOperationTransmitCapability struct {
	ModeChangeCapability bool
	H223AnnexA           bool
	H223AnnexADoubleFlag bool
	H223AnnexB           bool
	H223AnnexBwithHeader bool
	Extension            per.Extension
}

type MobileMultilinkFrameCapability struct {
	MaximumSampleSize    uint8  `per:"range=1..255"`
	MaximumPayloadLength uint16 `per:"range=1..65025"`
	Extension            per.Extension
}

type H223AnnexCCapability struct {
	VideoWithAL1M      bool
	VideoWithAL2M      bool
	VideoWithAL3M      bool
	AudioWithAL1M      bool
	AudioWithAL2M      bool
	AudioWithAL3M      bool
	DataWithAL1M       bool
	DataWithAL2M       bool
	DataWithAL3M       bool
	AlpduInterleaving  bool
	MaximumAL1MPDUSize uint16 `per:"range=0..65535"`
	MaximumAL2MSDUSize uint16 `per:"range=0..65535"`
	MaximumAL3MSDUSize uint16 `per:"range=0..65535"`
	Extension          per.Extension
	RsCodeCapability   *bool
}

type V76Capability struct {
	SuspendResumeCapabilitywAddress  bool
	SuspendResumeCapabilitywoAddress bool
	RejCapability                    bool
	SREJCapability                   bool `per:"name=sREJCapability"`
	MREJCapability                   bool `per:"name=mREJCapability"`
	CRC8bitCapability                bool
	CRC16bitCapability               bool
	CRC32bitCapability               bool
	UihCapability                    bool
	NumOfDLCS                        uint16 `per:"range=2..8191"`
	TwoOctetAddressFieldCapability   bool
	LoopBackTestCapability           bool
	N401Capability                   uint16 `per:"range=1..4095"`
	MaxWindowSizeCapability          uint8  `per:"range=1..127"`
	V75Capability                    V75Capability
	Extension                        per.Extension
}

type V75Capability struct {
	AudioHeader bool
	Extension   per.Extension
}
