package h323

import (
	"time"

	"parley/h323/h450"
)

// Hold tells the peer that it is held here (H.450.4). Its media is the owner's to
// stop, and channels stay open.
func (c *Call) Hold() {
	c.serving(func(e *h450.Entity, _ time.Time) ([]h450.Action, error) { return e.Hold() }, nil)
}

// Retrieve ends Hold.
func (c *Call) Retrieve() {
	c.serving(func(e *h450.Entity, _ time.Time) ([]h450.Action, error) { return e.Retrieve() }, nil)
}

// RemoteHold asks the peer to hold the call, and to entertain its user:
// HoldAnswered follows.
func (c *Call) RemoteHold() {
	c.serving((*h450.Entity).RemoteHold, holdFailed(h450.RemoteHold))
}

// RemoteRetrieve ends RemoteHold: HoldAnswered follows.
func (c *Call) RemoteRetrieve() {
	c.serving((*h450.Entity).RemoteRetrieve, holdFailed(h450.RemoteRetrieve))
}

func holdFailed(o h450.Operation) func(error) Event {
	return func(err error) Event { return HoldAnswered{h450.HoldAnswered{Operation: o, Err: err}} }
}
