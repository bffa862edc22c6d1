package control

import (
	"slices"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// told takes a capability set of the peer's that is in force now.
func (m *Machine) told(set *media.Set, now time.Time) {
	again := m.remote != nil
	m.remote = set
	m.forgetModes()
	m.emit(Capabilities{set})
	if set.Empty() {
		m.pause(now)
		return
	}
	m.resume(now)
	for _, w := range m.wants {
		if w.channel == nil {
			w.reset()
		}
	}
	m.keep(false, again, now)
}

// pause closes all that we send: H.323 clause 8.4.6.
func (m *Machine) pause(now time.Time) {
	m.paused = true
	for _, o := range slices.Clone(m.out) {
		w := o.want
		if w != nil && !w.standing && w.role == media.RolePresentation {
			m.giveUp(w)
		}
		m.release(o, now)
	}
	if m.presentation.holder == PresentationHere {
		m.hold(PresentationNobody)
	}
}

// resume is the way back, to the state just after the control channel was
// there: the peer may be another one now. Determination begins again, and so
// do our capabilities and channels.
func (m *Machine) resume(now time.Time) {
	if !m.paused {
		return
	}
	m.paused = false
	if m.role == indeterminate || !m.started {
		return // a call that began with a pause
	}
	m.role = indeterminate
	m.sessions = map[sessionKey]media.Session{}
	for _, i := range m.in {
		m.sessions[sessionKey{i.Kind, i.Role}] = i.Session
	}
	m.announce(now)
	m.determination.request(now)
}

// SetCapabilities announces another set; the empty one pauses what the peer
// sends.
func (m *Machine) SetCapabilities(receive *media.Set, now time.Time) {
	if m.ended {
		return
	}
	if receive == nil {
		receive = &media.Set{}
	}
	m.receive = receive
	if m.started {
		m.announce(now)
	}
}

// SetSending tells what can be sent from now on: channels of what is not in it
// are closed, better ones opened.
func (m *Machine) SetSending(send *media.Set, now time.Time) {
	if m.ended {
		return
	}
	if send == nil {
		send = &media.Set{}
	}
	m.send = send
	for _, w := range m.wants {
		w.reset()
	}
	if m.remote != nil {
		m.keep(true, true, now)
	}
	m.update(now)
}

// refuseLoop answers the MLSE of clause C.11: there are no loops.
func (m *Machine) refuseLoop(r *h245.MaintenanceLoopRequest) {
	m.response(h245.ResponseMessage{MaintenanceLoopReject: &h245.MaintenanceLoopReject{
		Type:  r.Type,
		Cause: h245.MaintenanceLoopRejectCause{CanNotPerformLoop: null},
	}})
}
