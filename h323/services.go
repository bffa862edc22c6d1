package h323

import (
	"time"

	"parley/h323/h225"
	"parley/h323/h450"
	"parley/h323/q931"
)

// services is where a call stands with supplementary services (H.450). It is the
// call's goroutine's.
type services struct {
	entity h450.Entity
	setup  [][]byte // wait for SETUP
	answer [][]byte // wait for ALERTING or CONNECT
	early  []Event  // of the SETUP, until the call has an owner
}

// receiveServices takes the APDUs of one message.
func (c *Call) receiveServices(apdus [][]byte) {
	for _, a := range apdus[:min(len(apdus), maxServices)] {
		c.pace.spend(1, time.Now())
		c.tellService(Service{a})
		c.serve(c.services.entity.Receive(a, time.Now()))
	}
}

// serve does what the machine of H.450 wants.
func (c *Call) serve(actions []h450.Action) {
	for _, a := range actions {
		switch a := a.(type) {
		case h450.Send:
			c.sendApdu(a)
		case h450.Release:
			c.release(&Refusal{Cause: q931.NormalClearing, Text: "transferred"})
		default:
			if e := serviceEvent(a); e != nil {
				c.tellService(e)
			}
		}
	}
}

// sendApdu puts an APDU into the message that it belongs in.
func (c *Call) sendApdu(s h450.Send) {
	switch {
	case c.signal == nil:
		c.services.setup = append(c.services.setup, s.Octets)
	case s.In == h450.InAnswer && c.incoming && !c.releasing && c.signal.State() != q931.Active:
		c.services.answer = append(c.services.answer, s.Octets)
	default:
		c.signal.Service(s.Octets)
	}
}

// answerServices lets go what goes in ALERTING, CONNECT, or, where it does not
// come to these, RELEASE COMPLETE.
func (c *Call) answerServices() {
	for _, a := range c.services.answer {
		c.signal.Service(a)
	}
	c.services.answer = nil
}

// tellService tells the owner, once there is one.
func (c *Call) tellService(e Event) {
	if t, ok := e.(TransferArrived); ok {
		c.update(func(i *Info) { i.Transfer = &t })
	}
	if c.incoming && !c.invited {
		if len(c.services.early) == maxWaiting {
			c.releaseImpatient()
			return
		}
		c.services.early = append(c.services.early, e)
		return
	}
	c.event(e)
}

// tellEarlyServices tells what came with the SETUP.
func (c *Call) tellEarlyServices() {
	early := c.services.early
	c.services.early = nil
	for _, e := range early {
		c.event(e)
	}
}

// serviceEvent is what an owner is told; nil: nothing.
func serviceEvent(a h450.Action) Event {
	switch a := a.(type) {
	case h450.Held:
		return HoldChanged{Held: true, Remote: a.Remote}
	case h450.Retrieved:
		return HoldChanged{Remote: a.Remote}
	case h450.HoldAnswered:
		return HoldAnswered{a}
	case h450.Identified:
		return Identified{a.ReroutingNumber.DestinationAddress, a.CallIdentity}
	case h450.Transferred:
		return Transferred{}
	case h450.TransferFailed:
		return TransferFailed{a}
	case h450.TransferRequested:
		return TransferRequested{a.ReroutingNumber.DestinationAddress, a.CallIdentity}
	case h450.SetupAnswered:
		return TransferAccepted{a.Err}
	case h450.IdentifyRequested:
		return IdentifyRequested{}
	case h450.IdentityExpired:
		return IdentityExpired{a.Abandoned}
	case h450.TransferArrived:
		e := TransferArrived{Identity: a.CallIdentity}
		if n := a.TransferringNumber; n != nil {
			e.From = n.DestinationAddress
		}
		return e
	case h450.Updated:
		return PeerChanged{a}
	case h450.MessageWaiting:
		return MessageWaiting{a}
	case h450.Interrogated:
		return Interrogated{a}
	case h450.WaitingAnswered:
		return WaitingAnswered{a}
	}
	return nil
}

// serving has f ask the machine of H.450; failed tells the owner where that
// cannot be asked.
func (c *Call) serving(f func(e *h450.Entity, now time.Time) ([]h450.Action, error), failed func(error) Event) {
	c.do(func() {
		if c.over || c.releasing {
			return
		}
		actions, err := f(&c.services.entity, time.Now())
		if err != nil {
			c.log.Info("h323: supplementary service not asked for", "error", err)
			if failed != nil {
				c.event(failed(err))
			}
			return
		}
		c.serve(actions)
	})
}

// setupServices has the SETUP carry what was asked for so far, and say what
// transfer it is made for.
func (c *Call) setupServices() {
	for _, a := range c.services.setup {
		c.signal.Service(a)
	}
	c.services.setup = nil
	t := c.target.Transfer
	if t == nil {
		return
	}
	var from *h450.EndpointAddress
	if len(t.From) > 0 {
		from = &h450.EndpointAddress{DestinationAddress: t.From}
	}
	identity := t.Identity
	if identity.Empty() { // a space, from some: those who read one look for it
		identity = ""
	}
	actions, err := c.services.entity.SetupTransferred(identity, from, time.Now())
	if err != nil {
		c.log.Warn("h323: SETUP without its transfer", "error", err)
		return
	}
	c.serve(actions)
}

func addressOf(aliases []h225.AliasAddress) h450.EndpointAddress {
	return h450.EndpointAddress{DestinationAddress: aliases}
}
