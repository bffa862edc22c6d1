package signalling

import (
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
	"parley/h323/q931"
)

// Dial sends the SETUP; the machine adds identifiers and tunnelling. h245Control
// rides in it (H.323 clause 8.2.1), which no fastStart may accompany.
func (m *Machine) Dial(setup *h225.SetupUUIE, h245Control [][]byte, elements []q931.Element, now time.Time) {
	if m.state != q931.Null || m.ended || !m.outgoing {
		return
	}
	setup.ProtocolIdentifier = h225.Protocol
	setup.CallIdentifier = m.callID()
	setup.ConferenceID = m.cfg.Conference
	if len(setup.FastStart) > 0 {
		m.fast = fastProposed
		m.parallel = len(setup.ParallelH245Control) > 0
	}
	m.enter(q931.CallInitiated)
	m.transmit(q931.Setup, h225.MessageBody{Setup: setup}, elements...)
	if len(h245Control) > 0 {
		last := m.out[len(m.out)-1].(Transmit)
		last.Message.Info.H323UUPDU.H245Control = h245Control
	}
	m.start(timer303, now)
}

// AnswerFast gives what the called side puts into fastStart from now on (H.323
// clause 8.1.7.1).
func (m *Machine) AnswerFast(channels [][]byte) {
	if m.fast == fastProposed && !m.outgoing {
		m.fast, m.answer = fastAnswered, channels
	}
}

// RefuseFast tells the caller in the next message that there is no fast
// connect.
func (m *Machine) RefuseFast() {
	if m.fast == fastProposed && !m.outgoing {
		m.fast = fastRefused
	}
}

// SetTokens gives what the called side's answers carry as tokens: its half of
// a key exchange.
func (m *Machine) SetTokens(tokens []h235.ClearToken) { m.tokens = tokens }

// earlyTokens are those of an answer before CONNECT: there where channels may be
// opened ahead of it. H323Plus gives encryption up on an earlier answer that has
// tokens.
func (m *Machine) earlyTokens() []h235.ClearToken {
	if m.answer == nil && m.address == nil && len(m.control) == 0 {
		return nil
	}
	return m.tokens
}

// SetControlAddress tells where a separate H.245 connection is taken, in the
// messages from now on.
func (m *Machine) SetControlAddress(a netip.AddrPort) {
	if !a.IsValid() {
		m.address = nil
		return
	}
	t := h225.TransportAddressOf(a)
	m.address = &t
}

// Proceed sends CALL PROCEEDING.
func (m *Machine) Proceed() {
	if m.outgoing || m.state != q931.CallPresent && m.state != q931.OverlapReceiving {
		return
	}
	m.enter(q931.IncomingCallProceeding)
	m.transmit(q931.CallProceeding, h225.MessageBody{CallProceeding: &h225.CallProceedingUUIE{
		ProtocolIdentifier: h225.Protocol, DestinationInfo: m.cfg.Self, H245Address: m.address, Tokens: m.earlyTokens(),
		CallIdentifier: m.callID(), FastStart: m.answer, FastConnectRefused: m.fastRefused(),
		FeatureSet:    m.cfg.Features,
		MultipleCalls: yes(m.cfg.MultipleCalls), MaintainConnection: yes(m.cfg.MultipleCalls),
	}})
}

// Collect asks for more digits: SETUP ACKNOWLEDGE.
func (m *Machine) Collect(now time.Time) {
	if m.outgoing || m.state != q931.CallPresent {
		return
	}
	m.enter(q931.OverlapReceiving)
	m.transmit(q931.SetupAcknowledge, h225.MessageBody{SetupAcknowledge: &h225.SetupAcknowledgeUUIE{
		ProtocolIdentifier: h225.Protocol, CallIdentifier: m.cfg.Call,
	}})
	m.start(timer302, now)
}

// Alert sends ALERTING.
func (m *Machine) Alert() {
	if !m.unanswered() || m.state == q931.CallReceived {
		return
	}
	m.enter(q931.CallReceived)
	m.transmit(q931.Alerting, h225.MessageBody{Alerting: &h225.AlertingUUIE{
		ProtocolIdentifier: h225.Protocol, DestinationInfo: m.cfg.Self, H245Address: m.address, Tokens: m.earlyTokens(),
		CallIdentifier: m.callID(), FastStart: m.answer, FastConnectRefused: m.fastRefused(),
		FeatureSet:    m.cfg.Features,
		MultipleCalls: yes(m.cfg.MultipleCalls), MaintainConnection: yes(m.cfg.MultipleCalls),
	}}, m.display()...)
}

// Progress tells of tones to be heard before the answer.
func (m *Machine) Progress() {
	if !m.unanswered() {
		return
	}
	m.Proceed() // PROGRESS is not a first answer
	m.transmit(q931.Progress, h225.MessageBody{Progress: &h225.ProgressUUIE{
		ProtocolIdentifier: h225.Protocol, DestinationInfo: m.cfg.Self, H245Address: m.address, Tokens: m.earlyTokens(),
		CallIdentifier: m.cfg.Call, FastStart: m.answer, FastConnectRefused: m.fastRefused(),
		MultipleCalls: yes(m.cfg.MultipleCalls), MaintainConnection: yes(m.cfg.MultipleCalls),
	}}, q931.Element{ID: q931.ProgressIndicatorID, Data: q931.ProgressIndicator{
		Location: q931.User, Description: q931.InbandInformation,
	}.Append(nil)})
}

// SetConference replaces the identifier of the SETUP in what is sent from now on.
func (m *Machine) SetConference(id h225.ConferenceIdentifier) { m.cfg.Conference = id }

