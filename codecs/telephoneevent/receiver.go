package telephoneevent

import (
	"time"

	"parley/codecs"
)

// Receiver makes one digit of each event that it hears of a source (SSRC), the
// last one that spoke. The zero value is ready for use.
//
// An event is told apart by its RTP timestamp, which all of its packets share
// (RFC 4733 2.5.1.2). The digit is given with the first packet that arrives,
// whichever that is: so lost beginnings, lost ends and the end's
// retransmissions make no difference. Some senders stop their clock, or set it
// back, between two keys, as it is that of sound that they do not send
// meanwhile: what begins behind an end, in the order of sequence numbers, is
// another event too.
type Receiver struct {
	heard    bool
	ssrc     uint32
	last     Event
	start    uint32 // RTP timestamp of the last event
	sequence uint16 // of its latest packet
	at       time.Time
}

// Receive takes a packet and returns a digit when it is the first of a key's
// event. The error wraps codecs.ErrMalformed.
func (r *Receiver) Receive(p *codecs.Packet) (digit byte, ok bool, err error) {
	e, err := Parse(p.Payload)
	if err != nil {
		return 0, false, err
	}
	if r.known(p, e) {
		return 0, false, nil
	}
	*r = Receiver{heard: true, ssrc: p.SSRC, last: e, start: p.Timestamp, sequence: p.SequenceNumber, at: p.Arrival}
	digit, ok = e.Digit()
	return digit, ok, nil
}

// known reports whether the packet belongs to the last event or to one before
// it, and keeps what it tells.
func (r *Receiver) known(p *codecs.Packet, e Event) bool {
	if !r.heard || p.SSRC != r.ssrc || r.forgotten(p, e) {
		return false
	}
	passed := p.Timestamp - r.start
	ahead := int16(p.SequenceNumber - r.sequence)
	switch {
	case ahead <= 0 && ahead > -maxMisorder:
		return true // late, or the same packet again
	case ahead > 0 && r.follows(e, passed):
		return false
	case passed == 0: // the same event, or its end once more
	case passed >= 1<<31:
		return true // what is told again of an event before
	case r.continues(passed, e):
		r.start, r.last = p.Timestamp, e
	default:
		return false
	}
	r.sequence, r.at = p.SequenceNumber, p.Arrival
	r.last.End = r.last.End || e.End
	r.last.Duration = max(r.last.Duration, e.Duration)
	return true
}

// forgotten reports whether the last event is too long ago to know its timestamp.
// A key may be held without a word meanwhile.
func (r *Receiver) forgotten(p *codecs.Packet, e Event) bool {
	held := !r.last.End && e.Code == r.last.Code && p.Timestamp == r.start
	return !held && p.Arrival.Sub(r.at) > forget
}

// follows reports whether e, which comes later by its sequence number, is of
// another event without a later timestamp. The end and, of a long key, the last
// packet of a segment are told again after the next event has begun (RFC 4733
// 2.5.1.4); they are not short, and the timestamp is their event's.
func (r *Receiver) follows(e Event, passed uint32) bool {
	if e.Code != r.last.Code {
		return !e.End || passed == 0
	}
	return r.last.End && !e.End && e.Duration < r.last.Duration
}

// continues reports whether e, which begins passed after the last event,
// nevertheless is the same key, still held.
func (r *Receiver) continues(passed uint32, e Event) bool {
	if r.last.End || e.Code != r.last.Code {
		return false
	}
	// A key held for longer than the duration field can tell is sent in
	// segments that follow each other without a gap (RFC 4733 2.5.1.3).
	if passed == 0xFFFF {
		return true
	}
	// Some senders move the timestamp along with the duration, against RFC 4733
	// 2.5.1.2; a key pressed again would begin at a short duration.
	return e.Duration > r.last.Duration && passed == uint32(e.Duration-r.last.Duration)
}
