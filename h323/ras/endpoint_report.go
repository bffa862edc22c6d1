package ras

import (
	"bytes"
	"maps"
	"net/netip"
	"slices"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/per"
)

// call is one with leave to be.
type call struct {
	h323.Admission
	bitRate int // granted
	routed  bool
	unasked bool          // by preGrantedARQ: the gatekeeper does not know of it
	every   time.Duration // a report is wanted so often; 0: none is
	due     time.Time     // of the next report
}

// pregrant is what an RCF lets the endpoint do without asking (H.225.0,
// preGrantedARQ).
type pregrant struct {
	h225.PreGrantedARQ
	signal netip.AddrPort // of the gatekeeper's call signalling; may be invalid
}

// pregranted takes an RCF's word.
func (e *endpoint) pregranted(m *h225.RegistrationConfirm, renewal bool) {
	e.responds = m.WillRespondToIRR != nil && *m.WillRespondToIRR
	if m.PreGrantedARQ == nil && renewal {
		return // the lightweight one repeats but what has changed
	}
	e.pregrant = pregrant{}
	if m.PreGrantedARQ != nil {
		e.pregrant.PreGrantedARQ = *m.PreGrantedARQ
	}
	if len(m.CallSignalAddress) > 0 {
		e.pregrant.signal, _ = m.CallSignalAddress[0].AddrPort()
	}
}

// unasked admits a call that the gatekeeper need not be asked about; not ok: it
// is to be asked.
func (e *endpoint) unasked(now time.Time, a h323.Admission) (got h323.Admitted, ok bool) {
	g := &e.pregrant
	if e.status.State != Registered || len(e.calls) >= maxClientCalls || a.BitRate > e.bitRateLeft() {
		return got, false
	}
	got = h323.Admitted{Signal: a.CalledAddr, Called: a.Called, BitRate: a.BitRate}
	switch {
	case a.Answer && g.AnswerCall:
		got.Routed = usable(g.signal) && a.CallingAddr.Addr() == g.signal.Addr()
		got.Signal = a.CallingAddr
		if g.UseGKCallSignalAddressToAnswer && !got.Routed {
			return got, false
		}
	case a.Answer || !g.MakeCall:
		return got, false
	case g.UseGKCallSignalAddressToMakeCall:
		// What is dialled at an address would be lost on the way by the gatekeeper.
		if !usable(g.signal) || a.CalledAddr.IsValid() {
			return got, false
		}
		got.Signal, got.Routed, got.Endpoint = g.signal, true, e.endpointID
	case !a.CalledAddr.IsValid():
		return got, false // only the gatekeeper knows where the alias is
	}
	e.note(now, a, &call{bitRate: a.BitRate, routed: got.Routed, unasked: true})
	return got, true
}

// bitRateLeft is what more the calls may take without asking.
func (e *endpoint) bitRateLeft() int {
	if e.pregrant.TotalBandwidthRestriction == nil {
		return 100 * int(^h225.BandWidth(0))
	}
	left := 100 * int(*e.pregrant.TotalBandwidthRestriction)
	for _, c := range e.calls {
		left -= c.bitRate
	}
	return left
}

// note keeps a call, so that the gatekeeper can end it and is told of it.
func (e *endpoint) note(now time.Time, a h323.Admission, c *call) {
	if len(e.calls) >= maxClientCalls {
		return
	}
	c.Admission = a
	if c.every == 0 && e.pregrant.IRRFrequencyInCall != nil {
		c.every = time.Duration(*e.pregrant.IRRFrequencyInCall) * time.Second
	}
	if c.every > 0 {
		c.due = now.Add(c.every)
	}
	e.calls[callKey{a.Call.GUID, a.Answer}] = c
}

// nextReport returns when a report is due; zero: never.
func (e *endpoint) nextReport() (next time.Time) {
	if e.status.State != Registered || e.closing {
		return next
	}
	for _, c := range e.calls {
		if c.every > 0 && (next.IsZero() || c.due.Before(next)) {
			next = c.due
		}
	}
	return next
}

