package bridge

import (
	"time"

	"parley/conference"
	"parley/h323/h245"
	"parley/h323/per"
)

// This file is H.243 as H.323 has it (H.245 clauses B.8 and B.16; H.323 clause
// 8.4.3.8): terminals have numbers and names, learn who comes, goes and is
// seen, and may ask for the chair. Broadcasters and sources cannot be chosen by
// a terminal: the conference shows who speaks.

// conferenceControl answers what the endpoint leaves to us.
func (c *call) conferenceControl(m *h245.MultimediaSystemControlMessage) {
	switch {
	case m == nil:
	case m.Request != nil:
		if q := m.Request.ConferenceRequest; q == nil || !c.conferenceRequest(q) {
			c.unsupported(m)
		}
	case m.Command != nil && m.Command.ConferenceCommand != nil:
		c.conferenceCommand(m.Command.ConferenceCommand)
	case m.Response != nil && m.Response.ConferenceResponse != nil:
		c.conferenceResponse(m.Response.ConferenceResponse)
	case m.Indication != nil && m.Indication.ConferenceIndication != nil:
		c.conferenceIndication(m.Indication.ConferenceIndication)
	}
}

// unsupported returns a request that has no answer here, so that nobody waits for
// one (H.245 clause B.14.2).
func (c *call) unsupported(m *h245.MultimediaSystemControlMessage) {
	octets, err := m.Marshal()
	if err != nil || len(octets) > maxReturned {
		octets = nil
	}
	c.line.SendControl(&h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{
		FunctionNotSupported: &h245.FunctionNotSupported{
			Cause: h245.FunctionNotSupportedCause{UnknownFunction: &per.Null{}}, ReturnedFunction: octets,
		},
	}})
}

// conferenceIndication: what of it is for us to do something about.
func (c *call) conferenceIndication(i *h245.ConferenceIndication) {
	switch {
	case c.room == nil:
	case i.WithdrawChairToken != nil:
		c.room.releaseChair(c)
	case i.RequestForFloor != nil:
		if c.mayAsk(time.Now()) {
			c.room.askFloor(c)
		}
	}
}

// mayAsk reports whether the terminal may ask for the floor again.
func (c *call) mayAsk(now time.Time) bool {
	if now.Sub(c.floorAsked) < floorInterval {
		return false
	}
	c.floorAsked = now
	return true
}

// conferenceRequest answers a request; false: there is no answer to it. Passwords,
// conferences and extensions are asked of who calls an MCU, by one that takes us
// for a person.
func (c *call) conferenceRequest(q *h245.ConferenceRequest) bool {
	denied := &per.Null{}
	switch {
	case q.TerminalListRequest != nil:
		labels := c.labels()
		if len(labels) == 0 { // an empty list cannot be said
			return false
		}
		c.respond(&h245.ConferenceResponse{TerminalListResponse: labels})
	case q.RequestTerminalID != nil:
		t, ok := c.terminal(*q.RequestTerminalID)
		if !ok {
			return false
		}
		c.respond(&h245.ConferenceResponse{MCTerminalIDResponse: &h245.MCTerminalIDResponse{
			TerminalLabel: labelOf(t.number), TerminalID: terminalID(t.name),
		}})
	case q.RequestAllTerminalIDs != nil:
		c.respond(&h245.ConferenceResponse{RequestAllTerminalIDsResponse: c.allTerminals()})
	case q.EnterH243TerminalID != nil:
		// To an MC that takes this one for a terminal: a cascade.
		c.respond(&h245.ConferenceResponse{TerminalIDResponse: &h245.TerminalIDResponse{
			TerminalLabel: labelOf(0), TerminalID: terminalID(c.server.cfg.Name),
		}})
	case q.MakeMeChair != nil:
		answer := &h245.MakeMeChairResponse{DeniedChairToken: denied}
		if c.room != nil && c.room.takeChair(c) {
			answer = &h245.MakeMeChairResponse{GrantedChairToken: &per.Null{}}
		}
		c.respond(&h245.ConferenceResponse{MakeMeChairResponse: answer})
	case q.CancelMakeMeChair != nil:
		if c.room != nil {
			c.room.releaseChair(c)
		}
	case q.RequestChairTokenOwner != nil:
		t, _ := c.chair() // nobody has the number 0 (H.243)
		c.respond(&h245.ConferenceResponse{ChairTokenOwnerResponse: &h245.ChairTokenOwnerResponse{
			TerminalLabel: labelOf(t.number), TerminalID: terminalID(t.name),
		}})
	case q.RequestTerminalCertificate != nil:
		c.respond(&h245.ConferenceResponse{TerminalCertificateResponse: &h245.TerminalCertificateResponse{}}) // none
	case q.DropTerminal != nil:
		c.drop(*q.DropTerminal)
	case q.BroadcastMyLogicalChannel != nil:
		c.respond(&h245.ConferenceResponse{BroadcastMyLogicalChannelResponse: &h245.BroadcastMyLogicalChannelResponse{DeniedBroadcastMyLogicalChannel: denied}})
	case q.MakeTerminalBroadcaster != nil:
		c.respond(&h245.ConferenceResponse{MakeTerminalBroadcasterResponse: &h245.MakeTerminalBroadcasterResponse{DeniedMakeTerminalBroadcaster: denied}})
	case q.SendThisSource != nil:
		c.respond(&h245.ConferenceResponse{SendThisSourceResponse: &h245.SendThisSourceResponse{DeniedSendThisSource: denied}})
	case q.RemoteMCRequest != nil:
		c.respond(&h245.ConferenceResponse{RemoteMCResponse: &h245.RemoteMCResponse{Reject: &h245.RemoteMCReject{FunctionNotSupported: denied}}})
	default:
		return false
	}
	return true
}

