package control

import (
	"time"

	"parley/h323/h245"
)

// Receive takes a message of the peer.
func (m *Machine) Receive(msg *h245.MultimediaSystemControlMessage, now time.Time) {
	if m.ended {
		return
	}
	switch {
	case msg.Request != nil:
		m.takeRequest(msg, now)
	case msg.Response != nil:
		m.takeResponse(msg, now)
	case msg.Command != nil:
		m.takeCommand(msg, now)
	case msg.Indication != nil:
		m.takeIndication(msg, now)
	}
	if !m.ended {
		m.update(now)
	}
}

func (m *Machine) takeRequest(msg *h245.MultimediaSystemControlMessage, now time.Time) {
	switch r := msg.Request; {
	case r.MasterSlaveDetermination != nil:
		m.judge(m.determination.received(r.MasterSlaveDetermination, now), now)
	case r.TerminalCapabilitySet != nil:
		if set := m.peerSet.received(r.TerminalCapabilitySet, now); set != nil {
			m.told(set, now)
		}
	case r.OpenLogicalChannel != nil:
		m.opened(r.OpenLogicalChannel, now)
	case r.CloseLogicalChannel != nil:
		m.closed(r.CloseLogicalChannel)
	case r.RequestChannelClose != nil:
		m.closeRequested(r.RequestChannelClose, now)
	case r.RequestMode != nil:
		m.modeRequested(r.RequestMode, now)
	case r.RoundTripDelayRequest != nil:
		m.response(h245.ResponseMessage{RoundTripDelayResponse: &h245.RoundTripDelayResponse{
			SequenceNumber: r.RoundTripDelayRequest.SequenceNumber,
		}})
	case r.MaintenanceLoopRequest != nil:
		m.refuseLoop(r.MaintenanceLoopRequest)
	case r.CommunicationModeRequest != nil:
		m.answerCommunicationMode(msg)
	case r.LogicalChannelRateRequest != nil:
		m.answerRate(r.LogicalChannelRateRequest)
	case r.GenericRequest != nil:
		if h, ok := r.GenericRequest.H239(); !ok || !m.tokenRequest(h, now) {
			m.emit(Other{msg})
		}
	case r.ConferenceRequest != nil, r.NonStandard != nil:
		m.emit(Other{msg})
	default:
		// H.223's multiplex, multilinks, and what is not known.
		m.notUnderstood(h245.FunctionNotUnderstood{Request: r})
	}
}

func (m *Machine) takeResponse(msg *h245.MultimediaSystemControlMessage, now time.Time) {
	switch r := msg.Response; {
	case r.MasterSlaveDeterminationAck != nil:
		m.judge(m.determination.acknowledged(r.MasterSlaveDeterminationAck), now)
	case r.MasterSlaveDeterminationReject != nil:
		m.judge(m.determination.rejected(now), now)
	case r.TerminalCapabilitySetAck != nil:
		m.set.acknowledged(r.TerminalCapabilitySetAck)
	case r.TerminalCapabilitySetReject != nil:
		if err := m.set.rejected(r.TerminalCapabilitySetReject); err != nil {
			m.failControl(err)
		}
	case r.OpenLogicalChannelAck != nil:
		m.acknowledged(r.OpenLogicalChannelAck, now)
	case r.OpenLogicalChannelReject != nil:
		m.rejected(r.OpenLogicalChannelReject)
	case r.CloseLogicalChannelAck != nil:
		m.closeAcknowledged(r.CloseLogicalChannelAck)
	case r.RequestChannelCloseReject != nil:
		m.stays(r.RequestChannelCloseReject.ForwardLogicalChannelNumber)
	case r.RequestChannelCloseAck != nil:
		// The close follows. Until then T108 is of no more use.
		m.stays(r.RequestChannelCloseAck.ForwardLogicalChannelNumber)
	case r.RequestModeAck != nil:
		m.modeAnswered(r.RequestModeAck.SequenceNumber, true)
	case r.RequestModeReject != nil:
		m.modeAnswered(r.RequestModeReject.SequenceNumber, false)
	case r.RoundTripDelayResponse != nil:
		m.roundTrip.answered(r.RoundTripDelayResponse, now)
	case r.GenericResponse != nil:
		if h, ok := r.GenericResponse.H239(); !ok || !m.tokenResponse(h, now) {
			m.emit(Other{msg})
		}
	default:
		// Of H.243, of what the owner asked by Transmit, or of nothing.
		m.emit(Other{msg})
	}
}

