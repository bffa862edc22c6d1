// Package playout turns the packets of one audio source into an even flow of
// sound: an adaptive jitter buffer, loss concealment, and time-stretching
// that follows the sender's clock.
//
// A Buffer has two halves. Push files packets into a ring and measures how
// late each one is against the fastest (arrivals). ReadFrame takes what is due,
// decodes, conceals and stretches it at the codec's own rate, and resamples
// last. One small lock stands between them; nothing is decoded under it.
package playout

import (
	"sync"
	"time"

	"parley/codecs"
)

// The delay's default bounds.
const (
	DefaultMinDelay = 20 * time.Millisecond
	DefaultMaxDelay = 200 * time.Millisecond
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
type Buffer struct {
	now   func() time.Time
	epoch time.Time // zero of the times below, which are in ns

	mu       sync.Mutex
	types    map[uint8]*payloadType
	renewed  bool // types were replaced since the reader looked
	ring     ring
	arrivals arrivals
	stats    Stats

	reader reader // ReadFrame's own
}

// New returns a Buffer.
func New(cfg Config) *Buffer {
	if cfg.Codecs == nil {
		cfg.Codecs = codecs.NewSet()
	}
	if cfg.MinDelay <= 0 {
		cfg.MinDelay = DefaultMinDelay
	}
	if cfg.MaxDelay <= 0 {
		cfg.MaxDelay = DefaultMaxDelay
	}
	cfg.MaxDelay = max(cfg.MaxDelay, cfg.MinDelay)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	b := &Buffer{now: cfg.Now, epoch: cfg.Now()}
	b.types = newPayloadTypes(cfg.Formats)
	b.arrivals.limit = int64(cfg.MaxDelay)
	b.arrivals.restart(0)
	b.reader.init(b, cfg)
	return b
}

// Push takes a packet. It copies the payload, never blocks and does not
// allocate in the steady state. Packets that carry no sound (telephone events)
// are pushed too, so that their sequence numbers are not taken for losses.
func (b *Buffer) Push(p *codecs.Packet) {
	at := p.Arrival
	if at.IsZero() {
		at = b.now()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pushLocked(p, int64(at.Sub(b.epoch)))
}

func (b *Buffer) pushLocked(p *codecs.Packet, at int64) {
	t := b.types[p.PayloadType&0x7f]
	if t == nil {
		b.stats.Unknown++
		t = &unknownType
	} else {
		b.stats.Received++
	}
	in := packet{kind: t, arrival: at}
	switch b.ring.place(p, &in) {
	case placeRestarted:
		b.arrivals.reset()
	case placeDoubtful:
		return
	case placeDuplicate:
		b.stats.Duplicate++
		return
	}
	if t.sound {
		if !b.arrivals.observe(&in, p.Timestamp) {
			b.ring.epoch++
			in.epoch = b.ring.epoch
		}
	}
	if dropped, late := b.ring.insert(&in, p.Payload); late {
		b.stats.Late++
	} else {
		b.stats.Late += uint64(dropped)
	}
}

// SetFormats replaces the payload types, after a renegotiation. Packets that
// came before it are still played.
func (b *Buffer) SetFormats(m map[uint8]codecs.Format) {
	types := newPayloadTypes(m)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.types = types
	b.renewed = true
}

// Stats is a snapshot of a Buffer.
type Stats struct {
	// Delay is how long after the fastest packet's arrival sound is handed
	// over, Target what is aimed at, Jitter the interarrival jitter of
	// RFC 3550 6.4.1.
	Delay, Target, Jitter time.Duration
	// Received counts packets of known payload types; Late those of them that
	// came after their time or were given up to keep MaxDelay.
	Received, Late, Duplicate uint64
	Played, Concealed, FEC    uint64 // frames of 20 ms: from packets, invented, from FEC
	Stretched, Compressed     uint64 // samples at 48 kHz added, removed
	Malformed, Unknown        uint64 // packets that did not decode, of unknown payload type
}

// Stats returns a snapshot.
func (b *Buffer) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.stats
	s.Jitter = time.Duration(b.arrivals.jitter)
	return s
}
