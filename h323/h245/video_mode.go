package h245

import "parley/h323/per"

// VideoMode is a video coding that is asked for.
type VideoMode struct {
	per.Choice
	NonStandard      *NonStandardParameter
	H261VideoMode    *H261VideoMode
	H262VideoMode    *H262VideoMode
	H263VideoMode    *H263VideoMode
	IS11172VideoMode *IS11172VideoMode
	Extension        per.Extension
	GenericVideoMode *GenericCapability
}

// H261VideoMode is in 100 bit/s.
type H261VideoMode struct {
	Resolution             H261VideoModeResolution
	BitRate                uint16 `per:"range=1..19200"`
	StillImageTransmission bool
	Extension              per.Extension
}

// H261VideoModeResolution is the size of the picture.
type H261VideoModeResolution struct {
	per.Choice
	Qcif *per.Null
	Cif  *per.Null
}

// H262VideoMode is in units as H262VideoCapability.
type H262VideoMode struct {
	ProfileAndLevel     H262VideoModeProfileAndLevel
	VideoBitRate        *uint32 `per:"optional,range=0..1073741823"`
	VbvBufferSize       *uint32 `per:"optional,range=0..262143"`
	SamplesPerLine      *uint16 `per:"optional,range=0..16383"`
	LinesPerFrame       *uint16 `per:"optional,range=0..16383"`
	FramesPerSecond     *uint8  `per:"optional,range=0..15"`
	LuminanceSampleRate *uint32 `per:"optional,range=0..4294967295"`
	Extension           per.Extension
}

// H262VideoModeProfileAndLevel is one profile at one level.
type H262VideoModeProfileAndLevel struct {
	per.Choice
	ProfileAndLevelSPatML       *per.Null `per:"name=profileAndLevel-SPatML"`
	ProfileAndLevelMPatLL       *per.Null `per:"name=profileAndLevel-MPatLL"`
	ProfileAndLevelMPatML       *per.Null `per:"name=profileAndLevel-MPatML"`
	ProfileAndLevelMPatH14      *per.Null `per:"name=profileAndLevel-MPatH-14"`
	ProfileAndLevelMPatHL       *per.Null `per:"name=profileAndLevel-MPatHL"`
	ProfileAndLevelSNRatLL      *per.Null `per:"name=profileAndLevel-SNRatLL"`
	ProfileAndLevelSNRatML      *per.Null `per:"name=profileAndLevel-SNRatML"`
	ProfileAndLevelSpatialatH14 *per.Null `per:"name=profileAndLevel-SpatialatH-14"`
	ProfileAndLevelHPatML       *per.Null `per:"name=profileAndLevel-HPatML"`
	ProfileAndLevelHPatH14      *per.Null `per:"name=profileAndLevel-HPatH-14"`
	ProfileAndLevelHPatHL       *per.Null `per:"name=profileAndLevel-HPatHL"`
	Extension                   per.Extension
}

// H263VideoMode is in 100 bit/s.
type H263VideoMode struct {
	Resolution           H263VideoModeResolution
	BitRate              uint16 `per:"range=1..19200"`
	UnrestrictedVector   bool
	ArithmeticCoding     bool
	AdvancedPrediction   bool
	PBFrames             bool
	Extension            per.Extension
	ErrorCompensation    *bool
	EnhancementLayerInfo *EnhancementLayerInfo
	H263Options          *H263Options
}

// H263VideoModeResolution is the size of the picture.
type H263VideoModeResolution struct {
	per.Choice
	Sqcif     *per.Null
	Qcif      *per.Null
	Cif       *per.Null
	Cif4      *per.Null
	Cif16     *per.Null
	Extension per.Extension
	Custom    *per.Null
}

// IS11172VideoMode is in units as IS11172VideoCapability.
type IS11172VideoMode struct {
	ConstrainedBitstream bool
	VideoBitRate         *uint32 `per:"optional,range=0..1073741823"`
	VbvBufferSize        *uint32 `per:"optional,range=0..262143"`
	SamplesPerLine       *uint16 `per:"optional,range=0..16383"`
	LinesPerFrame        *uint16 `per:"optional,range=0..16383"`
	PictureRate          *uint8  `per:"optional,range=0..15"`
	LuminanceSampleRate  *uint32 `per:"optional,range=0..4294967295"`
	Extension            per.Extension
}
