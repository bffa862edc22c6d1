package h323

import (
	"bytes"
	"net/netip"
	"strings"
	"time"

	"parley/h323/encryption"
	"parley/h323/h225"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
	"parley/qos/accept"
)

func (n *connection) source() netip.Addr { return accept.Source(n.origin().Addr()) }

// origin is the caller's address: what this host's own routes and limits allow is
// not for whoever calls by way of a gatekeeper on it.
func (n *connection) origin() netip.AddrPort {
	if r, ok := n.endpoint.cfg.Gatekeeper.(Router); ok {
		if caller, routed := r.Origin(n.stream.remote); routed {
			return caller
		}
	}
	return n.stream.remote
}

// setup takes a SETUP of a call that is not known. It is false where there is to
// be no call.
func (n *connection) setup(m *signalling.Message, octets []byte) bool {
	e := n.endpoint
	e.incoming.Add(1)
	if m.Info == nil || m.Info.H323UUPDU.H323MessageBody.Setup == nil {
		n.refuse(m, &Refusal{Cause: q931.MandatoryElementMissing, Text: "no SETUP of H.323"})
		return false
	}
	if e.cfg.Incoming == nil {
		n.refuse(m, &Refusal{Cause: q931.IncomingCallsBarred, Text: "no calls are taken here"})
		return false
	}
	v := newInvitation(m, octets, n.origin())
	if e.cfg.Admit != nil {
		if err := e.cfg.Admit(v); err != nil {
			why := refusalOf(err, q931.CallRejected)
			if e.cfg.Refused == nil { // else whose Admit it is knows
				e.tellRefused(v, why)
			}
			n.refuse(m, why)
			return false
		}
	}
	if e.cfg.Encryption == EncryptionRequire && !encryption.Offered(v.Setup.Tokens) {
		return n.turnDown(m, v, noEncryption())
	}
	c := e.incomingCall(n, m, v)
	if r := e.enroll(c, c.source); r != nil {
		return n.turnDown(m, v, r)
	}
	if !n.attach(c, c.key) { // the connection is being closed
		e.withdraw(c)
		e.wg.Done()
		return false
	}
	s := v.Setup
	if s.MultipleCalls != nil && *s.MultipleCalls || s.MaintainConnection != nil && *s.MaintainConnection {
		n.mu.Lock()
		n.keep = true
		n.mu.Unlock()
	}
	go c.run(func() { c.ring(m) })
	return true
}

// turnDown refuses a SETUP that was understood, and tells of it. It is false:
// there is to be no call.
func (n *connection) turnDown(m *signalling.Message, v *Invitation, why *Refusal) bool {
	n.endpoint.tellRefused(v, why)
	n.refuse(m, why)
	return false
}

// tellRefused says that the endpoint itself refuses a call.
func (e *Endpoint) tellRefused(v *Invitation, why *Refusal) {
	if e.cfg.Refused != nil {
		e.cfg.Refused(v, why)
		return
	}
	e.log.Info("h323: call refused", "remote", v.Remote, "display", v.Display, "error", why)
}

// refuse answers a message with RELEASE COMPLETE; nothing is kept of it.
func (n *connection) refuse(m *signalling.Message, r *Refusal) {
	n.endpoint.refused.Add(1)
	cfg := signalling.Config{Reference: m.CallReference, Self: n.endpoint.self}
	if m.Info != nil {
		if s := m.Info.H323UUPDU.H323MessageBody.Setup; s != nil {
			cfg.Conference = s.ConferenceID
			if s.CallIdentifier != nil {
				cfg.Call = *s.CallIdentifier
			}
		}
	}
	for _, answer := range signalling.Refuse(cfg, m.FromDestination, r.Alternative, r.signalling()) {
		n.send(answer, nil)
	}
}

// newInvitation reads a SETUP.
func newInvitation(m *signalling.Message, octets []byte, remote netip.AddrPort) *Invitation {
	s := m.Info.H323UUPDU.H323MessageBody.Setup
	v := &Invitation{
		Remote: remote, Setup: s, Raw: bytes.Clone(octets), Conference: s.ConferenceID, Goal: goalOf(&s.ConferenceGoal),
		Called:  aliasesOf(s.DestinationAddress, numberOf(m, q931.CalledPartyNumber)),
		Calling: aliasesOf(s.SourceAddress, numberOf(m, q931.CallingPartyNumber)),
		Overlap: s.CanOverlapSend != nil && *s.CanOverlapSend,
	}
	if data, ok := m.Find(q931.DisplayID); ok {
		v.Display = signalling.Clip(q931.Text(data))
	}
	if p := s.PresentationIndicator; p != nil {
		v.Restricted = p.PresentationRestricted != nil
	}
	// Octet 3a of the number says it where the message does not (Q.931 clause 4.5.10).
	var number q931.PartyNumber
	if data, ok := m.Find(q931.CallingPartyNumber); ok && number.Unmarshal(data) == nil && number.Presentation == q931.Restricted {
		v.Restricted = true
	}
	if i := s.SourceInfo.Vendor; i != nil {
		v.Vendor = signalling.Clip(strings.TrimSpace(q931.Text(i.ProductID) + " " + q931.Text(i.VersionID)))
	}
	return v
}

// aliasesOf returns the aliases, and the number of the Q.931 element where it is
// not among them.
func aliasesOf(aliases []h225.AliasAddress, number string) []h225.AliasAddress {
	all := append([]h225.AliasAddress(nil), aliases[:min(len(aliases), maxAliases)]...)
	if number == "" {
		return all
	}
	for i := range all {
		if all[i].DialledDigits == number {
			return all
		}
		if p := all[i].PartyNumber; p != nil && p.E164Number != nil && string(p.E164Number.PublicNumberDigits) == number {
			return all
		}
	}
	return append(all, h225.AliasAddress{DialledDigits: number})
}

// numberOf returns the digits of a number element that can be an alias.
func numberOf(m *signalling.Message, id q931.ElementID) string {
	var n q931.PartyNumber
	data, ok := m.Find(id)
	if !ok || n.Unmarshal(data) != nil || !isDialled(n.Digits) {
		return ""
	}
	return n.Digits
}

func goalOf(g *h225.ConferenceGoal) ConferenceGoal {
	switch {
	case g.Join != nil:
		return GoalJoin
	case g.Invite != nil:
		return GoalInvite
	case g.CapabilityNegotiation != nil:
		return GoalCapabilities
	case g.CallIndependentSupplementaryService != nil:
		return GoalService
	}
	return GoalCreate
}

// incomingCall makes the call of a SETUP that policy has let in. It does not run
// yet.
func (e *Endpoint) incomingCall(n *connection, m *signalling.Message, v *Invitation) *Call {
	c := newCall(e)
	c.incoming, c.source = true, accept.Source(v.Remote.Addr())
	c.reference, c.key = m.CallReference, callKey{m.CallReference, false}
	c.connection, c.modes = n, e.cfg.Modes
	c.modes.NoTunnelling = c.modes.NoTunnelling && !n.secured() // H.245 of its own would go in the clear
	if id := v.Setup.CallIdentifier; id != nil {
		c.id = *id
	} else {
		c.id.GUID = newGUID() // version 1 tells none
	}
	c.conference = v.Conference
	c.info = Info{
		Incoming: true, Invitation: *v, ID: c.id, Conference: c.conference, Reference: c.reference,
		Remote: v.Remote, Started: time.Now(), State: q931.CallPresent,
		Secured: n.secured(),
	}
	return c
}
