package signalling

import (
	"strings"
	"unicode/utf8"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/q931"
)

// agreeTunnel reads whether the called side tunnels (H.323 clause 8.2.1). The
// caller's flag was in its SETUP.
func (m *Machine) agreeTunnel(msg *Message) {
	pdu := &msg.Info.H323UUPDU
	if !m.outgoing || m.tunnel == declined {
		return
	}
	if pdu.ProvisionalRespToH245Tunnelling != nil {
		return // the flag is a gatekeeper's, which has not asked yet
	}
	was := m.tunnel
	switch {
	case pdu.H245Tunnelling != nil && *pdu.H245Tunnelling && m.cfg.Tunnelling:
		m.tunnel = agreed
	case pdu.H245Tunnelling != nil && !*pdu.H245Tunnelling && msg.Type != q931.ReleaseComplete:
		m.tunnel = declined
	case msg.Type == q931.Connect && m.tunnel == undecided:
		m.tunnel = declined // version 1 has no tunnelling
	}
	if m.tunnel != was {
		m.emit(Tunnelling{m.tunnel == agreed})
	}
}

// body is what the messages that answer a SETUP have in common.
type body struct {
	fastStart [][]byte
	refused   bool
	address   *h225.TransportAddress
	info      *h225.EndpointType
	features  *h225.FeatureSet
}

func bodyOf(b *h225.MessageBody) body {
	switch {
	case b.Setup != nil:
		return body{address: b.Setup.H245Address, info: &b.Setup.SourceInfo}
	case b.CallProceeding != nil:
		c := b.CallProceeding
		return body{c.FastStart, c.FastConnectRefused != nil, c.H245Address, &c.DestinationInfo, c.FeatureSet}
	case b.Alerting != nil:
		c := b.Alerting
		return body{c.FastStart, c.FastConnectRefused != nil, c.H245Address, &c.DestinationInfo, c.FeatureSet}
	case b.Progress != nil:
		c := b.Progress
		return body{c.FastStart, c.FastConnectRefused != nil, c.H245Address, &c.DestinationInfo, nil}
	case b.Connect != nil:
		c := b.Connect
		return body{c.FastStart, c.FastConnectRefused != nil, c.H245Address, &c.DestinationInfo, c.FeatureSet}
	case b.Information != nil:
		c := b.Information
		return body{fastStart: c.FastStart, refused: c.FastConnectRefused != nil}
	case b.Facility != nil:
		c := b.Facility
		return body{c.FastStart, c.FastConnectRefused != nil, c.H245Address, c.DestinationInfo, c.FeatureSet}
	}
	return body{}
}

// receiveFast reads the answer to the proposals of fast connect (H.323 clause
// 8.1.7.1). The first counts; called sides repeat it.
func (m *Machine) receiveFast(msg *Message) {
	if m.fast != fastProposed {
		return
	}
	pdu := &msg.Info.H323UUPDU
	b := bodyOf(&pdu.H323MessageBody)
	// H.245 before the answer ends fast connect, unless it was wanted in
	// parallel.
	began := len(pdu.H245Control) > 0 && !m.parallel
	switch {
	case m.outgoing && len(b.fastStart) > 0:
		m.fast = fastAnswered
		m.emit(FastStart{b.fastStart})
	case msg.Type == q931.ReleaseComplete:
	case b.refused && m.outgoing, began, m.outgoing && msg.Type == q931.Connect:
		m.fast = fastRefused
		m.emit(FastRefused{})
	}
}

// receiveTokens reads those of an answer. Facility has them too: of who does not
// wait for the next answer.
func (m *Machine) receiveTokens(msg *Message) {
	if !m.outgoing {
		return
	}
	var tokens []h235.ClearToken
	switch b := &msg.Info.H323UUPDU.H323MessageBody; {
	case b.CallProceeding != nil:
		tokens = b.CallProceeding.Tokens
	case b.Alerting != nil:
		tokens = b.Alerting.Tokens
	case b.Progress != nil:
		tokens = b.Progress.Tokens
	case b.Connect != nil:
		tokens = b.Connect.Tokens
	case b.Facility != nil:
		tokens = b.Facility.Tokens
	}
	if len(tokens) > 0 {
		m.emit(Tokens{tokens})
	}
}