// report tells the gatekeeper of the calls whose time it is (H.225.0,
// irrFrequency), those of one time together.
func (e *endpoint) report(now time.Time) {
	if e.status.State != Registered || e.closing {
		return
	}
	var due []callKey
	for k, c := range e.calls {
		if c.every > 0 && !now.Before(c.due) {
			due = append(due, k)
			c.due = now.Add(c.every)
		}
	}
	slices.SortFunc(due, func(a, b callKey) int { return bytes.Compare(a.id[:], b.id[:]) })
	for some := range slices.Chunk(due, maxReported) {
		irr := e.reportOf(some)
		unsolicited, confirm := true, e.responds
		irr.Unsolicited, irr.NeedResponse = &unsolicited, &confirm
		e.request(now, e.gatekeepers[0].address, &h225.RasMessage{InfoRequestResponse: irr}, exchange{kind: forReport})
	}
}

// reportOf is an IRR of some calls.
func (e *endpoint) reportOf(some []callKey) *h225.InfoRequestResponse {
	irr := e.state()
	told := e.told()
	for _, k := range some {
		if i := slices.IndexFunc(told, func(p h225.PerCallInfo) bool {
			return p.CallIdentifier != nil && p.CallIdentifier.GUID == k.id && (p.Originator == nil || *p.Originator != k.answer)
		}); i >= 0 {
			irr.PerCallInfo = append(irr.PerCallInfo, told[i])
			continue
		}
		irr.PerCallInfo = append(irr.PerCallInfo, e.calls[k].information())
	}
	return irr
}

// told are the calls as the endpoint's owner describes them.
func (e *endpoint) told() []h225.PerCallInfo {
	if e.cfg.Calls == nil {
		return nil
	}
	return e.cfg.Calls()
}

// information is what is known of a call by its admission.
func (c *call) information() h225.PerCallInfo {
	originator := !c.Answer
	p := h225.PerCallInfo{
		CallReferenceValue: h225.CallReferenceValue(c.Reference), ConferenceID: c.Conference, Originator: &originator,
		CallType: h225.CallType{PointToPoint: &per.Null{}}, BandWidth: h225.BandWidth((c.bitRate + 99) / 100),
		CallModel: h225.CallModel{Direct: &per.Null{}}, CallIdentifier: &h225.CallIdentifier{GUID: c.Call.GUID},
	}
	if c.routed {
		p.CallModel = h225.CallModel{GatekeeperRouted: &per.Null{}}
	}
	// Where the other side sends call signalling from is where ours goes.
	other := c.CalledAddr
	if c.Answer {
		other = c.CallingAddr
	}
	if other.IsValid() {
		to := h225.TransportAddressOf(other)
		p.CallSignalling.SendAddress = &to
	}
	return p
}

// state is an IRR without calls.
func (e *endpoint) state() *h225.InfoRequestResponse {
	return &h225.InfoRequestResponse{
		EndpointType: e.cfg.Type, EndpointIdentifier: e.endpointID,
		RASAddress: h225.TransportAddressOf(e.local), CallSignalAddress: e.signal(), EndpointAlias: e.cfg.Aliases,
	}
}

// info tells the calls that an IRQ asks for: one, or all where the reference is 0
// (H.225.0 clause 7.15.1).
func (e *endpoint) info(r *h225.InfoRequest) *h225.InfoRequestResponse {
	irr := e.state()
	irr.RequestSeqNum = r.RequestSeqNum
	all := e.told()
	if e.cfg.Calls == nil {
		keys := slices.SortedFunc(maps.Keys(e.calls), func(a, b callKey) int { return bytes.Compare(a.id[:], b.id[:]) })
		for _, k := range keys {
			all = append(all, e.calls[k].information())
		}
	}
	status := &h225.InfoRequestResponseStatus{Complete: &per.Null{}}
	for _, c := range all {
		same := c.CallIdentifier != nil && r.CallIdentifier != nil && c.CallIdentifier.GUID == r.CallIdentifier.GUID
		if r.CallReferenceValue != 0 && !same && (r.CallIdentifier != nil || c.CallReferenceValue != r.CallReferenceValue) {
			continue
		}
		if len(irr.PerCallInfo) == maxReported {
			status = &h225.InfoRequestResponseStatus{Incomplete: &per.Null{}}
			break
		}
		irr.PerCallInfo = append(irr.PerCallInfo, c)
	}
	if r.CallReferenceValue != 0 && len(irr.PerCallInfo) == 0 {
		status = &h225.InfoRequestResponseStatus{InvalidCall: &per.Null{}}
	}
	irr.IRRStatus = status
	return irr
}
