package codecs

// Limits on descriptions that come from a network.
const (
	// MaxFmtp is the longest fmtp parameter list in bytes. It answers
	// descriptions blown up to be kept and compared for each payload type; a
	// sprop-parameter-sets of two large sets stays below a quarter of it.
	MaxFmtp = 2048
	// MaxFmtpParams is the most parameters of one list. No registered payload
	// format has more than half of it.
	MaxFmtpParams = 64
	// maxName is the longest encoding name in bytes: RFC 4855 bounds none, the
	// registry's longest is 37.
	maxName = 64
	// maxClockRate is the highest clock rate in Hz, maxChannels the most audio
	// channels, that any registered payload format uses.
	maxClockRate = 768000
	maxChannels  = 255
)

// What a Resampler takes. The rates and ratios come out of session
// descriptions; unbounded they would make its filters arbitrarily large. 640
// is 11.025 to 48 kHz, the worst among the usual rates.
const (
	minResamplerRate   = 8000
	maxResamplerRate   = 192000
	maxResamplerFactor = 640
)
