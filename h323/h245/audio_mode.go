package h245

import "parley/h323/per"

// AudioMode is an audio coding that is asked for.
type AudioMode struct {
	per.Choice
	NonStandard         *NonStandardParameter
	G711Alaw64k         *per.Null
	G711Alaw56k         *per.Null
	G711Ulaw64k         *per.Null
	G711Ulaw56k         *per.Null
	G722_64k            *per.Null `per:"name=g722-64k"`
	G722_56k            *per.Null `per:"name=g722-56k"`
	G722_48k            *per.Null `per:"name=g722-48k"`
	G728                *per.Null
	G729                *per.Null
	G729AnnexA          *per.Null
	G7231               *AudioModeG7231
	IS11172AudioMode    *IS11172AudioMode
	IS13818AudioMode    *IS13818AudioMode
	Extension           per.Extension
	G729wAnnexB         *uint16 `per:"range=1..256"`
	G729AnnexAwAnnexB   *uint16 `per:"range=1..256"`
	G7231AnnexCMode     *G7231AnnexCMode
	GSMFullRate         *GSMAudioCapability
	GSMHalfRate         *GSMAudioCapability
	GSMEnhancedFullRate *GSMAudioCapability
	GenericAudioMode    *GenericCapability
	G729Extensions      *G729Extensions
	VBD                 *VBDMode
}

// AudioModeG7231 is G.723.1 at one of its rates.
type AudioModeG7231 struct {
	per.Choice
	NoSilenceSuppressionLowRate  *per.Null
	NoSilenceSuppressionHighRate *per.Null
	SilenceSuppressionLowRate    *per.Null
	SilenceSuppressionHighRate   *per.Null
}

// IS11172AudioMode is MPEG-1 audio; the rate in kbit/s.
type IS11172AudioMode struct {
	AudioLayer       IS11172AudioModeAudioLayer
	AudioSampling    IS11172AudioModeAudioSampling
	MultichannelType IS11172AudioModeMultichannelType
	BitRate          uint16 `per:"range=1..448"`
	Extension        per.Extension
}

// IS11172AudioModeAudioLayer is a layer of MPEG-1 audio.
type IS11172AudioModeAudioLayer struct {
	per.Choice
	AudioLayer1 *per.Null
	AudioLayer2 *per.Null
	AudioLayer3 *per.Null
}

// IS11172AudioModeAudioSampling is a sampling rate.
type IS11172AudioModeAudioSampling struct {
	per.Choice
	AudioSampling32k  *per.Null
	AudioSampling44k1 *per.Null
	AudioSampling48k  *per.Null
}

// IS11172AudioModeMultichannelType is how channels are coded.
type IS11172AudioModeMultichannelType struct {
	per.Choice
	SingleChannel    *per.Null
	TwoChannelStereo *per.Null
	TwoChannelDual   *per.Null
}

// IS13818AudioMode is MPEG-2 audio; the rate in kbit/s.
type IS13818AudioMode struct {
	AudioLayer              IS13818AudioModeAudioLayer
	AudioSampling           IS13818AudioModeAudioSampling
	MultichannelType        IS13818AudioModeMultichannelType
	LowFrequencyEnhancement bool
	Multilingual            bool
	BitRate                 uint16 `per:"range=1..1130"`
	Extension               per.Extension
}

// IS13818AudioModeAudioLayer is a layer of MPEG-2 audio.
type IS13818AudioModeAudioLayer struct {
	per.Choice
	AudioLayer1 *per.Null
	AudioLayer2 *per.Null
	AudioLayer3 *per.Null
}

// IS13818AudioModeAudioSampling is a sampling rate.
type IS13818AudioModeAudioSampling struct {
	per.Choice
	AudioSampling16k   *per.Null
	AudioSampling22k05 *per.Null
	AudioSampling24k   *per.Null
	AudioSampling32k   *per.Null
	AudioSampling44k1  *per.Null
	AudioSampling48k   *per.Null
}

// IS13818AudioModeMultichannelType is the arrangement of loudspeakers, front
// before rear.
type IS13818AudioModeMultichannelType struct {
	per.Choice
	SingleChannel       *per.Null
	TwoChannelStereo    *per.Null
	TwoChannelDual      *per.Null
	ThreeChannels2_1    *per.Null `per:"name=threeChannels2-1"`
	ThreeChannels3_0    *per.Null `per:"name=threeChannels3-0"`
	FourChannels2_0_2_0 *per.Null `per:"name=fourChannels2-0-2-0"`
	FourChannels2_2     *per.Null `per:"name=fourChannels2-2"`
	FourChannels3_1     *per.Null `per:"name=fourChannels3-1"`
	FiveChannels3_0_2_0 *per.Null `per:"name=fiveChannels3-0-2-0"`
	FiveChannels3_2     *per.Null `per:"name=fiveChannels3-2"`
}

// G7231AnnexCMode is G.723.1 for mobile networks.
type G7231AnnexCMode struct {
	MaxALSDUAudioFrames uint16 `per:"name=maxAl-sduAudioFrames,range=1..256"`
	SilenceSuppression  bool
	G723AnnexCAudioMode G723AnnexCAudioMode
	Extension           per.Extension
}

// VBDMode is an audio codec for the signals of modems.
type VBDMode struct {
	Type      AudioMode
	Extension per.Extension
}