func (m *Machine) takeCommand(msg *h245.MultimediaSystemControlMessage, now time.Time) {
	switch c := msg.Command; {
	case c.EndSessionCommand != nil:
		m.finish()
		m.emit(SessionEnded{})
	case c.SendTerminalCapabilitySet != nil:
		// Each costs a set of ours; they count as the peer's own do.
		if m.peerSet.rate.take(now, setBurst, setInterval) {
			m.announce(now)
		}
	case c.FlowControlCommand != nil:
		m.flowControlled(c.FlowControlCommand)
	case c.MiscellaneousCommand != nil:
		m.miscellaneous(msg)
	case c.GenericCommand != nil:
		if h, ok := c.GenericCommand.H239(); !ok || !m.tokenCommand(h) {
			m.emit(Other{msg})
		}
	case c.ConferenceCommand != nil, c.CommunicationModeCommand != nil, c.NonStandard != nil:
		m.emit(Other{msg})
	case c.MaintenanceLoopOffCommand != nil:
		// There is no loop.
	default:
		m.notUnderstood(h245.FunctionNotUnderstood{Command: c})
	}
}

func (m *Machine) takeIndication(msg *h245.MultimediaSystemControlMessage, now time.Time) {
	switch i := msg.Indication; {
	case i.MasterSlaveDeterminationRelease != nil:
		m.judge(m.determination.released(), now)
	case i.OpenLogicalChannelConfirm != nil:
		m.confirmed(i.OpenLogicalChannelConfirm, now)
	case i.RequestModeRelease != nil:
		m.mode = nil
	case i.MiscellaneousIndication != nil:
		m.activity(msg)
	case i.UserInput != nil:
		m.userInput(i.UserInput)
	case i.GenericIndication != nil:
		if h, ok := i.GenericIndication.H239(); !ok || !m.tokenIndication(h) {
			m.emit(Other{msg})
		}
	case i.TerminalCapabilitySetRelease != nil, i.RequestChannelCloseRelease != nil,
		i.MultiplexEntrySendRelease != nil, i.RequestMultiplexEntryRelease != nil, i.LogicalChannelRateRelease != nil:
		// What they release was answered at once.
	case i.FunctionNotUnderstood != nil, i.FunctionNotSupported != nil:
		m.tolerate(msg)
	default:
		m.emit(Other{msg})
	}
}

// notUnderstood returns what was not understood (clause B.14.1). The older of
// the two indications for it is known to all versions.
func (m *Machine) notUnderstood(f h245.FunctionNotUnderstood) {
	msg := &h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{FunctionNotUnderstood: &f}}
	if b, err := msg.Marshal(); err != nil || len(b) > maxNotUnderstood {
		return
	}
	m.emit(Transmit{msg})
}

// tolerate takes a message of ours back that the peer does not know. The token
// need not be waited for then.
func (m *Machine) tolerate(msg *h245.MultimediaSystemControlMessage) {
	if f := msg.Indication.FunctionNotUnderstood; f != nil && f.Request != nil {
		if h, ok := f.Request.GenericRequest.H239(); ok && h.SubMessage == h245.PresentationTokenRequest {
			m.abandonToken()
		}
		if f.Request.RoundTripDelayRequest != nil {
			m.roundTrip.timer.stop()
		}
	}
	m.emit(Other{msg})
}
