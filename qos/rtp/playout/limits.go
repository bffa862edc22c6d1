package playout

import "time"

// The bounds of a Buffer, each with the attack or fault that it answers.
const (
	// ringSize is the most packets that wait at once. A sender that floods, or
	// a reader that stopped (hold), costs ringSize packets of memory and no
	// more; the oldest go first. 512 packets are 10 s of 20 ms, more than
	// MaxDelay of 1 ms, and 64 ms of the shortest, of 125 microseconds (AES67).
	ringSize = 512

	// maxDropout and maxMisorder bound a credible step of the sequence number
	// (RFC 3550 A.1). A larger one is taken for a restarted sender once a
	// second packet confirms it, so that one forged packet moves nothing.
	maxDropout  = 3000
	maxMisorder = 100

	// maxSkew is how far a packet's timestamp may lie from its arrival against
	// the others before it is taken for a new timeline: a sender that restarts
	// its clock must not be waited for.
	maxSkew = 2 * time.Second

	// maxGap is the longest hole in the timestamps that is concealed or
	// counted through. Beyond it sound has faded out anyway; the stream starts
	// anew, as after silence.
	maxGap = 120 * time.Millisecond

	// minGap is the shortest one that is silence: senders that stamp packets
	// by their capture clock wobble by less.
	minGap = 10 * time.Millisecond

	// maxPacketTime is the most sound a packet decodes to (RFC 6716 3.2.5).
	maxPacketTime = 120 * time.Millisecond

	// maxRate is the highest sample rate of a Decoder that is resampled: it
	// bounds the memory of a source, whatever signalling agreed on.
	maxRate = 192000
	minRate = 8000

	// maxChannels bounds the channels of a Decoder that are mixed down: the
	// most that a packet of 125 microseconds (AES67) has room for.
	maxChannels = 64

	// maxPulls bounds the packets that one frame may take from the ring, so
	// that a sender of empty packets cannot hold the mixer's tick.
	maxPulls = 2 * ringSize
)