// Answer sends CONNECT.
func (m *Machine) Answer() {
	if !m.unanswered() {
		return
	}
	m.enter(q931.Active)
	m.transmit(q931.Connect, h225.MessageBody{Connect: &h225.ConnectUUIE{
		ProtocolIdentifier: h225.Protocol, DestinationInfo: m.cfg.Self, H245Address: m.address, Tokens: m.tokens,
		ConferenceID: m.cfg.Conference, CallIdentifier: m.callID(),
		FastStart: m.answer, FastConnectRefused: m.fastRefused(),
		FeatureSet:    m.cfg.Features,
		MultipleCalls: yes(m.cfg.MultipleCalls), MaintainConnection: yes(m.cfg.MultipleCalls),
	}}, m.display()...)
	m.emit(Connected{})
}

// unanswered reports whether the called side may still alert or answer.
func (m *Machine) unanswered() bool {
	switch m.state {
	case q931.CallPresent, q931.OverlapReceiving, q931.IncomingCallProceeding, q931.CallReceived:
		return !m.outgoing
	}
	return false
}

// Digits sends digits: of overlap sending, or within the call as keypad.
func (m *Machine) Digits(text string, now time.Time) {
	element := q931.Element{ID: q931.KeypadFacilityID, Data: []byte(text)}
	switch {
	case text == "" || len(text) > maxDigits:
		return
	case m.state == q931.OverlapSending:
		element = q931.Element{ID: q931.CalledPartyNumber, Data: q931.PartyNumber{Plan: q931.E164, Digits: text}.Append(nil)}
		m.start(timer304, now)
	case m.state != q931.Active:
		return
	}
	m.transmit(q931.Information, h225.MessageBody{Information: &h225.InformationUUIE{
		ProtocolIdentifier: h225.Protocol, CallIdentifier: m.callID(),
	}}, element)
}

// Forward sends the caller elsewhere. The caller releases the call.
func (m *Machine) Forward(to []h225.AliasAddress, addr netip.AddrPort, mc bool) {
	if m.ended || m.state == q931.Null {
		return
	}
	f := h225.FacilityUUIE{AlternativeAliasAddress: to, Reason: h225.FacilityReason{CallForwarded: &per.Null{}}}
	if addr.IsValid() {
		t := h225.TransportAddressOf(addr)
		f.AlternativeAddress = &t
	}
	if mc {
		f.Reason = h225.FacilityReason{RouteCallToMC: &per.Null{}}
		f.ConferenceID = &m.cfg.Conference
	}
	m.facility(f)
}

// StartControl tells the peer to connect to the address set, at any time
// (H.323 clause 8.2.3).
func (m *Machine) StartControl() {
	if m.address == nil || m.ended || m.state == q931.Null {
		return
	}
	m.facility(h225.FacilityUUIE{H245Address: m.address, Reason: h225.FacilityReason{StartH245: &per.Null{}}})
}

// Tunnel gives H.245 to send. It rides on the next message, or goes with Flush.
func (m *Machine) Tunnel(message []byte) {
	if len(m.control) < maxWaiting {
		m.control = append(m.control, message)
	}
}

// Service gives an H.450 APDU to send, as Tunnel does.
func (m *Machine) Service(apdu []byte) {
	if len(m.services) < maxWaiting {
		m.services = append(m.services, apdu)
	}
}

// Flush sends what waits, if it may be sent now.
func (m *Machine) Flush() {
	if m.ended || m.state == q931.Null {
		return
	}
	// The called side's first message is an answer to SETUP, and the caller has
	// to wait for it.
	if m.state == q931.CallPresent || m.state == q931.CallInitiated {
		return
	}
	if m.tunnel == agreed && len(m.control) > 0 || len(m.services) > 0 {
		m.transmit(q931.Facility, empty())
	}
}

// Enquire asks for the peer's state, which any peer answers (Q.931 clause
// 5.8.10).
func (m *Machine) Enquire() {
	if m.ended || m.state == q931.Null {
		return
	}
	m.transmit(q931.StatusEnquiry, h225.MessageBody{StatusInquiry: &h225.StatusInquiryUUIE{
		ProtocolIdentifier: h225.Protocol, CallIdentifier: m.cfg.Call,
	}})
}

// Release sends RELEASE COMPLETE, with what waits, and ends the call.
func (m *Machine) Release(r Release) {
	if m.ended {
		return
	}
	if m.state != q931.Null {
		reason := r.Reason
		if reason == nil && r.Cause != q931.NormalClearing {
			reason = h225.ReleaseCompleteReasonOf(r.Cause)
		}
		elements := []q931.Element{{ID: q931.CauseID, Data: q931.Cause{Value: r.Cause}.Append(nil)}}
		if r.Text != "" && r.Cause != q931.NormalClearing {
			// For the user to read (Q.931 clause 4.5.16): why there is no call.
			elements = append(elements, q931.Element{ID: q931.DisplayID, Data: DisplayText(r.Text)})
		}
		m.transmit(q931.ReleaseComplete, h225.MessageBody{ReleaseComplete: &h225.ReleaseCompleteUUIE{
			ProtocolIdentifier: h225.Protocol, CallIdentifier: m.callID(), Reason: reason,
		}}, elements...)
	}
	m.end(r, true)
}

// Lost ends the call because its connection is gone.
func (m *Machine) Lost(r Release) {
	if !m.ended {
		m.end(r, false)
	}
}

func (m *Machine) end(r Release, local bool) {
	m.enter(q931.Null)
	m.ended = true
	m.emit(Released{r, local})
}
