package gatekeeper

import (
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// call is one that was admitted.
type call struct {
	id         h225.GloballyUniqueID
	conference h225.ConferenceIdentifier
	ends       [2]end // the caller's and the called one's
	// held by this process's endpoint so many times, as a stranger may give many
	// calls one name; drop has it end the call. See Resident.
	held [2]int
	drop [2]func()
	dest netip.AddrPort
	// leads is where a call that is carried goes on to (H.460.18); not valid: it is
	// none.
	leads netip.AddrPort
	// secure is dest for calls over TLS; not valid: it takes none.
	secure    netip.AddrPort
	called    []h225.AliasAddress
	routed    bool
	bandwidth int // granted, in units of 100 bit/s
	since     time.Time
	until     time.Time // credit's end; zero: none
	last      time.Time
	reported  bool // by an IRR that was asked for by its frequency
}

// end is one endpoint's part in a call; endpoint is nil where it is none of ours.
type end struct {
	endpoint  *endpoint
	reference h225.CallReferenceValue
}

// The ends.
const (
	caller = 0
	callee = 1
)

// Call is what is known of an admitted call.
type Call struct {
	ID             h225.CallIdentifier
	Conference     h225.ConferenceIdentifier
	Caller, Callee h225.EndpointIdentifier // empty: not registered here
	Called         []string
	Destination    netip.AddrPort
	Routed         bool
	BitRate        int
	Since          time.Time
}

func (c *call) snapshot() Call {
	s := Call{
		ID: h225.CallIdentifier{GUID: c.id}, Conference: c.conference, Destination: c.dest, Routed: c.routed,
		BitRate: 100 * c.bandwidth, Since: c.since,
	}
	for _, a := range c.called {
		s.Called = append(s.Called, ras.AliasText(a))
	}
	if e := c.ends[caller].endpoint; e != nil {
		s.Caller = e.id
	}
	if e := c.ends[callee].endpoint; e != nil {
		s.Callee = e.id
	}
	return s
}

// attach makes an endpoint one end of a call.
func (c *call) attach(which int, e *endpoint, reference h225.CallReferenceValue) {
	c.ends[which] = end{e, reference}
	e.calls[c.id] = c
}

// detach ends an endpoint's part, and the call with the last one's.
func (z *zone) detach(c *call, which int) {
	e := c.ends[which].endpoint
	c.ends[which].endpoint = nil
	if e == nil {
		return
	}
	if c.ends[1-which].endpoint != e {
		delete(e.calls, c.id)
	}
	if c.empty() {
		z.forget(c)
	}
}

// empty tells whether nobody known is in the call any more.
func (c *call) empty() bool {
	return c.ends[caller].endpoint == nil && c.ends[callee].endpoint == nil && c.held[caller]+c.held[callee] == 0
}

func (z *zone) forget(c *call) {
	if z.calls[c.id] == c {
		delete(z.calls, c.id)
		z.bandwidth -= c.bandwidth
	}
}

// callOf finds a call by its identifier, or, of version 1, by its conference and
// reference.
func (z *zone) callOf(e *endpoint, id *h225.CallIdentifier, conference h225.ConferenceIdentifier, reference h225.CallReferenceValue) *call {
	if id != nil {
		return e.calls[id.GUID]
	}
	for _, c := range e.calls {
		if c.conference != conference {
			continue
		}
		for _, end := range c.ends {
			if end.endpoint == e && end.reference == reference {
				return c
			}
		}
	}
	return nil
}

// side returns which end of a call the endpoint speaks of.
func (c *call) side(e *endpoint, answered *bool) (which int, ok bool) {
	if answered != nil {
		which = caller
		if *answered {
			which = callee
		}
		return which, c.ends[which].endpoint == e
	}
	for which := range c.ends {
		if c.ends[which].endpoint == e {
			return which, true
		}
	}
	return 0, false
}

// changeBandwidth answers a BRQ (H.225.0 clause 7.12).
func (z *zone) changeBandwidth(now time.Time, r *request, m *h225.BandwidthRequest) *h225.RasMessage {
	reject := func(reason h225.BandRejectReason, allowed int) *h225.RasMessage {
		return &h225.RasMessage{BandwidthReject: &h225.BandwidthReject{
			RequestSeqNum: r.seq, RejectReason: reason, AllowedBandWidth: h225.BandWidth(max(allowed, 0)),
		}}
	}
	e, why := z.known(now, r, m.EndpointIdentifier)
	if why != "" {
		return reject(h225.BandRejectReason{NotBound: &per.Null{}}, 0)
	}
	c := z.callOf(e, m.CallIdentifier, m.ConferenceID, m.CallReferenceValue)
	if c == nil {
		return reject(h225.BandRejectReason{InvalidConferenceID: &per.Null{}}, 0)
	}
	c.last = now
	allowed := z.allowed(c.bandwidth)
	asked := clamped(m.BandWidth)
	if asked > allowed {
		return reject(h225.BandRejectReason{InsufficientResources: &per.Null{}}, allowed)
	}
	z.bandwidth += asked - c.bandwidth
	c.bandwidth = asked
	return &h225.RasMessage{BandwidthConfirm: &h225.BandwidthConfirm{RequestSeqNum: r.seq, BandWidth: h225.BandWidth(asked)}}
}

// allowed is how much a call may have that has some already; units of 100 bit/s.
func (z *zone) allowed(have int) int {
	most := maxBandwidth
	if z.cfg.CallBandwidth > 0 {
		most = min(most, z.cfg.CallBandwidth/100)
	}
	if z.cfg.TotalBandwidth > 0 {
		most = min(most, z.cfg.TotalBandwidth/100-z.bandwidth+have)
	}
	return max(most, 0)
}

// maxBandwidth is 10 Gbit/s: beyond it nobody means what is asked, and sums of it
// stay far from overflow.
const maxBandwidth = 100_000_000

func clamped(b h225.BandWidth) int { return int(min(b, maxBandwidth)) }

// disengage answers a DRQ (H.225.0 clause 7.14).
func (z *zone) disengage(now time.Time, r *request, m *h225.DisengageRequest) *h225.RasMessage {
	reject := func(reason h225.DisengageRejectReason) *h225.RasMessage {
		return &h225.RasMessage{DisengageReject: &h225.DisengageReject{RequestSeqNum: r.seq, RejectReason: reason}}
	}
	e, why := z.known(now, r, m.EndpointIdentifier)
	if why != "" {
		return reject(h225.DisengageRejectReason{NotRegistered: &per.Null{}})
	}
	c := z.callOf(e, m.CallIdentifier, m.ConferenceID, m.CallReferenceValue)
	if c == nil {
		return reject(h225.DisengageRejectReason{RequestToDropOther: &per.Null{}})
	}
	which, ok := c.side(e, m.AnsweredCall)
	if !ok {
		return reject(h225.DisengageRejectReason{RequestToDropOther: &per.Null{}})
	}
	z.detach(c, which)
	return &h225.RasMessage{DisengageConfirm: &h225.DisengageConfirm{RequestSeqNum: r.seq}}
}

// end ends a call from here: each end is told (H.323 clause 8.5).
func (z *zone) end(now time.Time, c *call) {
	for which, part := range c.ends {
		if c.held[which] > 0 && c.drop[which] != nil {
			z.emit(dropped{c.drop[which]})
		}
		e := part.endpoint
		if e == nil {
			continue
		}
		answered := which == callee
		z.askEndpoint(now, e, &h225.RasMessage{DisengageRequest: &h225.DisengageRequest{
			EndpointIdentifier: e.id, ConferenceID: c.conference, CallReferenceValue: part.reference,
			DisengageReason: h225.DisengageReason{ForcedDrop: &per.Null{}}, AnsweredCall: &answered,
			CallIdentifier: &h225.CallIdentifier{GUID: c.id}, GatekeeperIdentifier: z.cfg.Identifier,
		}}, query{})
		delete(e.calls, c.id)
	}
	if c.routed {
		z.emit(hangUp{c.id})
	}
	z.forget(c)
}

// dropCallsOf forgets the calls of an endpoint that is gone; the others' parts
// stay until they disengage.
func (z *zone) dropCallsOf(_ time.Time, e *endpoint) {
	for _, c := range e.calls {
		for which := range c.ends {
			if c.ends[which].endpoint == e {
				z.detach(c, which)
			}
		}
		delete(e.calls, c.id)
	}
}

// expireCalls ends calls whose credit is used up, and those that were forgotten.
func (z *zone) expireCalls(now time.Time) {
	for _, c := range z.calls {
		switch {
		case !c.until.IsZero() && !now.Before(c.until),
			// This process's endpoint knows of itself when its call is over.
			c.held[caller]+c.held[callee] == 0 && now.Sub(c.last) >= z.silence(c):
			z.end(now, c)
		}
	}
}
