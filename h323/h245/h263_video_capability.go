package h245

import "parley/h323/per"

// H263VideoCapability gives the smallest picture intervals in 1/29.97 s (the
// slow ones in seconds) and the rate in 100 bit/s. A size without an interval
// is not supported.
type H263VideoCapability struct {
	SqcifMPI                          *uint8 `per:"optional,range=1..32"`
	QcifMPI                           *uint8 `per:"optional,range=1..32"`
	CifMPI                            *uint8 `per:"optional,range=1..32"`
	Cif4MPI                           *uint8 `per:"optional,range=1..32"`
	Cif16MPI                          *uint8 `per:"optional,range=1..32"`
	MaxBitRate                        uint32 `per:"range=1..192400"`
	UnrestrictedVector                bool
	ArithmeticCoding                  bool
	AdvancedPrediction                bool
	PBFrames                          bool
	TemporalSpatialTradeOffCapability bool
	HRDB                              *uint32 `per:"optional,name=hrd-B,range=0..524287"`
	BppMaxKb                          *uint16 `per:"optional,range=0..65535"`
	Extension                         per.Extension
	SlowSqcifMPI                      *uint16 `per:"range=1..3600"`
	SlowQcifMPI                       *uint16 `per:"range=1..3600"`
	SlowCifMPI                        *uint16 `per:"range=1..3600"`
	SlowCif4MPI                       *uint16 `per:"range=1..3600"`
	SlowCif16MPI                      *uint16 `per:"range=1..3600"`
	ErrorCompensation                 *bool
	EnhancementLayerInfo              *EnhancementLayerInfo
	H263Options                       *H263Options
}

// EnhancementLayerInfo is H.263 Annex O's scalability.
type EnhancementLayerInfo struct {
	BaseBitRateConstrained bool
	SNREnhancement         []EnhancementOptions     `per:"optional,size=1..14"`
	SpatialEnhancement     []EnhancementOptions     `per:"optional,size=1..14"`
	BPictureEnhancement    []BEnhancementParameters `per:"optional,size=1..14"`
	Extension              per.Extension
}

// BEnhancementParameters are an enhancement layer of B pictures.
type BEnhancementParameters struct {
	EnhancementOptions EnhancementOptions
	NumberOfBPictures  uint8 `per:"range=1..64"`
	Extension          per.Extension
}

// EnhancementOptions is what an enhancement layer may be.
type EnhancementOptions struct {
	SqcifMPI                          *uint8 `per:"optional,range=1..32"`
	QcifMPI                           *uint8 `per:"optional,range=1..32"`
	CifMPI                            *uint8 `per:"optional,range=1..32"`
	Cif4MPI                           *uint8 `per:"optional,range=1..32"`
	Cif16MPI                          *uint8 `per:"optional,range=1..32"`
	MaxBitRate                        uint32 `per:"range=1..192400"`
	UnrestrictedVector                bool
	ArithmeticCoding                  bool
	TemporalSpatialTradeOffCapability bool
	SlowSqcifMPI                      *uint16 `per:"optional,range=1..3600"`
	SlowQcifMPI                       *uint16 `per:"optional,range=1..3600"`
	SlowCifMPI                        *uint16 `per:"optional,range=1..3600"`
	SlowCif4MPI                       *uint16 `per:"optional,range=1..3600"`
	SlowCif16MPI                      *uint16 `per:"optional,range=1..3600"`
	ErrorCompensation                 bool
	H263Options                       *H263Options `per:"optional"`
	Extension                         per.Extension
}

