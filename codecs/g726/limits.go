package g726

// maxSamples is the longest payload that is decoded: 120 ms, what a Decoder's
// caller provides room for. It answers payloads that would overrun that room.
const maxSamples = SampleRate * 120 / 1000
