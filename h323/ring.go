package h323

import (
	"context"
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

// ring begins an incoming call: the gatekeeper is asked, then the owner.
func (c *Call) ring(setup *signalling.Message) {
	c.traverse(c.info.Invitation.Setup)
	var features *h225.FeatureSet
	if c.mediaTraversal {
		features = c.traversal.features()
	}
	c.signal = signalling.Incoming(signalling.Config{
		Features:  features,
		Reference: c.reference, Call: c.id, Conference: c.conference,
		Self: c.endpoint.self, Display: c.endpoint.cfg.Name,
		Tunnelling: !c.modes.NoTunnelling, MultipleCalls: c.connection.keeps(),
	}, setup, time.Now())
	local := c.signalAddress()
	c.update(func(i *Info) { i.Local = local })
	c.liveness.start(time.Now())
	c.answerTokens()
	for _, o := range c.signal.Take() {
		c.signalled(o)
	}
	if c.releasing { // for an operation without which it was not to be
		return
	}
	c.log.Info("h323: incoming call", "remote", c.info.Remote, "display", c.info.Invitation.Display)
	if c.endpoint.cfg.Gatekeeper == nil {
		c.invite()
		return
	}
	v := &c.info.Invitation
	a := Admission{
		Answer: true, Called: WithoutPINs(v.Called), CalledAddr: c.connection.stream.local,
		Calling: v.Calling, CallingAddr: v.Remote, Conference: c.conference,
		Call: c.id, Reference: c.reference, BitRate: bearerRate(setup), OnDisengaged: c.disengaged,
		OnBandwidth: c.bandwidthOrdered,
	}
	came := *v
	a.Invitation = &came
	c.signal.Proceed() // the caller's T303 does not wait for gatekeepers
	c.background(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, admissionTimeout)
		defer cancel()
		got, err := c.endpoint.cfg.Gatekeeper.Admit(ctx, a)
		c.do(func() { c.admitted(a, got, err) })
	})
}

// admitted takes the gatekeeper's answer for an incoming call.
func (c *Call) admitted(a Admission, got Admitted, err error) {
	if err != nil {
		c.release(refusalOf(err, q931.CallRejected))
		return
	}
	c.admit(a, got)
	c.invite()
}

// admit keeps what the gatekeeper has to be told at the end.
func (c *Call) admit(a Admission, got Admitted) {
	c.routed, c.router, c.guard = got.Routed, netip.Addr{}, got.Guard
	if got.Routed {
		c.router = got.Signal.Addr().Unmap()
	}
	c.bandwidth = bandwidth{granted: a.BitRate}
	if got.BitRate > 0 {
		c.bandwidth.granted = got.BitRate
	}
	c.admittedBy = c.endpoint.by(got)
	c.admission = &Disengagement{Call: a.Call, Conference: a.Conference, Reference: a.Reference, Answer: a.Answer}
}

// invite hands the call to its owner, and then what came with the SETUP.
func (c *Call) invite() {
	c.endpoint.cfg.Incoming(c)
	// What the owner ordered there comes first: capabilities, above all.
	for _, f := range c.inbox.take() {
		f()
	}
	c.invited = true
	c.tellEarlyServices()
	waiting := c.waiting
	c.waiting = nil
	for _, o := range waiting {
		if !c.over {
			c.signalled(o)
		}
	}
}

// disengaged is the gatekeeper's order to end the call.
func (c *Call) disengaged() {
	c.do(func() { c.release(&Refusal{Cause: q931.NormalClearing, Text: "ended by the gatekeeper"}) })
}

// disengage tells the gatekeeper that the call is over, once the peer is told
// (H.323 clause 8.5): one that routes the call may else forget it before it has
// passed our last message on.
func (c *Call) disengage(why signalling.Release) {
	if c.admission == nil {
		return
	}
	d := *c.admission
	c.admission = nil
	d.Reason = disengageReason(why.Cause)
	by := c.admittedBy
	if c.connection == nil {
		by.Disengage(d)
		return
	}
	c.connection.stream.after(func() { by.Disengage(d) })
}

// by is who has given leave.
func (e *Endpoint) by(got Admitted) Gatekeeper {
	if got.By != nil {
		return got.By
	}
	return e.cfg.Gatekeeper
}

func disengageReason(cause q931.CauseValue) h225.DisengageReason {
	there := present()
	switch cause {
	case q931.NormalClearing, q931.UserBusy, q931.NoAnswer, q931.CallRejected:
		return h225.DisengageReason{NormalDrop: there}
	}
	return h225.DisengageReason{UndefinedReason: there}
}

// bearerRate returns the rate that a SETUP asks for, both directions, bit/s.
func bearerRate(m *signalling.Message) int {
	const channel = 64_000
	var b q931.BearerCapability
	data, ok := m.Find(q931.BearerCapabilityID)
	if !ok || b.Unmarshal(data) != nil {
		return 2 * channel
	}
	rate := channel
	switch b.Rate {
	case q931.Rate2x64:
		rate = 2 * channel
	case q931.Rate384:
		rate = 384_000
	case q931.Rate1536:
		rate = 1_536_000
	case q931.Rate1920:
		rate = 1_920_000
	case q931.Multirate:
		rate = channel * max(1, int(b.Multiplier))
	}
	return 2 * rate
}
