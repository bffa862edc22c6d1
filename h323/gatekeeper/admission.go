package gatekeeper

import (
	"net/netip"
	"slices"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/per"
)

// admit answers an ARQ (H.225.0 clause 7.11).
func (z *zone) admit(now time.Time, r *request, m *h225.AdmissionRequest) *h225.RasMessage {
	e, why := z.known(now, r, m.EndpointIdentifier)
	switch {
	case why == "not registered":
		return z.denied(r, h225.AdmissionRejectReason{CallerNotRegistered: &per.Null{}})
	case why != "":
		return z.denied(r, h225.AdmissionRejectReason{SecurityDenial: &per.Null{}})
	case m.AnswerCall:
		return z.admitAnswer(now, r, e, m)
	}
	if c := z.callOf(e, m.CallIdentifier, m.ConferenceID, m.CallReferenceValue); c != nil && c.ends[caller].endpoint == e {
		return z.admitted(r, c, m, nil) // asked anew, as after a restart of ours
	}
	if reason := z.room(e); reason != nil {
		return z.denied(r, *reason)
	}
	var to netip.AddrPort
	if m.DestCallSignalAddress != nil {
		to, _ = m.DestCallSignalAddress.AddrPort()
	}
	s := search{aliases: h323.WithoutPINs(m.DestinationInfo), address: to, caller: z.callerOf(r, e, m.SrcInfo), call: callID(m), hops: hops}
	found, ok := z.find(&s)
	if ok {
		return z.admitTo(now, r, e, m, found)
	}
	return z.look(now, r, s, func(now time.Time, found target, ok bool) *h225.RasMessage {
		switch {
		case z.endpoints[e.id] != e:
			return z.denied(r, h225.AdmissionRejectReason{CallerNotRegistered: &per.Null{}})
		case !ok:
			r.why = "nobody is " + quoted(s.aliases)
			return z.denied(r, h225.AdmissionRejectReason{CalledPartyNotRegistered: &per.Null{}})
		}
		return z.admitTo(now, r, e, m, found)
	})
}

func (z *zone) denied(r *request, reason h225.AdmissionRejectReason) *h225.RasMessage {
	z.stats.Refused++
	z.tellRefused(r, &reason)
	return &h225.RasMessage{AdmissionReject: &h225.AdmissionReject{RequestSeqNum: r.seq, RejectReason: reason}}
}

// room tells whether there may be one more call.
func (z *zone) room(e *endpoint) *h225.AdmissionRejectReason {
	switch {
	case len(z.calls) >= maxCalls:
		z.stats.OverLimit++
		return &h225.AdmissionRejectReason{ResourceUnavailable: &per.Null{}}
	case len(e.calls) >= maxCallsPerEndpoint:
		z.stats.OverLimit++
		return &h225.AdmissionRejectReason{ExceedsCallCapacity: &per.Null{}}
	}
	return nil
}

func (z *zone) callerOf(r *request, e *endpoint, told []h225.AliasAddress) Caller {
	c := Caller{Aliases: told[:min(len(told), maxAliases)], Address: r.datagram.Remote}
	if e != nil {
		c.Endpoint = e.id
		if len(c.Aliases) == 0 {
			c.Aliases = e.aliases
		}
		if e.user != nil {
			c.User = e.user.Name
		}
	}
	return c
}

// callID is a call's name; of version 1, which has none, its conference's.
func callID(m *h225.AdmissionRequest) h225.GloballyUniqueID {
	if m.CallIdentifier != nil && m.CallIdentifier.GUID != (h225.GloballyUniqueID{}) {
		return m.CallIdentifier.GUID
	}
	return m.ConferenceID
}

// admitTo admits a call to where it was found to lead.
func (z *zone) admitTo(now time.Time, r *request, e *endpoint, m *h225.AdmissionRequest, found target) *h225.RasMessage {
	if reason := z.room(e); reason != nil {
		return z.denied(r, *reason)
	}
	id := callID(m)
	if z.calls[id] != nil {
		// A call's name is chance; one that is another's is no accident.
		return z.denied(r, h225.AdmissionRejectReason{RequestDenied: &per.Null{}})
	}
	allowed := z.allowed(0)
	if allowed == 0 {
		return z.denied(r, h225.AdmissionRejectReason{ResourceUnavailable: &per.Null{}})
	}
	var credit *Credit
	if z.cfg.Credit != nil {
		c, err := z.cfg.Credit(e.name(), h323.WithoutPINs(m.DestinationInfo))
		if err != nil {
			r.why = err.Error()
			return z.denied(r, h225.AdmissionRejectReason{InvalidPermission: &per.Null{}})
		}
		credit = &c
	}
	c := &call{
		id: id, conference: m.ConferenceID, dest: z.carried(r, e, found.signal), called: h323.WithoutPINs(m.DestinationInfo),
		routed:    z.cfg.Routed && !z.carries(e, found.signal),
		bandwidth: min(clamped(m.BandWidth), allowed), since: now, last: now,
	}
	if credit != nil && credit.Limit > 0 {
		c.until = now.Add(credit.Limit)
	}
	if found.aliases != nil {
		c.called = found.aliases
	}
	switch {
	case c.dest != found.signal: // who carries it need not be told of itself
		c.leads = found.signal
	case !c.routed:
		c.secure = found.secure
	}
	c.attach(caller, e, m.CallReferenceValue)
	z.calls[id] = c
	z.bandwidth += c.bandwidth
	z.stats.Admitted++
	return z.admitted(r, c, m, credit)
}

