package conference

import "time"

// Quality is how a Participant's leg fares now, as its wire measures it. Zero
// values mean that the wire does not know.
type Quality struct {
	// Received from the Participant.
	Packets      uint64
	Lost         int64
	LossFraction float64 // of the last interval, 0 to 1
	Jitter       time.Duration
	PlayoutDelay time.Duration // of the jitter buffer
	Concealed    float64       // share of frames invented since the start
	// Sent to the Participant, as it reports.
	RemoteLossFraction float64
	RemoteJitter       time.Duration
	RoundTrip          time.Duration
}

// Measured is a Participant that measures its leg.
type Measured interface {
	// Quality returns a snapshot. It does not block.
	Quality() Quality
}
