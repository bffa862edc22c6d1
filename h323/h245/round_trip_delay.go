package h245

import "parley/h323/per"

// RoundTripDelayRequest asks for a response at once, to measure the delay and
// to see whether the peer lives (clause C.10).
type RoundTripDelayRequest struct {
	SequenceNumber SequenceNumber
	Extension      per.Extension
}

// RoundTripDelayResponse has the number of its request.
type RoundTripDelayResponse struct {
	SequenceNumber SequenceNumber
	Extension      per.Extension
}
