package dvi4

// maxMilliseconds is the longest payload that is decoded: what a Decoder's
// caller provides room for. It answers payloads that would overrun that room.
const maxMilliseconds = 120
