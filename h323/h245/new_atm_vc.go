package h245

import "parley/h323/per"

type NewATMVCCommand struct {
	ResourceID                  uint16 `per:"range=0..65535"`
	BitRate                     uint16 `per:"range=1..65535"`
	BitRateLockedToPCRClock     bool
	BitRateLockedToNetworkClock bool
	AAL                         NewATMVCAAL
	Multiplex                   NewATMVCMultiplex
	ReverseParameters           NewATMVCReverseParameters
	Extension                   per.Extension
}

type NewATMVCAAL struct {
	per.Choice
	AAL1      *NewATMVCAAL1
	AAL5      *NewATMVCAAL5
	Extension per.Extension
}

type NewATMVCAAL1 struct {
	ClockRecovery          NewATMVCClockRecovery
	ErrorCorrection        NewATMVCErrorCorrection
	StructuredDataTransfer bool
	PartiallyFilledCells   bool
	Extension              per.Extension
}

type NewATMVCClockRecovery struct {
	per.Choice
	NullClockRecovery     *per.Null
	SrtsClockRecovery     *per.Null
	AdaptiveClockRecovery *per.Null
	Extension             per.Extension
}

type NewATMVCErrorCorrection struct {
	per.Choice
	NullErrorCorrection *per.Null
	LongInterleaver     *per.Null
	ShortInterleaver    *per.Null
	ErrorCorrectionOnly *per.Null
	Extension           per.Extension
}

type NewATMVCAAL5 struct {
	ForwardMaximumSDUSize  uint16 `per:"range=0..65535"`
	BackwardMaximumSDUSize uint16 `per:"range=0..65535"`
	Extension              per.Extension
}

type NewATMVCMultiplex struct {
	per.Choice
	NoMultiplex     *per.Null
	TransportStream *per.Null
	ProgramStream   *per.Null
	Extension       per.Extension
}

type NewATMVCReverseParameters struct {
	BitRate                     uint16 `per:"range=1..65535"`
	BitRateLockedToPCRClock     bool
	BitRateLockedToNetworkClock bool
	Multiplex                   NewATMVCMultiplex
	Extension                   per.Extension
}

type NewATMVCIndication struct {
	ResourceID                  uint16 `per:"range=0..65535"`
	BitRate                     uint16 `per:"range=1..65535"`
	BitRateLockedToPCRClock     bool
	BitRateLockedToNetworkClock bool
	AAL                         NewATMVCAAL
	Multiplex                   NewATMVCMultiplex
	Extension                   per.Extension
	ReverseParameters           *NewATMVCReverseParameters
}
