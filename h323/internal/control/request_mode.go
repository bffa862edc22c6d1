package control

import (
	"slices"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
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

// modeRequested takes RequestMode: the incoming MRSE of clause C.9. The first mode
// of which every element can be sent is obeyed; what a mode does not name stays as
// it is, since H.323 terminals name only what is to change. The owner of a Manual
// machine answers by AnswerMode.
func (m *Machine) modeRequested(r *h245.RequestMode, now time.Time) {
	if m.cfg.Manual {
		m.mode = r
		m.emit(ModeRequested{r})
		return
	}
	if !m.modeRate.take(now, setBurst, setInterval) || !m.ready() || m.paused {
		m.rejectMode(r, h245.RequestModeRejectCause{RequestDenied: null})
		return
	}
	for n, mode := range r.RequestedModes[:min(len(r.RequestedModes), maxModes)] {
		if changes, ok := m.possible(mode); ok {
			m.acknowledgeMode(r, n == 0)
			m.obey(changes, now)
			return
		}
	}
	m.rejectMode(r, h245.RequestModeRejectCause{ModeUnavailable: null})
}

// modeChange is an element of a mode that can be had.
type modeChange struct {
	want *want
	mode media.Capability // as asked for
	best media.Capability // to be sent
}

// possible returns what a mode comes to.
func (m *Machine) possible(mode h245.ModeDescription) ([]modeChange, bool) {
	var changes []modeChange
	for i := range mode {
		asked, ok := media.ParseMode(&mode[i].Type)
		if !ok {
			return nil, false
		}
		w := m.wanted(asked.Kind, media.RoleMain)
		if n := mode[i].LogicalChannelNumber; n != nil {
			if o := m.outgoing(*n); o != nil && o.want != nil && o.Kind == asked.Kind {
				w = o.want
			}
		}
		if w == nil || w.off || slices.ContainsFunc(changes, func(c modeChange) bool { return c.want == w }) {
			return nil, false
		}
		free := *w
		if w.standing {
			free.capability = media.Capability{} // its owner's choice gives way
		}
		list := within(m.reachable(&free), asked)
		if len(list) == 0 {
			return nil, false
		}
		changes = append(changes, modeChange{w, asked, list[0]})
	}
	return changes, len(changes) > 0
}

// within returns what of a list a mode allows.
func within(list []media.Capability, mode media.Capability) []media.Capability {
	var out []media.Capability
	for _, c := range list {
		if n, ok := c.Within(mode); ok {
			out = append(out, n)
		}
	}
	return out
}

// obey opens channels anew where they carry something else. A lesser rate needs no
// other channel.
func (m *Machine) obey(changes []modeChange, now time.Time) {
	var told []media.Capability
	for _, c := range changes {
		c.want.mode = &c.mode
		if c.want.standing {
			c.want.capability = media.Capability{}
		}
		c.want.reset()
		told = append(told, c.best)
		switch o := c.want.channel; {
		case o == nil:
		case o.state != channelOpen, !c.mode.Decodes(o.Capability), !c.best.Takes(o.Capability):
			m.release(o, now)
		case c.mode.MaxBitRate > 0:
			m.emit(FlowControl{o.Channel, c.mode.MaxBitRate})
		}
	}
	m.emit(ModeSet{told})
	m.update(now)
}

// forgetModes: a peer that tells other capabilities has other wishes.
func (m *Machine) forgetModes() {
	for _, w := range m.wants {
		w.mode = nil
	}
}

// AnswerMode answers a ModeRequested. Which of the modes it is, the owner knows; it
// is told as the most preferred.
func (m *Machine) AnswerMode(accept bool) {
	r := m.mode
	if r == nil {
		return
	}
	m.mode = nil
	if accept {
		m.acknowledgeMode(r, true)
		return
	}
	m.rejectMode(r, h245.RequestModeRejectCause{ModeUnavailable: null})
}

func (m *Machine) acknowledgeMode(r *h245.RequestMode, preferred bool) {
	response := h245.RequestModeAckResponse{WillTransmitLessPreferredMode: null}
	if preferred {
		response = h245.RequestModeAckResponse{WillTransmitMostPreferredMode: null}
	}
	m.response(h245.ResponseMessage{RequestModeAck: &h245.RequestModeAck{SequenceNumber: r.SequenceNumber, Response: response}})
}

func (m *Machine) rejectMode(r *h245.RequestMode, cause h245.RequestModeRejectCause) {
	m.response(h245.ResponseMessage{RequestModeReject: &h245.RequestModeReject{SequenceNumber: r.SequenceNumber, Cause: cause}})
}
