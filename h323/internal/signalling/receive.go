package signalling

import (
	"strings"
	"time"

	"parley/h323/h225"
	"parley/h323/q931"
)

// Receive takes a message of this call. In what order its parts count is of
// weight: how H.245 goes is known before it comes, and the sound of fast
// connect before the answer.
func (m *Machine) Receive(msg *Message, now time.Time) {
	if m.ended || m.state == q931.Null {
		return
	}
	if msg.Info != nil {
		if !m.ours(&msg.Info.H323UUPDU.H323MessageBody) && msg.Type != q931.ReleaseComplete {
			// Another call's message under our reference.
			if msg.Type != q931.Status {
				m.status(q931.InvalidElementContents, byte(q931.UserUserID))
			}
			return
		}
		m.learn(msg)
		m.agreeTunnel(msg)
		m.receiveTokens(msg)
		m.receiveFast(msg)
	}
	if msg.Type == q931.ReleaseComplete {
		m.receiveControl(msg) // its end of session, before the call's
		if msg.Info != nil {
			m.receiveServices(msg)
		}
		m.receiveRelease(msg)
		return
	}
	m.advance(msg, now)
	if msg.Info == nil || m.ended {
		return
	}
	m.receiveAddress(msg)
	m.receiveControl(msg)
	m.receiveServices(msg)
}

// ours reports whether the message's call identifier is the call's. Endpoints of
// version 1 have none, and some send zeros.
func (m *Machine) ours(b *h225.MessageBody) bool {
	id := b.CallIdentifier()
	return id == nil || id.GUID == h225.GloballyUniqueID{} || id.GUID == m.cfg.Call.GUID
}

// advance goes on with the call's state.
func (m *Machine) advance(msg *Message, now time.Time) {
	switch msg.Type {
	case q931.SetupAcknowledge:
		m.receiveSetupAcknowledge(now)
	case q931.CallProceeding:
		m.receiveProceeding(now)
	case q931.Alerting:
		m.receiveAlerting(now)
	case q931.Progress:
		m.receiveProgress(msg, now)
	case q931.Connect:
		m.receiveConnect()
	case q931.Information:
		m.receiveInformation(msg, now)
	case q931.Facility:
		m.receiveFacility(msg)
	case q931.Notify:
		m.receiveNotify(msg)
	case q931.Status:
		m.receiveStatus(msg)
	case q931.StatusEnquiry:
		m.status(q931.ResponseToStatusEnquiry)
	case q931.Disconnect, q931.Release:
		// H.225.0 table 4 forbids them; gateways let them slip through.
		m.Release(Release{Cause: causeOf(msg, q931.NormalClearing)})
	case q931.Setup, q931.ConnectAcknowledge, q931.UserInformation, q931.CongestionControl:
		// A SETUP again, or what asks for nothing.
	default:
		// Q.931 clause 5.8.4; diagnostics are the message type.
		m.status(q931.MessageTypeNonexistent, byte(msg.Type))
	}
}

func (m *Machine) receiveSetupAcknowledge(now time.Time) {
	if !m.outgoing || m.state != q931.CallInitiated {
		return
	}
	m.enter(q931.OverlapSending)
	m.start(timer304, now)
	m.emit(MoreDigits{})
}

func (m *Machine) receiveProceeding(now time.Time) {
	if !m.outgoing || m.state != q931.CallInitiated && m.state != q931.OverlapSending {
		return
	}
	m.enter(q931.OutgoingCallProceeding)
	m.start(timer310, now)
	m.emit(Proceeding{})
}

// early reports whether the caller still waits for CONNECT.
func (m *Machine) early() bool {
	switch m.state {
	case q931.CallInitiated, q931.OverlapSending, q931.OutgoingCallProceeding, q931.CallDelivered:
		return m.outgoing
	}
	return false
}

func (m *Machine) receiveAlerting(now time.Time) {
	if !m.early() || m.state == q931.CallDelivered {
		return
	}
	m.enter(q931.CallDelivered)
	m.start(timer301, now)
	m.emit(Alerting{})
}

func (m *Machine) receiveProgress(msg *Message, now time.Time) {
	if !m.early() {
		return
	}
	var p q931.ProgressIndicator
	data, ok := msg.Find(q931.ProgressIndicatorID)
	inband := ok && p.Unmarshal(data) == nil && (p.Description == q931.InbandInformation || p.Description == q931.NotEndToEndISDN)
	if m.state != q931.CallDelivered {
		// Q.931 clause 5.1.6: PROGRESS stops T310. It is no answer, though, and
		// so the wait is bounded as that of an alerted user is.
		m.enter(q931.OutgoingCallProceeding)
		m.start(timer301, now)
	}
	m.emit(Progressing{inband})
}