// H263Options are the modes of the annexes of H.263 from its version 2 on.
type H263Options struct {
	AdvancedIntraCodingMode            bool
	DeblockingFilterMode               bool
	ImprovedPBFramesMode               bool
	UnlimitedMotionVectors             bool
	FullPictureFreeze                  bool
	PartialPictureFreezeAndRelease     bool
	ResizingPartPicFreezeAndRelease    bool
	FullPictureSnapshot                bool
	PartialPictureSnapshot             bool
	VideoSegmentTagging                bool
	ProgressiveRefinement              bool
	DynamicPictureResizingByFour       bool
	DynamicPictureResizingSixteenthPel bool
	DynamicWarpingHalfPel              bool
	DynamicWarpingSixteenthPel         bool
	IndependentSegmentDecoding         bool
	SlicesInOrderNonRect               bool `per:"name=slicesInOrder-NonRect"`
	SlicesInOrderRect                  bool `per:"name=slicesInOrder-Rect"`
	SlicesNoOrderNonRect               bool `per:"name=slicesNoOrder-NonRect"`
	SlicesNoOrderRect                  bool `per:"name=slicesNoOrder-Rect"`
	AlternateInterVLCMode              bool
	ModifiedQuantizationMode           bool
	ReducedResolutionUpdate            bool
	TransparencyParameters             *TransparencyParameters `per:"optional"`
	SeparateVideoBackChannel           bool
	RefPictureSelection                *RefPictureSelection          `per:"optional"`
	CustomPictureClockFrequency        []CustomPictureClockFrequency `per:"optional,size=1..16"`
	CustomPictureFormat                []CustomPictureFormat         `per:"optional,size=1..16"`
	ModeCombos                         []H263VideoModeCombos         `per:"optional,size=1..16"`
	Extension                          per.Extension
	VideoBadMBsCap                     *bool
	H263Version3Options                *H263Version3Options
}

// TransparencyParameters place a picture over another.
type TransparencyParameters struct {
	PresentationOrder uint16 `per:"range=1..256"`
	OffsetX           int32  `per:"name=offset-x,range=-262144..262143"`
	OffsetY           int32  `per:"name=offset-y,range=-262144..262143"`
	ScaleX            uint8  `per:"name=scale-x,range=1..255"`
	ScaleY            uint8  `per:"name=scale-y,range=1..255"`
	Extension         per.Extension
}

// RefPictureSelection is H.263 Annex N's and U's.
type RefPictureSelection struct {
	AdditionalPictureMemory    *AdditionalPictureMemory `per:"optional"`
	VideoMux                   bool
	VideoBackChannelSend       VideoBackChannelSend
	Extension                  per.Extension
	EnhancedReferencePicSelect *EnhancedReferencePicSelect
}

// AdditionalPictureMemory counts reference pictures per format.
type AdditionalPictureMemory struct {
	SqcifAdditionalPictureMemory  *uint16 `per:"optional,range=1..256"`
	QcifAdditionalPictureMemory   *uint16 `per:"optional,range=1..256"`
	CifAdditionalPictureMemory    *uint16 `per:"optional,range=1..256"`
	Cif4AdditionalPictureMemory   *uint16 `per:"optional,range=1..256"`
	Cif16AdditionalPictureMemory  *uint16 `per:"optional,range=1..256"`
	BigCpfAdditionalPictureMemory *uint16 `per:"optional,range=1..256"`
	Extension                     per.Extension
}

// VideoBackChannelSend tells which acknowledgements the decoder sends.
type VideoBackChannelSend struct {
	per.Choice
	None                 *per.Null
	AckMessageOnly       *per.Null
	NackMessageOnly      *per.Null
	AckOrNackMessageOnly *per.Null
	AckAndNackMessage    *per.Null
	Extension            per.Extension
}

// EnhancedReferencePicSelect is H.263 Annex U's.
type EnhancedReferencePicSelect struct {
	SubPictureRemovalParameters *SubPictureRemovalParameters `per:"optional"`
	Extension                   per.Extension
}

// SubPictureRemovalParameters are in macroblocks.
type SubPictureRemovalParameters struct {
	MPUHorizMBs    uint8  `per:"range=1..128"`
	MPUVertMBs     uint8  `per:"range=1..72"`
	MPUTotalNumber uint32 `per:"range=1..65536"`
	Extension      per.Extension
}

// CustomPictureClockFrequency is 1800000 Hz by divisor and by conversion code.
type CustomPictureClockFrequency struct {
	ClockConversionCode uint16  `per:"range=1000..1001"`
	ClockDivisor        uint8   `per:"range=1..127"`
	SqcifMPI            *uint16 `per:"optional,range=1..2048"`
	QcifMPI             *uint16 `per:"optional,range=1..2048"`
	CifMPI              *uint16 `per:"optional,range=1..2048"`
	Cif4MPI             *uint16 `per:"optional,range=1..2048"`
	Cif16MPI            *uint16 `per:"optional,range=1..2048"`
	Extension           per.Extension
}

