package gatekeeper

import (
	"time"

	"parley/h323/h225"
	"parley/h323/per"
)

// informed takes an IRR that was not asked for, and confirms it where it wants to
// be (H.225.0 clause 7.15.2).
func (z *zone) informed(now time.Time, r *request, m *h225.InfoRequestResponse) *h225.RasMessage {
	e, why := z.known(now, r, m.EndpointIdentifier)
	if why == "" {
		z.reported(now, e, m)
	}
	switch {
	case m.NeedResponse == nil || !*m.NeedResponse:
		return nil
	case why != "":
		return &h225.RasMessage{InfoRequestNak: &h225.InfoRequestNak{
			RequestSeqNum: r.seq, NakReason: h225.InfoRequestNakReason{NotRegistered: &per.Null{}},
		}}
	}
	return &h225.RasMessage{InfoRequestAck: &h225.InfoRequestAck{RequestSeqNum: r.seq}}
}

// reported notes that calls live.
func (z *zone) reported(now time.Time, e *endpoint, m *h225.InfoRequestResponse) {
	for _, p := range m.PerCallInfo {
		if c := z.callOf(e, p.CallIdentifier, p.ConferenceID, p.CallReferenceValue); c != nil {
			c.last, c.reported = now, true
		}
	}
}

// resources answers a RAI (H.225.0 clause 7.18): a gateway that is almost full is
// called last.
func (z *zone) resources(now time.Time, r *request, m *h225.ResourcesAvailableIndicate) *h225.RasMessage {
	e, why := z.known(now, r, m.EndpointIdentifier)
	if why != "" {
		return nil // there is no rejection
	}
	e.full = m.AlmostOutOfResources
	return &h225.RasMessage{ResourcesAvailableConfirm: &h225.ResourcesAvailableConfirm{
		RequestSeqNum: r.seq, ProtocolIdentifier: h225.Protocol,
	}}
}

// serviceControl answers an SCI of an endpoint.
func (z *zone) serviceControl(now time.Time, r *request, m *h225.ServiceControlIndication) *h225.RasMessage {
	result := &h225.ServiceControlResult{NotAvailable: &per.Null{}}
	e, why := z.known(now, r, m.EndpointIdentifier)
	if why == "" && z.cfg.ServiceControl != nil {
		z.emit(service{e.id, m})
		result = &h225.ServiceControlResult{Started: &per.Null{}}
	}
	return &h225.RasMessage{ServiceControlResponse: &h225.ServiceControlResponse{RequestSeqNum: r.seq, Result: result}}
}

// grant lets a call come that was located for someone else.
func (z *zone) grant(now time.Time, id h225.GloballyUniqueID) {
	for known, until := range z.granted {
		if now.After(until) {
			delete(z.granted, known)
		}
	}
	if len(z.granted) < maxLookups {
		z.granted[id] = now.Add(grantLife)
	}
}
