package telephoneevent

import "time"

// Receiver makes one digit of each event of one source (SSRC). The zero value
// is ready for use.
//
// An event is told apart by its RTP timestamp, which all of its packets share
// (RFC 4733 2.5.1.2). The digit is given with the first packet that arrives,
// whichever that is: so lost beginnings, lost ends and the end's
// retransmissions make no difference.
type Receiver struct {
	heard bool
	last  Event
	start uint32 // RTP timestamp of the last event
	at    time.Time
}

// Receive takes a packet's RTP timestamp and payload and returns a digit when
// the packet is the first of a key's event. now is the time of arrival. The
// error wraps codecs.ErrMalformed.
func (r *Receiver) Receive(timestamp uint32, payload []byte, now time.Time) (digit byte, ok bool, err error) {
	e, err := Parse(payload)
	if err != nil {
		return 0, false, err
	}
	if r.known(timestamp, e, now) {
		return 0, false, nil
	}
	r.heard, r.last, r.start, r.at = true, e, timestamp, now
	digit, ok = e.Digit()
	return digit, ok, nil
}

// known reports whether the packet belongs to the last event or to one before
// it, and keeps what it tells.
func (r *Receiver) known(timestamp uint32, e Event, now time.Time) bool {
	if !r.heard || now.Sub(r.at) > forget {
		return false
	}
	passed := timestamp - r.start
	switch {
	case passed == 0: // the same event, or its end once more
	case passed >= 1<<31:
		return true // a late packet of an event before
	case r.continues(passed, e):
		r.start, r.last = timestamp, e
	default:
		return false
	}
	r.at = now
	r.last.End = r.last.End || e.End
	r.last.Duration = max(r.last.Duration, e.Duration)
	return true
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