// admitted is the ACF.
func (z *zone) admitted(r *request, c *call, m *h225.AdmissionRequest, credit *Credit) *h225.RasMessage {
	willRespond := true
	acf := &h225.AdmissionConfirm{
		RequestSeqNum: r.seq, BandWidth: h225.BandWidth(c.bandwidth), CallModel: h225.CallModel{Direct: &per.Null{}},
		DestCallSignalAddress: h225.TransportAddressOf(c.dest), WillRespondToIRR: &willRespond,
	}
	acf.IRRFrequency = z.reportEvery()
	if c.routed {
		acf.CallModel = h225.CallModel{GatekeeperRouted: &per.Null{}}
		acf.DestCallSignalAddress = h225.TransportAddressOf(z.signal(r))
	}
	if m.CanMapAlias != nil && *m.CanMapAlias && !m.AnswerCall {
		acf.DestinationInfo = h323.WithPINs(m.DestinationInfo, c.called)
	}
	if !m.AnswerCall {
		acf.FeatureSet = z.tellSecure(m.FeatureSet, c.secure)
	}
	if credit != nil {
		acf.ServiceControl = credit.control()
	}
	return &h225.RasMessage{AdmissionConfirm: acf}
}

// control tells the caller what is left (H.225.0, callCreditServiceControl).
func (c *Credit) control() []h225.ServiceControlSession {
	enforce := true
	credit := &h225.CallCreditServiceControl{
		AmountString: c.Amount, CallStartingPoint: &h225.CallStartingPoint{Connect: &per.Null{}},
	}
	if c.Limit > 0 {
		limit := uint32(max(c.Limit/time.Second, 1))
		credit.CallDurationLimit, credit.EnforceCallDurationLimit = &limit, &enforce
	}
	return []h225.ServiceControlSession{{
		Contents: &h225.ServiceControlDescriptor{CallCreditServiceControl: credit},
		Reason:   h225.ServiceControlReason{Open: &per.Null{}},
	}}
}

// admitAnswer admits the called endpoint's part.
func (z *zone) admitAnswer(now time.Time, r *request, e *endpoint, m *h225.AdmissionRequest) *h225.RasMessage {
	c := z.calls[callID(m)]
	if c == nil && z.cfg.Routed {
		// It did not come through us, as all calls should (H.225.0 clause 7.11.3).
		return z.denied(r, h225.AdmissionRejectReason{RouteCallToGatekeeper: &per.Null{}})
	}
	if c != nil && c.ends[callee].endpoint == e {
		return z.admitted(r, c, m, nil)
	}
	if c == nil && z.cfg.Unregistered == UnregisteredRefuse && !z.knows(r, m) {
		return z.denied(r, h225.AdmissionRejectReason{CallerNotRegistered: &per.Null{}})
	}
	if reason := z.room(e); reason != nil {
		return z.denied(r, *reason)
	}
	if c == nil {
		allowed := z.allowed(0)
		if allowed == 0 {
			return z.denied(r, h225.AdmissionRejectReason{ResourceUnavailable: &per.Null{}})
		}
		c = &call{
			id: callID(m), conference: m.ConferenceID, dest: e.address, called: e.aliases,
			bandwidth: min(clamped(m.BandWidth), allowed), since: now, last: now,
		}
		z.calls[c.id] = c
		z.bandwidth += c.bandwidth
		z.stats.Admitted++
	}
	if c.ends[callee].endpoint != nil {
		return z.denied(r, h225.AdmissionRejectReason{RequestDenied: &per.Null{}})
	}
	c.attach(callee, e, m.CallReferenceValue)
	c.last = now
	return z.admitted(r, c, m, nil)
}

// knows tells whether the caller that an ARQ for an answer names is one that may
// call though we did not admit it: a neighbour's call was found by LRQ, and
// conferences and trunks of the directory's call by themselves.
func (z *zone) knows(r *request, m *h225.AdmissionRequest) bool {
	if _, granted := z.granted[callID(m)]; granted {
		return true
	}
	if m.SrcCallSignalAddress == nil {
		return false
	}
	from, ok := m.SrcCallSignalAddress.AddrPort()
	switch {
	case !ok:
		return false
	case z.cfg.Signal.IsValid() && from.Addr() == z.signal(r).Addr(), z.neighbourAt(from.Addr()) != nil,
		z.unaskedFrom(from.Addr()):
		return true
	}
	return slices.ContainsFunc(z.cfg.Static, func(s Static) bool { return s.Address.Addr() == from.Addr() })
}
