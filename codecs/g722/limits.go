package g722

// maxOctets is the longest payload that is decoded: 120 ms at 64 kbit/s, what a
// Decoder's caller provides room for. It answers payloads that would overrun
// that room.
const maxOctets = 64000 / 8 * 120 / 1000
