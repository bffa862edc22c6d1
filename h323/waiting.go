package h323

import (
	"time"

	"parley/h323/h450"
)

// ActivateWaiting tells the peer, which serves a user, what messages wait
// (H.450.7): WaitingAnswered follows.
func (c *Call) ActivateWaiting(arg h450.MWIActivateArg) {
	c.serving(func(e *h450.Entity, now time.Time) ([]h450.Action, error) {
		return e.Activate(&arg, h450.AnyMessage, now)
	}, waitingFailed(h450.MWIActivate))
}

// DeactivateWaiting tells it that none wait any more: WaitingAnswered follows.
func (c *Call) DeactivateWaiting(arg h450.MWIDeactivateArg) {
	c.serving(func(e *h450.Entity, now time.Time) ([]h450.Action, error) {
		return e.Deactivate(&arg, h450.AnyMessage, now)
	}, waitingFailed(h450.MWIDeactivate))
}

// InterrogateWaiting asks a message centre what waits: WaitingAnswered follows.
func (c *Call) InterrogateWaiting(arg h450.MWIInterrogateArg) {
	c.serving(func(e *h450.Entity, now time.Time) ([]h450.Action, error) {
		return e.Interrogate(&arg, h450.AnyMessage, now)
	}, waitingFailed(h450.MWIInterrogate))
}

// AnswerInterrogation answers Interrogated with what waits; with nothing, or
// where refused is an h450.ErrorCode, with an error.
func (c *Call) AnswerInterrogation(id uint16, waiting h450.MWIInterrogateRes, refused error) {
	c.serving(func(e *h450.Entity, _ time.Time) ([]h450.Action, error) {
		return e.AnswerInterrogate(id, waiting, refused)
	}, nil)
}

func waitingFailed(o h450.Operation) func(error) Event {
	return func(err error) Event { return WaitingAnswered{h450.WaitingAnswered{Operation: o, Err: err}} }
}
