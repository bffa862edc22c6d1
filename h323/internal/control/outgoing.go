package control

import (
	"slices"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// outgoing is a channel that we opened: the outgoing LCSE of clause C.4.
type outgoing struct {
	media.Channel
	state channelState
	timer timer // T103
	want  *want // nil: nobody wants it any more
}

// open begins a channel for w.
func (m *Machine) open(w *want, c media.Capability, now time.Time) {
	o := &outgoing{want: w, Channel: media.Channel{
		Number:     m.nextNumber(),
		Direction:  media.Send,
		Session:    m.session(sessionKey{w.kind, w.role}),
		Capability: c,
	}}
	o.PayloadType, o.Traversal = m.payloadType(c), m.expected()
	w.attempts++
	w.failed = true // until it has gone well
	local, err := m.cfg.Local(&o.Channel)
	if err != nil {
		m.emit(OpenRefused{o.Channel, h245.OpenLogicalChannelRejectCause{Unspecified: null}})
		return
	}
	o.Local = local
	olc, err := m.openMessage(&o.Channel)
	if err != nil {
		m.emit(OpenRefused{o.Channel, h245.OpenLogicalChannelRejectCause{DataTypeNotSupported: null}})
		return
	}
	if o.Algorithm != "" && m.role == master {
		if olc.EncryptionSync, err = m.hand(&o.Channel); err != nil {
			m.emit(OpenRefused{o.Channel, h245.OpenLogicalChannelRejectCause{SecurityDenied: null}})
			return
		}
	}
	o.Offered = olc
	w.failed, w.channel = false, o
	o.timer.start(now, t103)
	m.out = append(m.out, o)
	m.request(h245.RequestMessage{OpenLogicalChannel: olc})
}

// acknowledged takes OpenLogicalChannelAck.
func (m *Machine) acknowledged(a *h245.OpenLogicalChannelAck, now time.Time) {
	o := m.outgoing(a.ForwardLogicalChannelNumber)
	if o == nil || o.state != channelOpening {
		return
	}
	var p *h245.H2250LogicalChannelAckParameters
	if f := a.ForwardMultiplexAckParameters; f != nil {
		p = f.H2250LogicalChannelAckParameters
	}
	remote, ok := ackAddresses(p)
	if o.Remote = remote; p != nil {
		m.traverse(&o.Channel, a.GenericInformation)
		ok = o.Remote.RTP.IsValid()
	}
	if !ok {
		// There is nowhere to send to.
		m.refuse(o, h245.OpenLogicalChannelRejectCause{Unspecified: null})
		m.release(o, now)
		return
	}
	if o.Algorithm != "" && o.Key == nil && !m.take(&o.Channel, a.EncryptionSync) {
		m.refuse(o, h245.OpenLogicalChannelRejectCause{SecurityDenied: null})
		m.release(o, now)
		return
	}
	o.timer.stop()
	o.state = channelOpen
	if p.SessionID != nil {
		// The master's word: it was asked with session 0, or knows better.
		o.Session = media.Session(*p.SessionID)
		m.sessions[sessionKey{o.Kind, o.Role}] = o.Session
	}
	if p.DynamicRTPPayloadType != nil && o.PayloadType >= 96 {
		o.PayloadType = *p.DynamicRTPPayloadType
	}
	if o.want != nil {
		o.want.refused, o.want.attempts = nil, 0
	}
	m.emit(Opened{o.Channel})
	if p.FlowControlToZero != nil && *p.FlowControlToZero {
		m.emit(FlowControl{o.Channel, 0})
		if o.Role == media.RolePresentation {
			m.askFlow(o)
		}
	}
}

// rejected takes OpenLogicalChannelReject.
func (m *Machine) rejected(r *h245.OpenLogicalChannelReject) {
	o := m.outgoing(r.ForwardLogicalChannelNumber)
	if o == nil || o.state == channelOpen {
		return
	}
	if o.state == channelOpening {
		m.refuse(o, r.Cause)
	}
	m.forget(o)
}

// refuse tells the owner, unless another codec can be tried.
func (m *Machine) refuse(o *outgoing, cause h245.OpenLogicalChannelRejectCause) {
	w := o.want
	if w == nil {
		return
	}
	w.refused = append(w.refused, o.Format)
	if len(m.candidates(w)) > 0 && w.attempts < maxAttempts && anotherCodec(cause) {
		return
	}
	m.emit(OpenRefused{o.Channel, cause})
	m.giveUp(w)
}

// anotherCodec reports whether the cause is about the data type. The slave of a
// conflict tries what does not conflict.
func anotherCodec(c h245.OpenLogicalChannelRejectCause) bool {
	return c.DataTypeNotSupported != nil || c.DataTypeNotAvailable != nil || c.UnknownDataType != nil ||
		c.DataTypeALCombinationNotSupported != nil || c.MasterSlaveConflict != nil ||
		c.Unspecified != nil || c.InsufficientBandwidth != nil
}

// release begins the close of a channel of ours.
func (m *Machine) release(o *outgoing, now time.Time) {
	if o.state == channelClosing {
		return
	}
	wasOpen := o.state == channelOpen
	m.closeMessage(o)
	o.state = channelClosing
	o.timer.start(now, t103)
	if o.want != nil && o.want.channel == o {
		o.want.channel = nil
	}
	o.want = nil
	if wasOpen {
		m.emit(Closed{o.Channel})
	}
}

func (m *Machine) closeMessage(o *outgoing) {
	m.request(h245.RequestMessage{CloseLogicalChannel: &h245.CloseLogicalChannel{
		ForwardLogicalChannelNumber: o.Number,
		Source:                      h245.CloseLogicalChannelSource{User: null},
	}})
}

// forget drops a channel that is released.
func (m *Machine) forget(o *outgoing) {
	if o.want != nil && o.want.channel == o {
		o.want.channel = nil
	}
	m.out = slices.DeleteFunc(m.out, func(x *outgoing) bool { return x == o })
}

// closeAcknowledged takes CloseLogicalChannelAck.
func (m *Machine) closeAcknowledged(a *h245.CloseLogicalChannelAck) {
	if o := m.outgoing(a.ForwardLogicalChannelNumber); o != nil && o.state == channelClosing {
		m.forget(o)
	}
}

// closeRequested takes RequestChannelClose: the incoming CLCSE of clause C.6.
func (m *Machine) closeRequested(r *h245.RequestChannelClose, now time.Time) {
	o := m.outgoing(r.ForwardLogicalChannelNumber)
	if o == nil {
		m.response(h245.ResponseMessage{RequestChannelCloseReject: &h245.RequestChannelCloseReject{
			ForwardLogicalChannelNumber: r.ForwardLogicalChannelNumber,
			Cause:                       h245.RequestChannelCloseRejectCause{Unspecified: null},
		}})
		return
	}
	m.response(h245.ResponseMessage{RequestChannelCloseAck: &h245.RequestChannelCloseAck{
		ForwardLogicalChannelNumber: r.ForwardLogicalChannelNumber,
	}})
	if r.Reason == nil || r.Reason.Reopen == nil {
		m.giveUp(o.want)
	}
	m.release(o, now)
}

// expireOutgoing is T103 of our channels.
func (m *Machine) expireOutgoing(now time.Time) {
	for _, o := range slices.Clone(m.out) {
		if !o.timer.expired(now) {
			continue
		}
		if o.state == channelOpening {
			m.closeMessage(o)
			if o.want != nil {
				m.emit(OpenRefused{o.Channel, h245.OpenLogicalChannelRejectCause{Unspecified: null}})
				m.giveUp(o.want)
			}
		}
		m.forget(o)
	}
}
