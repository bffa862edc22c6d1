package h323

import (
	"net/netip"
	"strings"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

// Traced is one message on the wire, for people who look for a fault.
type Traced struct {
	Time          time.Time
	Sent          bool
	Local, Remote netip.AddrPort
	Call          h225.CallIdentifier
	// Protocol is "Q.931", "H.245" or "RAS".
	Protocol string
	// Name is the message's, as in the standard: "setup",
	// "terminalCapabilitySet", "admissionRequest".
	Name string
	// Message is the decoded one: *Signalling, *h225.RasMessage,
	// *h245.MultimediaSystemControlMessage; it is shared, and not to be changed.
	// Octets is as it went.
	Message any
	Octets  []byte
	// Tunnelled tells of H.245 that went in a message of call signalling, which is
	// told too.
	Tunnelled bool
}

// Signalling is a message of call signalling. Information is nil where it has
// none that can be read.
type Signalling struct {
	*q931.Message
	Information *h225.H323UserInformation
}

// Name returns the name of the message, as ASN.1 has names: "callProceeding".
func (s *Signalling) Name() string { return messageName(s.Type) }

func (n *connection) trace(m *signalling.Message, octets []byte, sent bool) {
	e, s := n.endpoint, n.stream
	e.messages.Add(1)
	if e.cfg.Trace == nil {
		return
	}
	t := Traced{
		Time: time.Now(), Sent: sent, Local: s.local, Remote: s.remote,
		Protocol: "Q.931", Name: messageName(m.Type),
		Message: &Signalling{m.Message, m.Info}, Octets: octets,
	}
	if m.Info != nil {
		if id := m.Info.H323UUPDU.H323MessageBody.CallIdentifier(); id != nil {
			t.Call = *id
		}
	}
	if t.Call.GUID == (h225.GloballyUniqueID{}) { // messages that only carry others do not say it
		if c := n.find(callKey{m.CallReference, m.FromDestination != sent}); c != nil {
			t.Call = c.Info().ID
		}
	}
	e.cfg.Trace(&t)
}

func (e *Endpoint) traceControl(s *stream, id h225.CallIdentifier, m *unsent, tunnelled, sent bool) {
	if e.cfg.Trace == nil {
		return
	}
	t := Traced{
		Time: time.Now(), Sent: sent, Call: id, Protocol: "H.245",
		Name: m.message.Name(), Message: m.message, Octets: m.octets, Tunnelled: tunnelled,
	}
	if s != nil {
		t.Local, t.Remote = s.local, s.remote
	}
	e.cfg.Trace(&t)
}

// messageName returns the name as ASN.1 has names: "callProceeding".
func messageName(t q931.MessageType) string {
	words := strings.Fields(strings.ToLower(t.String()))
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}
