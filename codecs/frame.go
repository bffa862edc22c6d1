package codecs

import "time"

// The mixer's clock: every conference works on 20 ms frames of 48 kHz mono.
// 48 kHz is Opus's own rate and a whole multiple of 8 and 16 kHz; 20 ms is the
// packet time that every wire here uses by default (RFC 3551 4.2).
const (
	SampleRate    = 48000
	FrameDuration = 20 * time.Millisecond
	FrameSamples  = SampleRate / 50
)

// Frame is one tick of sound: 20 ms, 48 kHz, mono, 16 bit.
type Frame [FrameSamples]int16

// Payload is one tick of sound as the mixer hands it to a PayloadPort: already
// encoded, shared with every other listener of the same Format.
type Payload struct {
	// Data is the encoded frame. It is read-only and valid until the call that
	// passed it returns.
	Data []byte
	// Duration is the RTP timestamp advance in units of Format.ClockRate.
	Duration uint32
	// Silent marks a frame in which nobody is heard. Wires that may suppress
	// silence need not send it but still advance their timestamp.
	Silent bool
	// Sources are the CSRCs of those heard, loudest first, at most 15
	// (RFC 3550 5.1). Read-only, valid until the call returns.
	Sources []uint32
}
