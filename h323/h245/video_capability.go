package h245

import "parley/h323/per"

// VideoCapability is one way to code pictures.
type VideoCapability struct {
	per.Choice
	NonStandard             *NonStandardParameter
	H261VideoCapability     *H261VideoCapability
	H262VideoCapability     *H262VideoCapability
	H263VideoCapability     *H263VideoCapability
	IS11172VideoCapability  *IS11172VideoCapability
	Extension               per.Extension
	GenericVideoCapability  *GenericCapability
	ExtendedVideoCapability *ExtendedVideoCapability
}

// ExtendedVideoCapability is video with attributes that another Recommendation
// defines, such as the role of H.239's second stream.
type ExtendedVideoCapability struct {
	VideoCapability          []VideoCapability
	VideoCapabilityExtension []GenericCapability `per:"optional"`
	Extension                per.Extension
}

// H261VideoCapability gives the smallest picture intervals in 1/29.97 s and the
// rate in 100 bit/s.
type H261VideoCapability struct {
	QcifMPI                           *uint8 `per:"optional,range=1..4"`
	CifMPI                            *uint8 `per:"optional,range=1..4"`
	TemporalSpatialTradeOffCapability bool
	MaxBitRate                        uint16 `per:"range=1..19200"`
	StillImageTransmission            bool
	Extension                         per.Extension
	VideoBadMBsCap                    *bool
}

// H262VideoCapability lists the profiles and levels of MPEG-2 video.
type H262VideoCapability struct {
	ProfileAndLevelSPatML       bool    `per:"name=profileAndLevel-SPatML"`
	ProfileAndLevelMPatLL       bool    `per:"name=profileAndLevel-MPatLL"`
	ProfileAndLevelMPatML       bool    `per:"name=profileAndLevel-MPatML"`
	ProfileAndLevelMPatH14      bool    `per:"name=profileAndLevel-MPatH-14"`
	ProfileAndLevelMPatHL       bool    `per:"name=profileAndLevel-MPatHL"`
	ProfileAndLevelSNRatLL      bool    `per:"name=profileAndLevel-SNRatLL"`
	ProfileAndLevelSNRatML      bool    `per:"name=profileAndLevel-SNRatML"`
	ProfileAndLevelSpatialatH14 bool    `per:"name=profileAndLevel-SpatialatH-14"`
	ProfileAndLevelHPatML       bool    `per:"name=profileAndLevel-HPatML"`
	ProfileAndLevelHPatH14      bool    `per:"name=profileAndLevel-HPatH-14"`
	ProfileAndLevelHPatHL       bool    `per:"name=profileAndLevel-HPatHL"`
	VideoBitRate                *uint32 `per:"optional,range=0..1073741823"`
	VbvBufferSize               *uint32 `per:"optional,range=0..262143"`
	SamplesPerLine              *uint16 `per:"optional,range=0..16383"`
	LinesPerFrame               *uint16 `per:"optional,range=0..16383"`
	FramesPerSecond             *uint8  `per:"optional,range=0..15"`
	LuminanceSampleRate         *uint32 `per:"optional,range=0..4294967295"`
	Extension                   per.Extension
	VideoBadMBsCap              *bool
}

// IS11172VideoCapability is MPEG-1 video.
type IS11172VideoCapability struct {
	ConstrainedBitstream bool
	VideoBitRate         *uint32 `per:"optional,range=0..1073741823"`
	VbvBufferSize        *uint32 `per:"optional,range=0..262143"`
	SamplesPerLine       *uint16 `per:"optional,range=0..16383"`
	LinesPerFrame        *uint16 `per:"optional,range=0..16383"`
	PictureRate          *uint8  `per:"optional,range=0..15"`
	LuminanceSampleRate  *uint32 `per:"optional,range=0..4294967295"`
	Extension            per.Extension
	VideoBadMBsCap       *bool
}
