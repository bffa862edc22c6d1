package h460

import (
	"errors"
	"fmt"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/per"
)

// ErrAbsent says that the message does not carry what was asked for.
var ErrAbsent = errors.New("h460: not there")

// Parameters of H.460.18 in genericData.
const (
	incomingCallIndication = 1 // of SCI
	lrqKeepAliveData       = 2 // of SCR
)

// Parameters of H.460.18 in the genericIndication of H.245.
const (
	callIdentifier = 1
	answerCall     = 2
)

// connectionIndication is the message of H.460.18 in H.245.
const connectionIndication = 1

// IncomingCallIndication asks a client for a connection, by which SETUP of the
// call then comes (H.460.18).
type IncomingCallIndication struct {
	CallSignallingAddress h225.TransportAddress
	CallID                h225.CallIdentifier `per:"name=callID"`
	Extension             per.Extension
}

// LRQKeepAliveData tells a gatekeeper behind a firewall in which seconds to send
// the LRQ that keeps the way to it open.
type LRQKeepAliveData struct {
	LRQKeepAliveInterval h225.TimeToLive
	Extension            per.Extension
}

// Indicate puts the indication into a ServiceControlIndication, which a server
// sends to the address that the client's RAS comes from.
func (i *IncomingCallIndication) Indicate(m *h225.ServiceControlIndication) error {
	p, err := Encoded(incomingCallIndication, i)
	if err != nil {
		return err
	}
	m.GenericData = With(m.GenericData, Feature(SignallingTraversal, p))
	return nil
}

// Indicated returns the indication of a ServiceControlIndication. The errors are
// ErrAbsent and those of per.Unmarshal. Some servers send it twice.
func Indicated(m *h225.ServiceControlIndication) (*IncomingCallIndication, error) {
	octets, ok := Octets(Find(m.GenericData, SignallingTraversal), incomingCallIndication)
	if !ok {
		return nil, ErrAbsent
	}
	i := new(IncomingCallIndication)
	if _, err := per.Unmarshal(octets, i); err != nil {
		return nil, fmt.Errorf("h460: incomingCallIndication: %w", err)
	}
	return i, nil
}

// Facility returns the FACILITY that a client sends first on the connection that
// it was asked for: by the call's identifier the server knows which it is.
func (i *IncomingCallIndication) Facility(version h225.ProtocolIdentifier) *h225.FacilityUUIE {
	call := i.CallID
	return &h225.FacilityUUIE{
		ProtocolIdentifier: version,
		Reason:             h225.FacilityReason{UndefinedReason: &per.Null{}},
		CallIdentifier:     &call,
	}
}

// Announce puts the interval into a ServiceControlResponse.
func (d *LRQKeepAliveData) Announce(m *h225.ServiceControlResponse) error {
	p, err := Encoded(lrqKeepAliveData, d)
	if err != nil {
		return err
	}
	m.GenericData = With(m.GenericData, Feature(SignallingTraversal, p))
	return nil
}

// Announced returns the interval of a ServiceControlResponse. The errors are
// ErrAbsent and those of per.Unmarshal.
func Announced(m *h225.ServiceControlResponse) (*LRQKeepAliveData, error) {
	octets, ok := Octets(Find(m.GenericData, SignallingTraversal), lrqKeepAliveData)
	if !ok {
		return nil, ErrAbsent
	}
	d := new(LRQKeepAliveData)
	if _, err := per.Unmarshal(octets, d); err != nil {
		return nil, fmt.Errorf("h460: lrqKeepAliveData: %w", err)
	}
	return d, nil
}

// ConnectionIndication returns the genericIndication that a client sends first on
// its connection for H.245: of which call it is, and whether the client was
// called in it (H.460.18).
func ConnectionIndication(call h225.GloballyUniqueID, called bool) *h245.GenericMessage {
	sub := uint8(connectionIndication)
	m := &h245.GenericMessage{
		MessageIdentifier:    h245.CapabilityIdentifier{Standard: h245.H46018OID},
		SubMessageIdentifier: &sub,
		MessageContent:       []h245.GenericParameter{octets(callIdentifier, call[:])},
	}
	if called {
		id := uint8(answerCall)
		m.MessageContent = append(m.MessageContent, h245.GenericParameter{
			ParameterIdentifier: h245.ParameterIdentifier{Standard: &id},
			ParameterValue:      h245.ParameterValue{Logical: &per.Null{}},
		})
	}
	return m
}

// ConnectionIndicated reads what ConnectionIndication makes. The error is
// ErrAbsent.
func ConnectionIndicated(m *h245.GenericMessage) (call h225.GloballyUniqueID, called bool, err error) {
	if m.MessageIdentifier.Standard != h245.H46018OID ||
		m.SubMessageIdentifier == nil || *m.SubMessageIdentifier != connectionIndication {
		return call, false, ErrAbsent
	}
	for i := range m.MessageContent {
		p := &m.MessageContent[i]
		switch id := p.ParameterIdentifier.Standard; {
		case id == nil:
		case *id == callIdentifier && len(p.ParameterValue.OctetString) == len(call):
			copy(call[:], p.ParameterValue.OctetString)
		case *id == answerCall:
			called = true
		}
	}
	if call == (h225.GloballyUniqueID{}) {
		return call, false, ErrAbsent
	}
	return call, called, nil
}

// octets returns parameter n of a message of H.245.
func octets(n uint8, value []byte) h245.GenericParameter {
	return h245.GenericParameter{
		ParameterIdentifier: h245.ParameterIdentifier{Standard: &n},
		ParameterValue:      h245.ParameterValue{OctetString: value},
	}
}
