package h245

import "parley/h323/per"

// NewATMVCCommand asks to open an ATM virtual channel; rates in 64 kbit/s.
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

// NewATMVCAAL is the adaptation layer.
type NewATMVCAAL struct {
	per.Choice
	AAL1      *NewATMVCAAL1
	AAL5      *NewATMVCAAL5
	Extension per.Extension
}

// NewATMVCAAL1 is adaptation layer 1.
type NewATMVCAAL1 struct {
	ClockRecovery          NewATMVCClockRecovery
	ErrorCorrection        NewATMVCErrorCorrection
	StructuredDataTransfer bool
	PartiallyFilledCells   bool
	Extension              per.Extension
}

// NewATMVCClockRecovery is how the clock is recovered.
type NewATMVCClockRecovery struct {
	per.Choice
	NullClockRecovery     *per.Null
	SrtsClockRecovery     *per.Null
	AdaptiveClockRecovery *per.Null
	Extension             per.Extension
}

// NewATMVCErrorCorrection is how errors are corrected.
type NewATMVCErrorCorrection struct {
	per.Choice
	NullErrorCorrection *per.Null
	LongInterleaver     *per.Null
	ShortInterleaver    *per.Null
	ErrorCorrectionOnly *per.Null
	Extension           per.Extension
}

// NewATMVCAAL5 is adaptation layer 5; sizes in octets.
type NewATMVCAAL5 struct {
	ForwardMaximumSDUSize  uint16 `per:"range=0..65535"`
	BackwardMaximumSDUSize uint16 `per:"range=0..65535"`
	Extension              per.Extension
}

// NewATMVCMultiplex is the multiplex of MPEG-2.
type NewATMVCMultiplex struct {
	per.Choice
	NoMultiplex     *per.Null
	TransportStream *per.Null
	ProgramStream   *per.Null
	Extension       per.Extension
}

// NewATMVCReverseParameters are those of the other direction.
type NewATMVCReverseParameters struct {
	BitRate                     uint16 `per:"range=1..65535"`
	BitRateLockedToPCRClock     bool
	BitRateLockedToNetworkClock bool
	Multiplex                   NewATMVCMultiplex
	Extension                   per.Extension
}

// NewATMVCIndication tells of an ATM virtual channel; rates in 64 kbit/s.
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
