package leg

import "time"

const (
	// maxForeign bounds the hosts of a leg that get sound before they have answered:
	// signalling that names ever new ones has a call spray a network.
	maxForeign = 3
	// maxParts bounds into how many packets 20 ms are cut.
	maxParts = 4
	// pause is what is longer than the mixer makes up for in a burst.
	pause = 200 * time.Millisecond
	// sourceSilence is how long a source must be silent before another takes
	// its place: two at once would be heard as one torn stream.
	sourceSilence = 100 * time.Millisecond
	// rateInterval is how often a peer that is held to a rate is told so: RTCP gets
	// lost.
	rateInterval = 5 * time.Second
	// unbounded in bit/s is more than any camera sends.
	unbounded = 100_000_000
	// DefaultTimeout after the last RTP or RTCP a peer is taken for lost. With
	// a check every half second it keeps "leaves the roster within 12 s".
	DefaultTimeout = 10 * time.Second
	// AskInterval is how often a peer from which no media is expected is asked
	// whether it is there: twice within DefaultTimeout.
	AskInterval = 4 * time.Second
)
