package signalling

import (
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

// transmit sends a message with what waits to ride along.
func (m *Machine) transmit(t q931.MessageType, body h225.MessageBody, elements ...q931.Element) {
	pdu := h225.H323UUPDU{H323MessageBody: body, H245Tunnelling: new(bool)}
	*pdu.H245Tunnelling = m.cfg.Tunnelling && m.tunnel != declined
	if m.tunnel == agreed && t != q931.Setup {
		pdu.H245Control, m.control = m.control, nil
	}
	pdu.H4501SupplementaryService, m.services = m.services, nil
	m.emit(Transmit{&Message{
		Message: &q931.Message{
			CallReference: m.cfg.Reference, FromDestination: !m.outgoing,
			Type: t, Elements: elements,
		},
		Info: &h225.H323UserInformation{H323UUPDU: pdu},
	}})
}

func (m *Machine) callID() *h225.CallIdentifier {
	id := m.cfg.Call
	return &id
}

func yes(is bool) *bool { return &is }

func (m *Machine) display() []q931.Element {
	if m.cfg.Display == "" {
		return nil
	}
	return []q931.Element{{ID: q931.DisplayID, Data: DisplayText(m.cfg.Display)}}
}

// DisplayText cuts a name to what a Display element takes: 82 octets (H.225.0
// clause 7.2.2.12), at a character's end.
func DisplayText(name string) []byte {
	const most = 82
	if len(name) <= most {
		return []byte(name)
	}
	end := 0
	for i := range name {
		if i > most {
			break
		}
		end = i
	}
	return []byte(name[:end])
}

// fastRefused returns the mark that fast connect is refused. Peers that do not
// know it see no fastStart in CONNECT.
func (m *Machine) fastRefused() *per.Null {
	if m.fast != fastRefused {
		return nil
	}
	return &per.Null{}
}

// empty is the body of what only carries something else (H.225.0 clause 7.3.5).
func empty() h225.MessageBody { return h225.MessageBody{Empty: &per.Null{}} }

func (m *Machine) facility(f h225.FacilityUUIE) {
	f.ProtocolIdentifier, f.CallIdentifier = h225.Protocol, m.callID()
	m.transmit(q931.Facility, h225.MessageBody{Facility: &f})
}

// status answers a message (Q.931 clause 5.8.10).
func (m *Machine) status(cause q931.CauseValue, diagnostics ...byte) {
	m.transmit(q931.Status, h225.MessageBody{Status: &h225.StatusUUIE{
		ProtocolIdentifier: h225.Protocol, CallIdentifier: m.cfg.Call,
	}},
		q931.Element{ID: q931.CauseID, Data: q931.Cause{Value: cause, Diagnostics: diagnostics}.Append(nil)},
		q931.Element{ID: q931.CallStateID, Data: q931.CallState{State: m.state}.Append(nil)})
}