// receiveAddress reads where the peer waits for H.245.
func (m *Machine) receiveAddress(msg *Message) {
	if b := bodyOf(&msg.Info.H323UUPDU.H323MessageBody); b.address != nil {
		if a, ok := b.address.AddrPort(); ok && a.Port() != 0 {
			f := msg.Info.H323UUPDU.H323MessageBody.Facility
			m.emit(ControlAddress{Addr: a, Now: f != nil && f.Reason.StartH245 != nil})
		}
	}
}

// receiveControl reads tunnelled H.245. It counts even from a peer that forgot
// to set the flag, where tunnelling was agreed before.
func (m *Machine) receiveControl(msg *Message) {
	if msg.Info == nil {
		return
	}
	if c := msg.Info.H323UUPDU.H245Control; len(c) > 0 && m.tunnel == agreed {
		m.emit(Control{Messages: c})
	}
}

// receiveServices reads H.450.
func (m *Machine) receiveServices(msg *Message) {
	if s := msg.Info.H323UUPDU.H4501SupplementaryService; len(s) > 0 {
		m.emit(Services{s})
	}
}

// learn reads what the peer says of itself.
func (m *Machine) learn(msg *Message) {
	was := m.peer
	b := &msg.Info.H323UUPDU.H323MessageBody
	if f := bodyOf(b).features; f != nil {
		m.features = f
	}
	if v := h225.Version(b.ProtocolIdentifier()); v > 0 {
		m.peer.Version = v
	}
	if info := bodyOf(b).info; info != nil && info.Vendor != nil {
		if v := vendorOf(info.Vendor); v != "" {
			m.peer.Vendor = v
		}
	}
	if name := peerName(msg, b); name != "" {
		m.peer.Name = name
	}
	if m.peer != was {
		m.emit(Identified{})
	}
}

// peerName is how the peer wants to be called, in this message.
func peerName(msg *Message, b *h225.MessageBody) string {
	switch msg.Type {
	case q931.Setup, q931.Alerting, q931.Connect:
	default:
		return "" // Display in others is for the user to read
	}
	if data, ok := msg.Find(q931.DisplayID); ok {
		if name := clip(q931.Text(data)); name != "" {
			return name
		}
	}
	switch {
	case b.Setup != nil:
		if name := nameOf(b.Setup.SourceAddress); name != "" {
			return name
		}
		var n q931.PartyNumber
		if data, ok := msg.Find(q931.CallingPartyNumber); ok && n.Unmarshal(data) == nil && n.Presentation == q931.Allowed {
			return clip(n.Digits)
		}
	case b.Alerting != nil:
		return nameOf(b.Alerting.AlertingAddress)
	case b.Connect != nil:
		return nameOf(b.Connect.ConnectedAddress)
	}
	return ""
}

// nameOf returns the alias that says most to a human.
func nameOf(aliases []h225.AliasAddress) string {
	number := ""
	for i := range aliases {
		a := &aliases[i]
		switch {
		case a.H323ID != "":
			return clip(a.H323ID)
		case a.URLID != "":
			number = a.URLID
		case a.EmailID != "":
			number = a.EmailID
		case a.DialledDigits != "" && number == "":
			number = a.DialledDigits
		}
	}
	return clip(number)
}

func vendorOf(v *h225.VendorIdentifier) string {
	return clip(strings.TrimSpace(q931.Text(v.ProductID) + " " + q931.Text(v.VersionID)))
}

// clip bounds foreign text and takes away what is no text.
func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError || r == 0x7f {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	for len(s) > maxName {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}