// CustomPictureFormat is a range of picture sizes, in units of four pixels.
type CustomPictureFormat struct {
	MaxCustomPictureWidth  uint16           `per:"range=1..2048"`
	MaxCustomPictureHeight uint16           `per:"range=1..2048"`
	MinCustomPictureWidth  uint16           `per:"range=1..2048"`
	MinCustomPictureHeight uint16           `per:"range=1..2048"`
	MPI                    CustomPictureMPI `per:"name=mPI"`
	PixelAspectInformation PixelAspectInformation
	Extension              per.Extension
}

// CustomPictureMPI is the smallest picture interval of a custom format.
type CustomPictureMPI struct {
	StandardMPI *uint8      `per:"optional,range=1..31"`
	CustomPCF   []CustomPCF `per:"optional,size=1..16"`
	Extension   per.Extension
}

// CustomPCF is an interval by a custom picture clock.
type CustomPCF struct {
	ClockConversionCode uint16 `per:"range=1000..1001"`
	ClockDivisor        uint8  `per:"range=1..127"`
	CustomMPI           uint16 `per:"range=1..2048"`
	Extension           per.Extension
}

// PixelAspectInformation lists the shapes of a pixel.
type PixelAspectInformation struct {
	per.Choice
	AnyPixelAspectRatio *bool
	PixelAspectCode     []uint16      `per:"size=1..14,elem(range=1..14)"`
	ExtendedPAR         []ExtendedPAR `per:"size=1..256"`
	Extension           per.Extension
}

// ExtendedPAR is a pixel's width to its height.
type ExtendedPAR struct {
	Width     uint8 `per:"range=1..255"`
	Height    uint8 `per:"range=1..255"`
	Extension per.Extension
}

// H263VideoModeCombos are the modes that go together: any of the uncoupled with
// each of the coupled sets.
type H263VideoModeCombos struct {
	H263VideoUncoupledModes H263ModeComboFlags
	H263VideoCoupledModes   []H263ModeComboFlags `per:"size=1..16"`
	Extension               per.Extension
}

// H263ModeComboFlags are modes of H.263.
type H263ModeComboFlags struct {
	UnrestrictedVector                 bool
	ArithmeticCoding                   bool
	AdvancedPrediction                 bool
	PBFrames                           bool
	AdvancedIntraCodingMode            bool
	DeblockingFilterMode               bool
	UnlimitedMotionVectors             bool
	SlicesInOrderNonRect               bool `per:"name=slicesInOrder-NonRect"`
	SlicesInOrderRect                  bool `per:"name=slicesInOrder-Rect"`
	SlicesNoOrderNonRect               bool `per:"name=slicesNoOrder-NonRect"`
	SlicesNoOrderRect                  bool `per:"name=slicesNoOrder-Rect"`
	ImprovedPBFramesMode               bool
	ReferencePicSelect                 bool
	DynamicPictureResizingByFour       bool
	DynamicPictureResizingSixteenthPel bool
	DynamicWarpingHalfPel              bool
	DynamicWarpingSixteenthPel         bool
	ReducedResolutionUpdate            bool
	IndependentSegmentDecoding         bool
	AlternateInterVLCMode              bool
	ModifiedQuantizationMode           bool
	Extension                          per.Extension
	EnhancedReferencePicSelect         *bool
	H263Version3Options                *H263Version3Options
}

// H263Version3Options are the modes of H.263's version 3.
type H263Version3Options struct {
	DataPartitionedSlices           bool
	FixedPointIDCT0                 bool
	InterlacedFields                bool
	CurrentPictureHeaderRepetition  bool
	PreviousPictureHeaderRepetition bool
	NextPictureHeaderRepetition     bool
	PictureNumber                   bool
	SpareReferencePictures          bool
	Extension                       per.Extension
}