// conferenceCommand: commands have no answer but this one.
func (c *call) conferenceCommand(q *h245.ConferenceCommand) {
	switch {
	case q.BroadcastMyLogicalChannel != nil, q.MakeTerminalBroadcaster != nil, q.SendThisSource != nil:
		c.respond(&h245.ConferenceResponse{VideoCommandReject: &per.Null{}})
	case q.DropConference != nil:
		// The chair's right, to end it for all. A room system's user who leaves
		// last presses it; the others stay.
		c.respond(&h245.ConferenceResponse{TerminalDropReject: &per.Null{}})
	}
}

// conferenceResponse: a name that the peer tells, for one that told none yet.
func (c *call) conferenceResponse(a *h245.ConferenceResponse) {
	if a.TerminalIDResponse == nil || c.line.Info().RemoteName != "" {
		return
	}
	c.peerName = string(a.TerminalIDResponse.TerminalID)
	c.updateInfo()
}

func (c *call) respond(a *h245.ConferenceResponse) {
	c.line.SendControl(&h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{ConferenceResponse: a}})
}

// indicate tells the peer something, once its capabilities have shown that
// H.245 is under way.
func (c *call) indicate(i *h245.ConferenceIndication) {
	m := &h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{ConferenceIndication: i}}
	switch {
	case c.remote != nil:
		c.line.SendControl(m)
	case len(c.unsaid) < maxUnsaid:
		c.unsaid = append(c.unsaid, m)
	}
}

// sayRest sends what waited for H.245.
func (c *call) sayRest() {
	for _, m := range c.unsaid {
		c.line.SendControl(m)
	}
	c.unsaid = nil
}

// What a room tells its calls.

// assigned tells a terminal its number.
func assigned(n h245.TerminalNumber) func(*call) {
	l := labelOf(n)
	return func(c *call) { c.indicate(&h245.ConferenceIndication{TerminalNumberAssign: &l}) }
}

func joined(n h245.TerminalNumber) func(*call) {
	l := labelOf(n)
	return func(c *call) { c.indicate(&h245.ConferenceIndication{TerminalJoinedConference: &l}) }
}

func left(n h245.TerminalNumber) func(*call) {
	l := labelOf(n)
	return func(c *call) { c.indicate(&h245.ConferenceIndication{TerminalLeftConference: &l}) }
}

// seen tells a terminal that all others see it: it speaks.
func seen(yes bool) func(*call) {
	i := &h245.ConferenceIndication{SeenByAll: &per.Null{}}
	if !yes {
		i = &h245.ConferenceIndication{CancelSeenByAll: &per.Null{}}
	}
	return func(c *call) { c.indicate(i) }
}

// seeing tells a terminal whom it sees.
func seeing(n h245.TerminalNumber) func(*call) {
	l := labelOf(n)
	return func(c *call) { c.indicate(&h245.ConferenceIndication{TerminalYouAreSeeing: &l}) }
}

// What a call asks its room. Before it is seated there is none.

func (c *call) labels() (out []h245.TerminalLabel) {
	if c.room == nil {
		return nil
	}
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	for _, t := range c.room.roster.list {
		out = append(out, labelOf(t.number))
	}
	return out
}

func (c *call) allTerminals() *h245.RequestAllTerminalIDsResponse {
	out := &h245.RequestAllTerminalIDsResponse{}
	if c.room == nil {
		return out
	}
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	for _, t := range c.room.roster.list {
		out.TerminalInformation = append(out.TerminalInformation, h245.TerminalInformation{
			TerminalLabel: labelOf(t.number), TerminalID: terminalID(t.name),
		})
	}
	return out
}

func (c *call) terminal(l h245.TerminalLabel) (terminal, bool) {
	if c.room == nil {
		return terminal{}, false
	}
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	return c.room.roster.find(l)
}

// chair returns who has the chair.
func (c *call) chair() (terminal, bool) {
	if c.room == nil {
		return terminal{}, false
	}
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	if c.room.chair == nil {
		return terminal{}, false
	}
	seat := c.room.chair.seat.Load()
	if seat == nil {
		return terminal{}, false
	}
	n, ok := c.room.roster.number(seat.ID())
	if !ok {
		return terminal{}, false
	}
	return c.room.roster.find(labelOf(n))
}

// takeChair gives a call the chair, if the configuration lets terminals have
// it and nobody else has.
func (r *room) takeChair(c *call) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.server.cfg.ChairControl || r.chair != nil && r.chair != c {
		return false
	}
	r.chair = c
	return true
}

func (r *room) releaseChair(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.chair == c {
		r.chair = nil
	}
}

// askFloor tells the chair that a terminal wants to speak.
func (r *room) askFloor(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seat := c.seat.Load()
	if seat == nil || r.chair == nil || r.chair == c {
		return
	}
	if n, ok := r.roster.number(seat.ID()); ok {
		l := labelOf(n)
		r.tellLocked(r.chair, func(c *call) { c.indicate(&h245.ConferenceIndication{FloorRequested: &l}) })
	}
}

// drop removes a terminal, by order of the chair.
func (c *call) drop(l h245.TerminalLabel) {
	t, ok := c.terminal(l)
	if ok {
		c.room.mu.Lock()
		ok = c.room.chair == c
		c.room.mu.Unlock()
	}
	if ok {
		ok = c.conference.Kick(t.id, conference.Cause{Code: conference.CauseKicked, Text: "removed by the chair"}) == nil
	}
	if !ok {
		c.respond(&h245.ConferenceResponse{TerminalDropReject: &per.Null{}})
	}
}
