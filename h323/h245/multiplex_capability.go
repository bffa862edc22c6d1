package h245

import "parley/h323/per"

// MultiplexCapability is what the sender's multiplex can do; H.323 uses
// H2250Capability.
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

// H222Capability is that of MPEG-2 systems over ATM (H.310).
type H222Capability struct {
	NumberOfVCs  uint16 `per:"range=1..256"`
	VcCapability []VCCapability
	Extension    per.Extension
}

// VCCapability is what an ATM virtual channel can be.
type VCCapability struct {
	AAL1              *VCCapabilityAAL1 `per:"optional"`
	AAL5              *VCCapabilityAAL5 `per:"optional"`
	TransportStream   bool
	ProgramStream     bool
	AvailableBitRates AvailableBitRates
	Extension         per.Extension
	AAL1ViaGateway    *VCCapabilityAAL1ViaGateway
}

// VCCapabilityAAL1 is a channel over ATM adaptation layer 1.
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

// VCCapabilityAAL5 is a channel over ATM adaptation layer 5; sizes in octets.
type VCCapabilityAAL5 struct {
	ForwardMaximumSDUSize  uint16 `per:"range=0..65535"`
	BackwardMaximumSDUSize uint16 `per:"range=0..65535"`
	Extension              per.Extension
}

// AvailableBitRates are in units of 64 kbit/s.
type AvailableBitRates struct {
	Type      AvailableBitRatesType
	Extension per.Extension
}

// AvailableBitRatesType is one rate or a range of them.
type AvailableBitRatesType struct {
	per.Choice
	SingleBitRate   *uint16 `per:"range=1..65535"`
	RangeOfBitRates *RangeOfBitRates
}

// RangeOfBitRates is in units of 64 kbit/s.
type RangeOfBitRates struct {
	LowerBitRate  uint16 `per:"range=1..65535"`
	HigherBitRate uint16 `per:"range=1..65535"`
}

// VCCapabilityAAL1ViaGateway is AAL1 through a gateway.
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

// H223Capability is that of the multiplex of H.324; sizes in octets, jitter in
// milliseconds.
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

// H223MultiplexTableCapability tells how complex a multiplex entry may be.
type H223MultiplexTableCapability struct {
	per.Choice
	Basic    *per.Null
	Enhanced *H223MultiplexTableEnhanced
}

// H223MultiplexTableEnhanced bounds multiplex entries beyond the basic ones.
type H223MultiplexTableEnhanced struct {
	MaximumNestingDepth       uint8 `per:"range=1..15"`
	MaximumElementListSize    uint8 `per:"range=2..255"`
	MaximumSubElementListSize uint8 `per:"range=2..255"`
	Extension                 per.Extension
}

// MobileOperationTransmitCapability tells the levels of H.223's mobile annexes.
type MobileOperationTransmitCapability struct {
	ModeChangeCapability bool
	H223AnnexA           bool
	H223AnnexADoubleFlag bool
	H223AnnexB           bool
	H223AnnexBwithHeader bool
	Extension            per.Extension
}

// MobileMultilinkFrameCapability is that of H.324 Annex H.
type MobileMultilinkFrameCapability struct {
	MaximumSampleSize    uint8  `per:"range=1..255"`
	MaximumPayloadLength uint16 `per:"range=1..65025"`
	Extension            per.Extension
}

// H223AnnexCCapability is that of H.223 Annex C.
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

// V76Capability is that of the multiplex of ITU-T V.70.
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

// V75Capability is that of ITU-T V.75.
type V75Capability struct {
	AudioHeader bool
	Extension   per.Extension
}
