package control

import (
	"slices"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// presentation is the token of H.239 clause 11: who may send the second video.
type presentation struct {
	out    *outbox
	random func() uint32
	holder PresentationHolder
	// timer runs while a request of ours is with the peer.
	timer    timer
	breaking uint8 // of that request
	tries    int
	wanted   bool // a request is due
}

func (p *presentation) requesting() bool { return p.timer.running }

func (p *presentation) request(now time.Time) {
	p.breaking = uint8(p.random()%127) + 1
	p.timer.start(now, t239)
	p.out.request(h245.RequestMessage{GenericRequest: h245.H239Message{
		SubMessage:       h245.PresentationTokenRequest,
		SymmetryBreaking: p.breaking,
	}.Generic()})
}

// hold settles who has the token, and tells.
func (m *Machine) hold(h PresentationHolder) {
	p := &m.presentation
	asked := p.requesting()
	p.timer.stop()
	if p.holder == h && !asked {
		return
	}
	p.holder = h
	m.emit(Presentation{h})
}

// lose ends our second video.
func (m *Machine) lose(now time.Time) {
	for _, o := range slices.Clone(m.out) {
		if o.Role == media.RolePresentation && o.state != channelClosing {
			m.giveUp(o.want)
			m.release(o, now)
		}
	}
	if w := m.wanted(media.KindVideo, media.RolePresentation); w != nil {
		m.unwant(w)
	}
}

// RequestPresentation asks for the token of H.239; the answer comes as
// Presentation. The second video is then the owner's to Open, or was opened
// before and has waited for it. ReleasePresentation gives the token back.
func (m *Machine) RequestPresentation(now time.Time) {
	p := &m.presentation
	if m.ended || p.requesting() {
		return
	}
	if p.holder == PresentationHere {
		m.emit(Presentation{PresentationHere})
		return
	}
	p.wanted = true
	m.update(now)
}

// askToken sends the request that waited for the peer's capabilities, if there
// is any use in it.
func (m *Machine) askToken(now time.Time) {
	p := &m.presentation
	if !p.wanted || p.requesting() {
		return
	}
	p.wanted = false
	if !m.remote.H239 && !slices.ContainsFunc(m.remote.Capabilities, func(c media.Capability) bool {
		return c.Role == media.RolePresentation
	}) {
		m.abandonToken()
		return
	}
	p.tries = 1
	p.request(now)
}

// ReleasePresentation gives the token back, and closes our second video.
func (m *Machine) ReleasePresentation(now time.Time) {
	p := &m.presentation
	p.wanted = false
	if m.ended || p.holder != PresentationHere && !p.requesting() {
		return
	}
	number := m.presentationNumber()
	m.lose(now)
	m.command(h245.CommandMessage{GenericCommand: h245.H239Message{
		SubMessage: h245.PresentationTokenRelease,
		ChannelID:  number,
	}.Generic()})
	if p.holder == PresentationHere {
		m.hold(PresentationNobody)
	}
	p.timer.stop()
	m.update(now)
}

// presentationNumber is that of our second video, 0 where none is open.
func (m *Machine) presentationNumber() uint16 {
	for _, o := range m.out {
		if o.Role == media.RolePresentation && o.state != channelClosing {
			return uint16(o.Number)
		}
	}
	return 0
}

// ForcePresentation says who has the token, without asking: somebody else of
// the conference took it, say. The peer's second video is asked to close if it
// is not the peer's any more.
func (m *Machine) ForcePresentation(h PresentationHolder) {
	p := &m.presentation
	if m.ended || p.holder == h {
		return
	}
	was := p.holder
	m.hold(h)
	if was != PresentationPeer {
		return
	}
	if h == PresentationHere && m.started {
		m.indication(h245.IndicationMessage{GenericIndication: h245.H239Message{
			SubMessage: h245.PresentationTokenIndicateOwner,
		}.Generic()})
	}
	for _, i := range m.in {
		if i.Role == media.RolePresentation {
			m.request(h245.RequestMessage{RequestChannelClose: &h245.RequestChannelClose{
				ForwardLogicalChannelNumber: i.Number,
				Reason:                      &h245.RequestChannelCloseReason{Normal: null},
			}})
		}
	}
}

// tokenRequest takes a genericRequest of H.239; false: another one.
func (m *Machine) tokenRequest(h h245.H239Message, now time.Time) bool {
	switch h.SubMessage {
	case h245.PresentationTokenRequest:
		m.tokenAsked(h, now)
	case h245.FlowControlReleaseRequest:
		m.flowAsked(h)
	default:
		return false
	}
	return true
}

// tokenAsked decides on the peer's request. Where both ask at once the higher
// number wins (H.239 clause 11.2.2); one who presents gives way to the next, as
// users expect.
func (m *Machine) tokenAsked(h h245.H239Message, now time.Time) {
	p := &m.presentation
	grant := !p.requesting() || h.SymmetryBreaking > p.breaking || h.SymmetryBreaking == 0
	m.response(h245.ResponseMessage{GenericResponse: h245.H239Message{
		SubMessage:    h245.PresentationTokenResponse,
		TerminalLabel: h.TerminalLabel,
		ChannelID:     h.ChannelID,
		Acknowledge:   grant,
	}.Generic()})
	if !grant {
		return
	}
	m.lose(now)
	m.hold(PresentationPeer)
}

// tokenResponse takes a genericResponse of H.239; false: another one.
func (m *Machine) tokenResponse(h h245.H239Message, now time.Time) bool {
	p := &m.presentation
	switch h.SubMessage {
	case h245.FlowControlReleaseResponse:
		// Granted, a flow control command follows; else all stays.
		return true
	case h245.PresentationTokenResponse:
	default:
		return false
	}
	switch {
	case !p.requesting():
	case h.Acknowledge:
		m.hold(PresentationHere)
		m.update(now)
	default:
		m.tokenDenied(now)
	}
	return true
}

// tokenDenied asks again after a tie: both were denied then.
func (m *Machine) tokenDenied(now time.Time) {
	p := &m.presentation
	if p.tries < maxTokenRequests && p.holder == PresentationNobody {
		p.tries++
		p.request(now)
		return
	}
	m.abandonToken()
}

// abandonToken ends a request of ours without the token, and tells who has it.
func (m *Machine) abandonToken() {
	m.presentation.timer.stop()
	if w := m.wanted(media.KindVideo, media.RolePresentation); w != nil && w.channel == nil {
		m.unwant(w)
	}
	m.emit(Presentation{m.presentation.holder})
}

// tokenCommand takes a genericCommand of H.239; false: another one.
func (m *Machine) tokenCommand(h h245.H239Message) bool {
	if h.SubMessage != h245.PresentationTokenRelease {
		return false
	}
	m.peerPresented()
	return true
}

// tokenIndication takes a genericIndication of H.239; false: another one.
func (m *Machine) tokenIndication(h h245.H239Message) bool {
	if h.SubMessage != h245.PresentationTokenIndicateOwner {
		return false
	}
	if p := &m.presentation; p.holder == PresentationNobody && !p.requesting() {
		m.hold(PresentationPeer)
	}
	return true
}

// peerPresents is a second video of the peer's, whether it has asked or not.
func (m *Machine) peerPresents(now time.Time) {
	if m.presentation.holder == PresentationPeer {
		return
	}
	m.lose(now)
	m.hold(PresentationPeer)
}

// peerPresented is the end of one, or the release of the token.
func (m *Machine) peerPresented() {
	if m.presentation.holder == PresentationPeer {
		m.hold(PresentationNobody)
	}
}

// flowAsked answers a request to lift a limit of ours: where none is in force
// below that rate, it is granted.
func (m *Machine) flowAsked(h h245.H239Message) {
	i := m.incoming(h245.LogicalChannelNumber(h.ChannelID))
	grant := i == nil || i.limit < 0 || int(h.BitRate)*100 <= i.limit
	m.response(h245.ResponseMessage{GenericResponse: h245.H239Message{
		SubMessage:  h245.FlowControlReleaseResponse,
		ChannelID:   h.ChannelID,
		Acknowledge: grant,
	}.Generic()})
}

// askFlow asks to be let send in a second video that was opened at rate 0.
func (m *Machine) askFlow(o *outgoing) {
	m.request(h245.RequestMessage{GenericRequest: h245.H239Message{
		SubMessage: h245.FlowControlReleaseRequest,
		ChannelID:  uint16(o.Number),
		BitRate:    uint16(min(max(o.MaxBitRate/100, 1), 65535)),
	}.Generic()})
}
