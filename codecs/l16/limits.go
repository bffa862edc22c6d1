package l16

// The Formats that are accepted. RFC 3551 4.5.11 sets no bounds; these answer
// descriptions that would make a frame of sound, or the resampler's tables for
// it, arbitrarily large.
const (
	minClockRate = 8000
	maxClockRate = 48000
	maxChannels  = 2
)

// maxMilliseconds is the longest payload that is decoded: what a Decoder's
// caller provides room for. It answers payloads that would overrun that room.
const maxMilliseconds = 120
