package l16

// maxChannels is the most channels that are accepted. It answers descriptions
// that would make a frame of sound arbitrarily large.
const maxChannels = 2

// maxMilliseconds is the longest payload that is decoded: what a Decoder's
// caller provides room for. It answers payloads that would overrun that room.
const maxMilliseconds = 120
