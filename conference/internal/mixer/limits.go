package mixer

import "time"

const (
	// maxSources is the most CSRCs that an RTP header can carry (RFC 3550 5.1).
	maxSources = 15

	// maxCatchUp is how many ticks a stalled process makes up for in one go.
	// More would burst a second of packets into every receiver's jitter
	// buffer; what is older is given up.
	maxCatchUp = 5

	// maxIdleStreams is how many idle encoders wait for the next speaker. It
	// answers foreign fmtp variations, each of which is a Format of its own.
	maxIdleStreams = 32

	// crewThreshold is how many members a room needs, and crewPays what a phase
	// of its tick must take, before it is spread over the cores; below them
	// waking the others costs more than they save.
	crewThreshold = 48
	crewPays      = 250 * time.Microsecond

	// maxSharedLoss is the most percent of loss that one listener may make a
	// shared encoder work against: beyond it, all others would pay for a path
	// that no redundancy repairs.
	maxSharedLoss = 20

	// chunk is how many inputs or outputs a worker takes at a time.
	chunk = 8
)

// Times of the tick, in frames of 20 ms.
const (
	// primeFrames is how much of the shared sum is kept to bring a new encoder
	// to where the shared one is. 100 ms is more than three time constants of
	// G.722's predictors (ITU-T G.722 3.6) and five Opus frames.
	primeFrames = 5

	// ownHangover is for how long who spoke keeps an own encoder, which by
	// then encoded the same sum as the shared one for as long.
	ownHangover = int(600 * time.Millisecond / frameDuration)

	// lossEvery is how often encoders are told what their listeners lose.
	lossEvery = int(time.Second / frameDuration)

	// sharedIdle is for how long a shared encoder outlives its last listener.
	sharedIdle = int(5 * time.Second / frameDuration)
)