func (m *Machine) receiveConnect() {
	if !m.early() {
		return
	}
	m.enter(q931.Active)
	m.emit(Connected{})
}

func (m *Machine) receiveInformation(msg *Message, now time.Time) {
	digits := digitsOf(msg)
	_, complete := msg.Find(q931.SendingComplete)
	switch {
	case m.state == q931.OverlapReceiving:
		if m.digits += len(digits); m.digits > maxDigits {
			m.Release(Release{Cause: q931.InvalidNumberFormat, Text: "too many digits"})
			return
		}
		if digits != "" || complete {
			m.start(timer302, now)
			m.emit(Dialled{digits, complete})
		}
	case digits != "" && m.state == q931.Active:
		m.emit(Keypad{digits})
	}
	if data, ok := msg.Find(q931.DisplayID); ok && m.state == q931.Active {
		m.emit(Notified{clip(q931.Text(data))})
	}
}

// digitsOf returns what Information dials: a called party number, or keypad.
func digitsOf(msg *Message) string {
	if data, ok := msg.Find(q931.CalledPartyNumber); ok {
		var n q931.PartyNumber
		if n.Unmarshal(data) == nil {
			return n.Digits
		}
	}
	if data, ok := msg.Find(q931.KeypadFacilityID); ok {
		return strings.TrimSpace(q931.Text(data))
	}
	return ""
}

func (m *Machine) receiveFacility(msg *Message) {
	if msg.Info == nil || msg.Info.H323UUPDU.H323MessageBody.Facility == nil {
		return
	}
	f := msg.Info.H323UUPDU.H323MessageBody.Facility
	r := &f.Reason
	if r.ConferenceListChoice != nil && m.outgoing && len(f.Conferences) > 0 {
		m.emit(Choice{f.Conferences[:min(len(f.Conferences), maxChoices)]})
		return
	}
	if r.CallForwarded == nil && r.RouteCallToGatekeeper == nil && r.RouteCallToMC == nil {
		return
	}
	to := Forwarded{To: f.AlternativeAliasAddress, Conference: f.ConferenceID, Gatekeeper: r.RouteCallToGatekeeper != nil}
	if f.AlternativeAddress != nil {
		to.Addr, _ = f.AlternativeAddress.AddrPort()
	}
	if m.outgoing && (to.Addr.IsValid() || len(to.To) > 0) && (m.early() || r.RouteCallToMC != nil) {
		m.emit(to)
	}
}

func (m *Machine) receiveNotify(msg *Message) {
	text := ""
	if data, ok := msg.Find(q931.DisplayID); ok {
		text = q931.Text(data)
	} else if msg.Info != nil && msg.Info.H323UUPDU.H323MessageBody.Notify != nil {
		text = nameOf(msg.Info.H323UUPDU.H323MessageBody.Notify.ConnectedAddress)
	}
	m.emit(Notified{clip(text)})
}

// receiveStatus reads a peer's state. Some flood STATUS with states that are not
// theirs, so it only counts where they say that they know no such call (Q.931
// clause 5.8.11).
func (m *Machine) receiveStatus(msg *Message) {
	var s q931.CallState
	data, ok := msg.Find(q931.CallStateID)
	if !ok || s.Unmarshal(data) != nil || s.State != q931.Null {
		return
	}
	if cause := causeOf(msg, 0); cause == q931.InvalidCallReference || cause == q931.ResponseToStatusEnquiry {
		m.end(Release{Cause: q931.InvalidCallReference, Text: "the peer knows no such call"}, false)
	}
}

func (m *Machine) receiveRelease(msg *Message) {
	r := Release{}
	if msg.Info != nil {
		if rc := msg.Info.H323UUPDU.H323MessageBody.ReleaseComplete; rc != nil {
			r.Reason = rc.Reason
		}
	}
	r.Cause = causeOf(msg, 0)
	switch {
	case r.Cause == 0 && r.Reason != nil:
		r.Cause = r.Reason.Cause()
	case r.Cause == 0:
		r.Cause = q931.NormalUnspecified
	}
	r.Text = r.Cause.String()
	if data, ok := msg.Find(q931.DisplayID); ok {
		// Some have their own name there, as in all their messages.
		if text := clip(q931.Text(data)); text != "" && text != m.peer.Name {
			r.Text = text
		}
	}
	m.end(r, false)
}

func causeOf(msg *Message, otherwise q931.CauseValue) q931.CauseValue {
	if c, ok := msg.Cause(); ok {
		return c.Value
	}
	return otherwise
}
