package control

import (
	"time"

	"parley/h323/h245"
)

// roundTrip is the outgoing RTDSE of clause C.10.
type roundTrip struct {
	out      *outbox
	sequence h245.SequenceNumber
	sent     time.Time
	timer    timer // T105
}

// RequestRoundTrip measures the delay of the control channel. A request that
// waits is given up for the new one.
func (m *Machine) RequestRoundTrip(now time.Time) {
	if m.ended || !m.started {
		return
	}
	r := &m.roundTrip
	r.sequence++
	r.sent = now
	r.timer.start(now, t105)
	m.request(h245.RequestMessage{RoundTripDelayRequest: &h245.RoundTripDelayRequest{SequenceNumber: r.sequence}})
}

func (r *roundTrip) answered(a *h245.RoundTripDelayResponse, now time.Time) {
	if !r.timer.running || a.SequenceNumber != r.sequence {
		return
	}
	r.timer.stop()
	r.out.emit(RoundTrip{Delay: now.Sub(r.sent)})
}

func (r *roundTrip) expire(now time.Time) {
	if r.timer.expired(now) {
		r.out.emit(RoundTrip{Delay: -1})
	}
}
