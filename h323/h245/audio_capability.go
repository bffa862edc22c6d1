package h245

import "parley/h323/per"

// AudioCapability is one way to code sound. The plain numbers bound the frames
// in a packet: of 1 ms for G.711 and G.722, 10 ms for G.729.
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

// G7231Capability is G.723.1: frames of 30 ms in a packet.
type G7231Capability struct {
	MaxALSDUAudioFrames uint16 `per:"name=maxAl-sduAudioFrames,range=1..256"`
	SilenceSuppression  bool
}

// G729Extensions are the annexes of G.729 together; AudioUnit counts frames in
// a packet.
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

// G7231AnnexCCapability is G.723.1 for mobile networks.
type G7231AnnexCCapability struct {
	MaxALSDUAudioFrames uint16 `per:"name=maxAl-sduAudioFrames,range=1..256"`
	SilenceSuppression  bool
	G723AnnexCAudioMode *G723AnnexCAudioMode `per:"optional"`
	Extension           per.Extension
}

// G723AnnexCAudioMode gives octets of a frame per mode.
type G723AnnexCAudioMode struct {
	HighRateMode0 uint8 `per:"range=27..78"`
	HighRateMode1 uint8 `per:"range=27..78"`
	LowRateMode0  uint8 `per:"range=23..66"`
	LowRateMode1  uint8 `per:"range=23..66"`
	SidMode0      uint8 `per:"range=6..17"`
	SidMode1      uint8 `per:"range=6..17"`
	Extension     per.Extension
}

// IS11172AudioCapability is MPEG-1 audio; the rate in kbit/s.
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

// IS13818AudioCapability is MPEG-2 audio; the rate in kbit/s.
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

// GSMAudioCapability is a GSM codec; AudioUnitSize is the octets in a packet.
type GSMAudioCapability struct {
	AudioUnitSize uint16 `per:"range=1..256"`
	ComfortNoise  bool
	Scrambled     bool
	Extension     per.Extension
}

// VBDCapability is an audio codec for the signals of modems.
type VBDCapability struct {
	Type      AudioCapability
	Extension per.Extension
}

// AudioTelephonyEventCapability lists the events of RFC 4733 by number, such as
// "0-15".
type AudioTelephonyEventCapability struct {
	DynamicRTPPayloadType uint8  `per:"range=96..127"`
	AudioTelephoneEvent   string `per:"general"`
	Extension             per.Extension
}

// AudioToneCapability is RFC 4733's tones.
type AudioToneCapability struct {
	DynamicRTPPayloadType uint8 `per:"range=96..127"`
	Extension             per.Extension
}

// NoPTAudioTelephonyEventCapability is telephone events whose payload type is
// told elsewhere.
type NoPTAudioTelephonyEventCapability struct {
	AudioTelephoneEvent string `per:"general"`
	Extension           per.Extension
}

// NoPTAudioToneCapability is tones whose payload type is told elsewhere.
type NoPTAudioToneCapability struct {
	Extension per.Extension
}
