// Package playout turns the packets of one audio source into an even flow of
// sound: an adaptive jitter buffer, loss concealment, and time-stretching
// that follows the sender's clock.
package playout

import (
	"time"

	"parley/codecs"
)

// Config is what a Buffer runs under.
type Config struct {
	Codecs *codecs.Set
	// Formats maps payload types to audio Formats. Comfort noise (13,
	// RFC 3389) is understood without being listed.
	Formats map[uint8]codecs.Format
	// MinDelay and MaxDelay bound the playout delay; 0: 20 ms and 200 ms.
	MinDelay, MaxDelay time.Duration
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Buffer is the playout of one source. Push is called from a socket's
// goroutine, ReadFrame from the mixer's; both may run at the same time.
type Buffer struct{}

// New returns a Buffer.
func New(cfg Config) *Buffer { panic("contract") }

// Push takes a packet. It copies the payload, never blocks and does not
// allocate in the steady state.
func (b *Buffer) Push(p *codecs.Packet) { panic("contract") }

// ReadFrame implements conference.AudioSource: the next 20 ms at 48 kHz.
// False while there is nothing to play: before the first packet, in silence
// that the sender suppressed, and when concealment has faded out.
func (b *Buffer) ReadFrame(dst *codecs.Frame) bool { panic("contract") }

// SetFormats replaces the payload types, after a renegotiation.
func (b *Buffer) SetFormats(m map[uint8]codecs.Format) { panic("contract") }

// Stats is a snapshot of a Buffer.
type Stats struct {
	Delay, Target, Jitter     time.Duration
	Received, Late, Duplicate uint64 // packets
	Played, Concealed, FEC    uint64 // frames of 20 ms: from packets, invented, from FEC
	Stretched, Compressed     uint64 // samples at 48 kHz added, removed
	Malformed, Unknown        uint64 // packets that did not decode, of unknown payload type
}

// Stats returns a snapshot.
func (b *Buffer) Stats() Stats { panic("contract") }
