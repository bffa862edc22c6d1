package leg

import "parley/qos/rtp"

// Dial presses keys (telephoneevent.Digits) one after the other, while what is
// heard here is not sent. It reports false where the peer takes none by RTP, a key
// is none, or too many wait.
func (a *Audio) Dial(keys string) bool {
	t := a.sending.Load()
	if t == nil || t.Digits.Format.IsZero() {
		return false
	}
	a.dialMu.Lock()
	defer a.dialMu.Unlock()
	return a.dial.Queue(keys) == nil
}

// sendKey sends what a tick has of a key, in the place of sound; false: no key is
// down.
func (a *Audio) sendKey(s *rtp.Session, t *AudioTerms, duration uint32) bool {
	if t.Digits.Format.IsZero() {
		return false
	}
	a.dialMu.Lock()
	p, down := a.dial.Next(a.timestamp, t.Digits.Format.ClockRate)
	a.dialMu.Unlock()
	if !down {
		return false
	}
	h := rtp.Header{
		PayloadType: t.Digits.PayloadType, Marker: p.Marker,
		SequenceNumber: a.sequence, Timestamp: p.Timestamp,
	}
	a.sequence++
	a.timestamp += duration
	_ = s.Send(h, p.Event.Append(a.dialled[:0])) // the session counts what fails
	return true
}
