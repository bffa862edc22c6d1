package ras

import (
	"reflect"
	"strings"
	"time"

	"parley/h323/h225"
	"parley/h323/per"
)

// alternative returns the struct of the message's alternative and its Go name;
// not ok where it is not known.
func alternative(m *h225.RasMessage) (value reflect.Value, name string, ok bool) {
	v := reflect.ValueOf(m).Elem()
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case f.Kind() == reflect.Pointer && !f.IsNil():
			return f.Elem(), v.Type().Field(i).Name, true
		case f.Kind() == reflect.Slice && f.Len() > 0 && f.Type() != reflect.TypeFor[per.Extension]():
			// AdmissionConfirmSequence; each confirms.
			return f.Index(0), v.Type().Field(i).Name, true
		}
	}
	return reflect.Value{}, "", false
}

// Name is the message's name in the standard, as "admissionRequest".
func Name(m *h225.RasMessage) string {
	_, name, ok := alternative(m)
	if !ok {
		return "unknown"
	}
	return string(name[0]|0x20) + name[1:]
}

// member returns a pointer to the named field of the alternative, nil where it
// has none.
func member[T any](m *h225.RasMessage, name string) *T {
	v, _, ok := alternative(m)
	if !ok {
		return nil
	}
	f := v.FieldByName(name)
	if !f.IsValid() || !f.CanAddr() {
		return nil
	}
	p, _ := f.Addr().Interface().(*T)
	return p
}

// EndpointIdentifier returns the endpointIdentifier of any message, "" where it
// has none.
func EndpointIdentifier(m *h225.RasMessage) h225.EndpointIdentifier {
	if p := member[h225.EndpointIdentifier](m, "EndpointIdentifier"); p != nil {
		return h225.EndpointIdentifier(strings.TrimRight(string(*p), "\x00")) // as some stacks fill it up
	}
	return ""
}

// GatekeeperIdentifier returns the gatekeeperIdentifier of any message, "" where
// it has none.
func GatekeeperIdentifier(m *h225.RasMessage) h225.GatekeeperIdentifier {
	if p := member[h225.GatekeeperIdentifier](m, "GatekeeperIdentifier"); p != nil {
		return *p
	}
	return ""
}

// altGKInfo returns where a rejection sends the endpoint, nil where nowhere.
func altGKInfo(m *h225.RasMessage) *h225.AltGKInfo {
	if p := member[*h225.AltGKInfo](m, "AltGKInfo"); p != nil {
		return *p
	}
	return nil
}

// setNumber numbers a request.
func setNumber(m *h225.RasMessage, n h225.RequestSeqNum) {
	if p := member[h225.RequestSeqNum](m, "RequestSeqNum"); p != nil {
		*p = n
	}
}

// Patience is how long an answer is waited for before the request is sent again,
// and how often it is.
type Patience struct {
	Timeout time.Duration
	Retries int
}

// PatienceOf returns the recommended default for a request (H.225.0 clause 7.19,
// table of RAS timeouts and retry counts); not ok is what is no request.
func PatienceOf(m *h225.RasMessage) (p Patience, ok bool) {
	switch {
	case m.GatekeeperRequest != nil, m.AdmissionRequest != nil, m.LocationRequest != nil:
		return Patience{5 * time.Second, 2}, true
	case m.RegistrationRequest != nil, m.BandwidthRequest != nil, m.DisengageRequest != nil,
		m.ResourcesAvailableIndicate != nil, m.ServiceControlIndication != nil:
		return Patience{3 * time.Second, 2}, true
	case m.UnregistrationRequest != nil, m.InfoRequest != nil:
		return Patience{3 * time.Second, 1}, true
	case m.InfoRequestResponse != nil:
		// Only one that wants to be confirmed is a request.
		r := m.InfoRequestResponse
		return Patience{5 * time.Second, 2}, r.NeedResponse != nil && *r.NeedResponse
	case m.NonStandardMessage != nil:
		return Patience{3 * time.Second, 2}, true
	}
	return Patience{}, false
}

// answers tells whether reply is one that request can have.
func answers(request, reply *h225.RasMessage) bool {
	switch {
	case reply.RequestInProgress != nil, reply.UnknownMessageResponse != nil:
		return true
	case request.GatekeeperRequest != nil:
		return reply.GatekeeperConfirm != nil || reply.GatekeeperReject != nil
	case request.RegistrationRequest != nil:
		return reply.RegistrationConfirm != nil || reply.RegistrationReject != nil
	case request.UnregistrationRequest != nil:
		return reply.UnregistrationConfirm != nil || reply.UnregistrationReject != nil
	case request.AdmissionRequest != nil:
		return reply.AdmissionConfirm != nil || reply.AdmissionReject != nil || len(reply.AdmissionConfirmSequence) > 0
	case request.BandwidthRequest != nil:
		return reply.BandwidthConfirm != nil || reply.BandwidthReject != nil
	case request.DisengageRequest != nil:
		return reply.DisengageConfirm != nil || reply.DisengageReject != nil
	case request.LocationRequest != nil:
		return reply.LocationConfirm != nil || reply.LocationReject != nil
	case request.InfoRequest != nil:
		return reply.InfoRequestResponse != nil
	case request.InfoRequestResponse != nil:
		return reply.InfoRequestAck != nil || reply.InfoRequestNak != nil
	case request.ResourcesAvailableIndicate != nil:
		return reply.ResourcesAvailableConfirm != nil
	case request.ServiceControlIndication != nil:
		return reply.ServiceControlResponse != nil
	case request.NonStandardMessage != nil:
		return reply.NonStandardMessage != nil
	}
	return false
}
