package h245

import "parley/h323/per"

type RoundTripDelayRequest struct {
	SequenceNumber SequenceNumber
	Extension      per.Extension
}

type RoundTripDelayResponse struct {
	SequenceNumber SequenceNumber
	Extension      per.Extension
}
