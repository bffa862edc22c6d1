package control

import (
	"slices"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// incoming is a channel that the peer opened: the incoming LCSE of clause C.4,
// or B-LCSE of C.5, and the outgoing CLCSE of C.6.
type incoming struct {
	media.Channel
	state   channelState
	timer   timer                     // T103, while a confirmation is awaited
	closing timer                     // T108, while the peer is asked to close it
	reverse h245.LogicalChannelNumber // of the way back; 0: unidirectional
	limit   int                       // the rate that we allow; -1: any
	sync    *h245.EncryptionSync      // of a key that we made
}

// opened takes OpenLogicalChannel.
func (m *Machine) opened(o *h245.OpenLogicalChannel, now time.Time) {
	if old := m.incoming(o.ForwardLogicalChannelNumber); old != nil {
		// The number once more: the peer has let go of the channel before
		// (clause C.4.5, ESTABLISHED). After fast connect it is usual.
		m.drop(old)
	}
	i, cause := m.accept(o)
	if cause != nil {
		m.response(h245.ResponseMessage{OpenLogicalChannelReject: &h245.OpenLogicalChannelReject{
			ForwardLogicalChannelNumber: o.ForwardLogicalChannelNumber,
			Cause:                       *cause,
		}})
		return
	}
	m.supersede(i, o)
	m.in = append(m.in, i)
	m.response(h245.ResponseMessage{OpenLogicalChannelAck: m.ackMessage(i)})
	if i.reverse != 0 {
		i.state = channelOpening
		i.timer.start(now, t103)
		return
	}
	m.establish(i, now)
}

// establish tells that an incoming channel is open.
func (m *Machine) establish(i *incoming, now time.Time) {
	i.state = channelOpen
	m.emit(Opened{i.Channel})
	if i.Role == media.RolePresentation {
		m.peerPresents(now)
	}
}

// accept decides on a channel of the peer's.
func (m *Machine) accept(o *h245.OpenLogicalChannel) (*incoming, *h245.OpenLogicalChannelRejectCause) {
	refused := func(c h245.OpenLogicalChannelRejectCause) (*incoming, *h245.OpenLogicalChannelRejectCause) {
		return nil, &c
	}
	f := &o.ForwardLogicalChannelParameters
	p := f.MultiplexParameters.H2250LogicalChannelParameters
	switch {
	case p == nil:
		return refused(h245.OpenLogicalChannelRejectCause{DataTypeALCombinationNotSupported: null})
	case isMulticast(p.MediaChannel):
		return refused(h245.OpenLogicalChannelRejectCause{MulticastChannelNotAllowed: null})
	case len(m.in) >= maxIncoming:
		return refused(h245.OpenLogicalChannelRejectCause{DataTypeNotAvailable: null})
	}
	i := &incoming{limit: -1, Channel: media.Channel{
		Number:    o.ForwardLogicalChannelNumber,
		Direction: media.Receive,
		Offered:   o,
	}}
	c, ok := media.ParseChannel(&f.DataType, p)
	if !ok {
		if len(f.DataType.Extension) > 0 {
			return refused(h245.OpenLogicalChannelRejectCause{UnknownDataType: null})
		}
		return refused(h245.OpenLogicalChannelRejectCause{DataTypeNotSupported: null})
	}
	i.Capability, i.Session = settled(c), media.Session(p.SessionID)
	m.findRole(i, &f.DataType)
	if !m.receives(i.Capability) {
		return refused(h245.OpenLogicalChannelRejectCause{DataTypeNotSupported: null})
	}
	if !m.admits(&i.Capability) {
		return refused(h245.OpenLogicalChannelRejectCause{SecurityDenied: null})
	}
	if cause := m.way(i, o); cause != nil {
		return nil, cause
	}
	if !m.findSession(i) {
		return refused(h245.OpenLogicalChannelRejectCause{InvalidSessionID: null})
	}
	if !m.unlock(i, o.EncryptionSync) {
		return refused(h245.OpenLogicalChannelRejectCause{SecurityDenied: null})
	}
	i.Remote.RTCP = address(p.MediaControlChannel)
	m.traverse(&i.Channel, o.GenericInformation)
	local, err := m.cfg.Local(&i.Channel)
	if err != nil {
		return refused(h245.OpenLogicalChannelRejectCause{Unspecified: null})
	}
	i.Local = local
	return i, nil
}

// findRole tells a second video from the first. Makers leave the label out, or
// open a plain video beside the first.
func (m *Machine) findRole(i *incoming, d *h245.DataType) {
	if i.Kind != media.KindVideo || i.Role != media.RoleMain {
		return
	}
	extended := d.VideoData != nil && d.VideoData.ExtendedVideoCapability != nil
	elsewhere := i.Session > media.SessionVideo && m.sessions[sessionKey{media.KindVideo, media.RoleMain}] != i.Session
	beside := slices.ContainsFunc(m.in, func(x *incoming) bool {
		return x.Kind == media.KindVideo && x.Role == media.RoleMain && x.Session != i.Session &&
			x.Number != i.Number
	})
	if extended || elsewhere && beside {
		i.Role = media.RolePresentation
	}
}

// receives reports whether our set has what the peer wants to send.
func (m *Machine) receives(c media.Capability) bool {
	return slices.ContainsFunc(m.receive.Capabilities, func(r media.Capability) bool {
		if r.Kind != c.Kind || r.Role != c.Role && c.Role != media.RoleMain && r.Role != media.RoleMain {
			return false
		}
		offered := c
		offered.Role = r.Role
		return r.Decodes(offered)
	})
}

// way decides on the way back of a bidirectional channel: only H.224 has one.
func (m *Machine) way(i *incoming, o *h245.OpenLogicalChannel) *h245.OpenLogicalChannelRejectCause {
	r := o.ReverseLogicalChannelParameters
	if r == nil {
		return nil
	}
	c, ok := media.ParseDataType(&r.DataType)
	if !ok || c.Kind != media.KindData || i.Kind != media.KindData || c.Format.Name != i.Format.Name {
		return &h245.OpenLogicalChannelRejectCause{UnsuitableReverseParameters: null}
	}
	ours := m.wanted(i.Kind, i.Role)
	if m.role == master && ours != nil && ours.channel != nil && ours.channel.state == channelOpening {
		// Both open the same at once: the master's stays (clause C.5.1.3).
		return &h245.OpenLogicalChannelRejectCause{MasterSlaveConflict: null}
	}
	i.Direction = media.Receive | media.Send
	i.reverse = m.nextNumber()
	if r.MultiplexParameters != nil {
		if p := r.MultiplexParameters.H2250LogicalChannelParameters; p != nil {
			i.Remote.RTP = address(p.MediaChannel)
		}
	}
	return nil
}

// findSession settles the session: false where it is another medium's. 0 asks
// the master for one; a master has none to ask for, but some do. Beyond the
// primary ones anything goes: makers put the second video into 0, 3 or 32.
func (m *Machine) findSession(i *incoming) bool {
	k := sessionKey{i.Kind, i.Role}
	switch i.Session {
	case 0:
		i.Session = m.assign(k)
		return true
	case media.SessionAudio:
		if i.Kind != media.KindAudio {
			return false
		}
	case media.SessionVideo:
		if i.Kind != media.KindVideo {
			return false
		}
	}
	if m.sessions[k] == 0 || k.primarySession() == 0 {
		m.sessions[k] = i.Session
	}
	return true
}

// supersede closes what the new channel replaces: the one it names, or that of
// the same session, of which there is one in each direction.
func (m *Machine) supersede(i *incoming, o *h245.OpenLogicalChannel) {
	named := o.ForwardLogicalChannelParameters.ReplacementFor
	for _, old := range slices.Clone(m.in) {
		if named != nil && old.Number == *named || old.Session == i.Session && old.Kind == i.Kind {
			m.drop(old)
		}
	}
}

// ackMessage tells the peer where to send.
func (m *Machine) ackMessage(i *incoming) *h245.OpenLogicalChannelAck {
	session := uint8(i.Session)
	p := &h245.H2250LogicalChannelAckParameters{
		SessionID:           &session,
		MediaChannel:        transport(i.Local.RTP),
		MediaControlChannel: transport(i.Local.RTCP),
	}
	if i.PayloadType >= 96 {
		p.DynamicRTPPayloadType = &i.PayloadType
	}
	a := &h245.OpenLogicalChannelAck{
		ForwardLogicalChannelNumber:   i.Number,
		ForwardMultiplexAckParameters: &h245.ForwardMultiplexAckParameters{H2250LogicalChannelAckParameters: p},
		EncryptionSync:                i.sync,
		GenericInformation:            m.traversalOf(i.Local),
	}
	if i.reverse != 0 {
		a.ReverseLogicalChannelParameters = &h245.ReverseLogicalChannelAckParameters{
			ReverseLogicalChannelNumber: i.reverse,
			MultiplexParameters: &h245.ReverseMultiplexAckParameters{
				H2250LogicalChannelParameters: &h245.H2250LogicalChannelParameters{
					SessionID:           session,
					MediaChannel:        transport(i.Local.RTP),
					MediaControlChannel: transport(i.Local.RTCP),
				},
			},
		}
	}
	return a
}

// confirmed takes OpenLogicalChannelConfirm.
func (m *Machine) confirmed(c *h245.OpenLogicalChannelConfirm, now time.Time) {
	if i := m.incoming(c.ForwardLogicalChannelNumber); i != nil && i.state == channelOpening {
		i.timer.stop()
		m.establish(i, now)
	}
}

// closed takes CloseLogicalChannel. It is acknowledged in any state.
func (m *Machine) closed(c *h245.CloseLogicalChannel) {
	if i := m.incoming(c.ForwardLogicalChannelNumber); i != nil {
		m.drop(i)
		if i.Role == media.RolePresentation {
			m.peerPresented()
		}
	}
	m.response(h245.ResponseMessage{CloseLogicalChannelAck: &h245.CloseLogicalChannelAck{
		ForwardLogicalChannelNumber: c.ForwardLogicalChannelNumber,
	}})
}

// drop forgets a channel of the peer's, and tells if it was open.
func (m *Machine) drop(i *incoming) {
	m.in = slices.DeleteFunc(m.in, func(x *incoming) bool { return x == i })
	if i.state == channelOpen {
		m.emit(Closed{i.Channel})
	}
}

// stays takes RequestChannelCloseReject: the peer goes on.
func (m *Machine) stays(n h245.LogicalChannelNumber) {
	if i := m.incoming(n); i != nil {
		i.closing.stop()
	}
}

// expireIncoming is T103 of confirmations, and T108.
func (m *Machine) expireIncoming(now time.Time) {
	for _, i := range slices.Clone(m.in) {
		if i.timer.expired(now) {
			m.drop(i)
		}
		if i.closing.expired(now) {
			m.indication(h245.IndicationMessage{RequestChannelCloseRelease: &h245.RequestChannelCloseRelease{
				ForwardLogicalChannelNumber: i.Number,
			}})
		}
	}
}
