package h245

import "parley/h323/per"

type AudioCapability struct {
	per.Choice
	NonStandard            *NonStandardParameter
	G711Alaw64k            *uint16 `per:"range=1..256"`
	G711Alaw56k            *uint16 `per:"range=1..256"`
	G711Ulaw64k            *uint16 `per:"range=1..256"`
	G711Ulaw56k            *uint16 `per:"range=1..256"`
	G722_64k               *uint16 `per:"name=g722-64k,range=1..256"`
	G722_56k               *uint16 `per:"name=g722-56k,range=1..256"`
	G722_48k               *uint16 `per:"name=g722-48k,range=1..256"`
	G7231                  *G7231Capability
	G728                   *uint16 `per:"range=1..256"`
	G729                   *uint16 `per:"range=1..256"`
	G729AnnexA             *uint16 `per:"range=1..256"`
	IS11172AudioCapability *IS11172AudioCapability
	IS13818AudioCapability *IS13818AudioCapability
	Extension              per.Extension
	G729wAnnexB            *uint16 `per:"range=1..256"`
	G729AnnexAwAnnexB      *uint16 `per:"range=1..256"`
	G7231AnnexCCapability  *G7231AnnexCCapability
	GSMFullRate            *GSMAudioCapability
	GSMHalfRate            *GSMAudioCapability
	GSMEnhancedFullRate    *GSMAudioCapability
	GenericAudioCapability *GenericCapability
	G729Extensions         *G729Extensions
	VBD                    *VBDCapability
	AudioTelephonyEvent    *NoPTAudioTelephonyEventCapability
	AudioTone              *NoPTAudioToneCapability
}

type G7231Capability struct {
	MaxALSDUAudioFrames uint16 `per:"name=maxAl-sduAudioFrames,range=1..256"`
	SilenceSuppression  bool
}

type G729Extensions struct {
	AudioUnit *uint16 `per:"optional,range=1..256"`
	AnnexA    bool
	AnnexB    bool
	AnnexD    bool
	AnnexE    bool
	AnnexF    bool
	AnnexG    bool
	AnnexH    bool
	Extension per.Extension
}

type G7231AnnexCCapability struct {
	MaxALSDUAudioFrames uint16 `per:"name=maxAl-sduAudioFrames,range=1..256"`
	SilenceSuppression  bool
	G723AnnexCAudioMode *G723AnnexCAudioMode `per:"optional"`
	Extension           per.Extension
}

type G723AnnexCAudioMode struct {
	HighRateMode0 uint8 `per:"range=27..78"`
	HighRateMode1 uint8 `per:"range=27..78"`
	LowRateMode0  uint8 `per:"range=23..66"`
	LowRateMode1  uint8 `per:"range=23..66"`
	SidMode0      uint8 `per:"range=6..17"`
	SidMode1      uint8 `per:"range=6..17"`
	Extension     per.Extension
}

type IS11172AudioCapability struct {
	AudioLayer1       bool
	AudioLayer2       bool
	AudioLayer3       bool
	AudioSampling32k  bool
	AudioSampling44k1 bool
	AudioSampling48k  bool
	SingleChannel     bool
	TwoChannels       bool
	BitRate           uint16 `per:"range=1..448"`
	Extension         per.Extension
}

type IS13818AudioCapability struct {
	AudioLayer1             bool
	AudioLayer2             bool
	AudioLayer3             bool
	AudioSampling16k        bool
	AudioSampling22k05      bool
	AudioSampling24k        bool
	AudioSampling32k        bool
	AudioSampling44k1       bool
	AudioSampling48k        bool
	SingleChannel           bool
	TwoChannels             bool
	ThreeChannels2_1        bool `per:"name=threeChannels2-1"`
	ThreeChannels3_0        bool `per:"name=threeChannels3-0"`
	FourChannels2_0_2_0     bool `per:"name=fourChannels2-0-2-0"`
	FourChannels2_2         bool `per:"name=fourChannels2-2"`
	FourChannels3_1         bool `per:"name=fourChannels3-1"`
	FiveChannels3_0_2_0     bool `per:"name=fiveChannels3-0-2-0"`
	FiveChannels3_2         bool `per:"name=fiveChannels3-2"`
	LowFrequencyEnhancement bool
	Multilingual            bool
	BitRate                 uint16 `per:"range=1..1130"`
	Extension               per.Extension
}

type GSMAudioCapability struct {
	AudioUnitSize uint16 `per:"range=1..256"`
	ComfortNoise  bool
	Scrambled     bool
	Extension     per.Extension
}

type VBDCapability struct {
	Type      AudioCapability
	Extension per.Extension
}

type AudioTelephonyEventCapability struct {
	DynamicRTPPayloadType uint8  `per:"range=96..127"`
	AudioTelephoneEvent   string `per:"general"`
	Extension             per.Extension
}

type AudioToneCapability struct {
	DynamicRTPPayloadType uint8 `per:"range=96..127"`
	Extension             per.Extension
}

type NoPTAudioTelephonyEventCapability struct {
	AudioTelephoneEvent string `per:"general"`
	Extension           per.Extension
}

type NoPTAudioToneCapability struct {
	Extension per.Extension
}
