package control

import "parley/h323/h245"

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
