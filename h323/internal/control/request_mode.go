package control

import (
	"time"

	"parley/h323/h245"
)

// modeRequest is the outgoing MRSE of clause C.9.
type modeRequest struct {
	sequence h245.SequenceNumber
	timer    timer // T109
}

// RequestMode asks the peer to send in one of the modes, best first; the answer
// comes as ModeAnswered. A request that waits is given up for the new one.
func (m *Machine) RequestMode(modes []h245.ModeDescription, now time.Time) {
	if m.ended || !m.started || len(modes) == 0 {
		return
	}
	m.modeRequest.sequence++
	m.modeRequest.timer.start(now, t109)
	m.request(h245.RequestMessage{RequestMode: &h245.RequestMode{
		SequenceNumber: m.modeRequest.sequence,
		RequestedModes: modes,
	}})
}

func (m *Machine) modeAnswered(n h245.SequenceNumber, accepted bool) {
	if !m.modeRequest.timer.running || n != m.modeRequest.sequence {
		return
	}
	m.modeRequest.timer.stop()
	m.emit(ModeAnswered{accepted})
}

func (m *Machine) expireMode(now time.Time) {
	if !m.modeRequest.timer.expired(now) {
		return
	}
	m.indication(h245.IndicationMessage{RequestModeRelease: &h245.RequestModeRelease{}})
	m.emit(ModeAnswered{false})
}

// AnswerMode answers a ModeRequested: the incoming MRSE of clause C.9. Which of
// the modes it is, the owner knows; it is told as the most preferred.
func (m *Machine) AnswerMode(accept bool) {
	r := m.mode
	if r == nil {
		return
	}
	m.mode = nil
	if accept {
		m.response(h245.ResponseMessage{RequestModeAck: &h245.RequestModeAck{
			SequenceNumber: r.SequenceNumber,
			Response:       h245.RequestModeAckResponse{WillTransmitMostPreferredMode: null},
		}})
		return
	}
	m.response(h245.ResponseMessage{RequestModeReject: &h245.RequestModeReject{
		SequenceNumber: r.SequenceNumber,
		Cause:          h245.RequestModeRejectCause{ModeUnavailable: null},
	}})
}
