package linear

// maxChannels is the most channels that are accepted. It answers descriptions
// that would make a frame of sound arbitrarily large. 64 are the most of a packet
// of 125 microseconds at 48 kHz.
const maxChannels = 64

// maxMilliseconds is the longest payload that is decoded: what a Decoder's
// caller provides room for. It answers payloads that would overrun that room.
const maxMilliseconds = 120
