package video

import "time"

// Limits, each against a fault or an attack.
const (
	// KeyframeInterval is the shortest time between two requests for a key
	// frame to one source. It answers sinks that lose every packet and joiners
	// in a row: each key frame costs all sinks its size.
	KeyframeInterval = 500 * time.Millisecond
	// keyframePatience is how long that time grows, by doubling, while no key
	// frame comes. It answers cameras that are off, encoders that cannot be asked,
	// and conferences that show each other nothing but each other: every request
	// would bring about one in the other for ever.
	keyframePatience = 10 * time.Second

	// minRate in bit/s is the least that a source is asked for. It answers sinks
	// that would make everybody's picture useless.
	minRate = 128_000
	// rateHold is how long a source is held to a rate after nobody needs it any
	// more, so that encoders do not follow each turn of a conversation.
	rateHold = 3 * time.Second

	// queuePackets is how much of the live streams a slow sink may be behind:
	// about a second of 4 Mb/s. More would only be shown late.
	queuePackets = 512

	// MaxReplayPackets and MaxReplayBytes (of payloads) bound what is kept of
	// a source that cannot be asked for a key frame. They answer memory use by
	// senders with rare key frames: ten seconds of 3 Mb/s. Beyond it only the
	// key frame is kept and shown as a still until the next one.
	MaxReplayPackets = 4096
	MaxReplayBytes   = 4 << 20
	// replayInterval is the shortest time between two replays that one stream
	// asks for. It answers floods of requests, each of which would send
	// MaxReplayBytes.
	replayInterval = time.Second
	// A replay is sent in bursts of replayBurst packets, replayPace apart, so
	// that it overflows no socket buffer: about 75 Mb/s.
	replayBurst = 32
	replayPace  = 4 * time.Millisecond
	// replayStep is the most RTP ticks between two pictures of a replay. It is
	// small, so that a receiver shows the newest at once and does not play
	// the past at its own speed.
	replayStep = 90
	// mendingTime is how long a key frame of H.261 or H.263 is waited for. It
	// answers encoders that never send one, not even when asked, and refresh
	// their pictures macroblock by macroblock: what is shown then is wrong in
	// parts until they have come round, which is better than nothing.
	mendingTime = 4 * time.Second

	// maxSubscriptions is the most sources that one sink is subscribed to. It
	// answers subscriptions to sources that do not exist.
	maxSubscriptions = 256

	// maxRanked is the most Formats that a sink is told of. It answers rooms in
	// which every source has another.
	maxRanked = 16

	// maxDropout and maxMisorder bound a credible step of the sequence number
	// (RFC 3550 A.1); what is late here may also have been sent again after a
	// NACK, a second of 8 Mb/s later.
	maxDropout  = 3000
	maxMisorder = 1000

	// maxLead is the most packets held back ahead of an IDR slice. It answers
	// senders of endless parameter sets.
	maxLead = 8
	// maxHeld is the most packets of a new source held back until the picture
	// of the old one ends. It answers old sources that fall silent within one.
	maxHeld = 32
	// maxInjected is the largest STAP-A of parameter sets in bytes, so that it
	// passes any path.
	maxInjected = 1200
)
