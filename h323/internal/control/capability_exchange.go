package control

import (
	"errors"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// Errors of capability exchange.
var (
	errSetRejected = errors.New("h245: the peer rejected the capability set")
	errSetTimeout  = errors.New("h245: no answer to the capability set")
)

// outgoingSet is the outgoing CESE of clause C.3.
type outgoingSet struct {
	out      *outbox
	sequence h245.SequenceNumber
	timer    timer // T101; runs while an answer is awaited
	// accepted tells that some set of ours is in force at the peer.
	accepted bool
}

// transfer is TRANSFER.request. The standard lets it wait for the answer to the
// one before; a pause cannot wait, and the sequence number tells the answers
// apart.
func (s *outgoingSet) transfer(set *media.Set, now time.Time) error {
	m, err := set.Message()
	if err != nil {
		return err
	}
	s.sequence++
	m.SequenceNumber = s.sequence
	s.timer.start(now, t101)
	s.out.request(h245.RequestMessage{TerminalCapabilitySet: m})
	return nil
}

func (s *outgoingSet) awaiting() bool { return s.timer.running }

// acknowledged reports whether it is the answer to the last set.
func (s *outgoingSet) acknowledged(m *h245.TerminalCapabilitySetAck) bool {
	if !s.awaiting() || m.SequenceNumber != s.sequence {
		return false
	}
	s.timer.stop()
	s.accepted = true
	return true
}

// rejected takes a refusal. It is an error only as long as the peer knows
// nothing of ours: a later set leaves the earlier in force.
func (s *outgoingSet) rejected(m *h245.TerminalCapabilitySetReject) error {
	if !s.awaiting() || m.SequenceNumber != s.sequence {
		return nil
	}
	s.timer.stop()
	if s.accepted {
		return nil
	}
	return errSetRejected
}

// expire is T101.
func (s *outgoingSet) expire(now time.Time) error {
	if !s.timer.expired(now) {
		return nil
	}
	s.out.indication(h245.IndicationMessage{
		TerminalCapabilitySetRelease: &h245.TerminalCapabilitySetRelease{},
	})
	if s.accepted {
		return nil
	}
	return errSetTimeout
}

// incomingSet is the incoming CESE of clause C.3: it answers at once, so it has
// no state but the rate.
type incomingSet struct {
	out  *outbox
	rate bucket
}

// received reads a set and answers it; nil: refused.
func (s *incomingSet) received(m *h245.TerminalCapabilitySet, now time.Time) *media.Set {
	if !s.rate.take(now, setBurst, setInterval) {
		s.reject(m, h245.TerminalCapabilitySetRejectCause{Unspecified: null})
		return nil
	}
	set, err := media.ParseSet(m)
	if err != nil {
		s.reject(m, h245.TerminalCapabilitySetRejectCause{UndefinedTableEntryUsed: null})
		return nil
	}
	s.out.response(h245.ResponseMessage{TerminalCapabilitySetAck: &h245.TerminalCapabilitySetAck{
		SequenceNumber: m.SequenceNumber,
	}})
	return set
}

func (s *incomingSet) reject(m *h245.TerminalCapabilitySet, cause h245.TerminalCapabilitySetRejectCause) {
	s.out.response(h245.ResponseMessage{TerminalCapabilitySetReject: &h245.TerminalCapabilitySetReject{
		SequenceNumber: m.SequenceNumber,
		Cause:          cause,
	}})
}
