package opus

const (
	// maxSamples is the longest packet that is decoded: 120 ms (RFC 6716
	// 3.2.5, requirement R5). It answers packets that would overrun the room
	// that a Decoder's caller provides.
	maxSamples = SampleRate * 120 / 1000

	// maxPayload is the most that Encode writes for 20 ms: the largest single
	// frame with its TOC octet (RFC 6716 3.4, requirement R2).
	maxPayload = 1276

	// The bit rates that are honoured in maxaveragebitrate (RFC 7587 6.1: 6 to
	// 510 kb/s). Above the greatest a mono voice gains nothing, and a peer's
	// wish must not multiply what a conference sends.
	minBitrate = 6000
	maxBitrate = 128000
)
