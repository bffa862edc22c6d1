package h323

import (
	"reflect"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/h450"
	"parley/h323/h460"
	"parley/h323/per"
	"parley/h323/q931"
)

// Contents names what is in a message of call signalling beside its own name: the
// reason that it gives, the messages of H.245 that it carries, and the operations
// of H.450, each as the standard has it. What cannot be read is "unreadable".
func (s *Signalling) Contents() Contents {
	var c Contents
	if s.Information == nil {
		if _, err := s.UserInformation(); err == nil {
			c.Reason = unreadable
		}
		return c
	}
	pdu := &s.Information.H323UUPDU
	c.Reason = s.reason(&pdu.H323MessageBody)
	for _, octets := range pdu.H245Control {
		c.H245 = append(c.H245, h245Names(octets)...)
	}
	if b := pdu.H323MessageBody.Setup; b != nil {
		for _, octets := range b.ParallelH245Control {
			c.H245 = append(c.H245, h245Names(octets)...)
		}
	}
	for _, octets := range h460.TunnelledRAS(s.Information) {
		c.RAS = append(c.RAS, rasName(octets))
	}
	for _, octets := range pdu.H4501SupplementaryService {
		c.H450 = append(c.H450, h450Names(octets)...)
	}
	if c.Reason == "" && pdu.H323MessageBody.Empty != nil && len(c.H245)+len(c.RAS)+len(c.H450) == 0 {
		c.Reason = "empty"
	}
	return c
}

// Contents are the names in a message of call signalling.
type Contents struct {
	Reason string   // empty: none is given
	H245   []string // tunnelled messages
	RAS    []string // messages in the connection of call signalling (H.460.17)
	H450   []string // operations of supplementary services
}

const unreadable = "unreadable"

// reason is what a message gives for itself: that of Facility and Release
// Complete, or the cause of Q.931.
func (s *Signalling) reason(b *h225.MessageBody) string {
	switch {
	case b.Facility != nil:
		return alternative(&b.Facility.Reason)
	case b.ReleaseComplete != nil && b.ReleaseComplete.Reason != nil:
		return alternative(b.ReleaseComplete.Reason)
	}
	var cause q931.Cause
	if data, ok := s.Find(q931.CauseID); ok && cause.Unmarshal(data) == nil {
		return cause.Value.String()
	}
	return ""
}

// alternative names the alternative of a CHOICE that is there, as ASN.1 does.
func alternative(choice any) string {
	v := reflect.ValueOf(choice).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Pointer && !f.IsNil() {
			name := []byte(v.Type().Field(i).Name)
			name[0] |= 0x20 // ASN.1's begin with a small letter
			return string(name)
		}
	}
	return ""
}

// h245Names are the messages in one packet of H.245.
func h245Names(octets []byte) []string {
	var names []string
	for len(octets) > 0 && len(names) < maxContents {
		m, rest, err := h245.Unmarshal(octets)
		if err != nil {
			return append(names, unreadable)
		}
		names = append(names, plainName(m.Name()))
		octets = rest
	}
	return names
}

func rasName(octets []byte) string {
	m := new(h225.RasMessage)
	if _, err := per.Unmarshal(octets, m); err != nil {
		return unreadable
	}
	return alternative(m)
}

// maxContents bounds the names of one message: a packet of 64 KiB may be all
// messages of two octets.
const maxContents = 64

// h450Names are the operations in one APDU.
func h450Names(octets []byte) []string {
	s, err := h450.Unmarshal(octets)
	if err != nil {
		return []string{unreadable}
	}
	var names []string
	for i := range s.ServiceApdu.ROSApdus {
		if len(names) == maxContents {
			break
		}
		names = append(names, s.ServiceApdu.ROSApdus[i].Name())
	}
	return names
}

// plainName is a message's without its kind: "request.terminalCapabilitySet".
func plainName(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			return name[i+1:]
		}
	}
	return name
}
