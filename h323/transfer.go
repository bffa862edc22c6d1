package h323

import (
	"time"

	"parley/h323/h225"
	"parley/h323/h450"
)

// Transfer asks the peer to call another instead (H.450.2); identity is empty, or
// what Identified told in a consultation call with the other. Transferred, with
// the end of this call, or TransferFailed follows.
func (c *Call) Transfer(to []h225.AliasAddress, identity h450.CallIdentity) {
	c.serving(func(e *h450.Entity, now time.Time) ([]h450.Action, error) {
		return e.Transfer(addressOf(to), identity, now)
	}, transferFailed(h450.CallTransferInitiate))
}

// Identify asks the peer of a consultation call under which identity it is to be
// called by who is transferred: Identified or TransferFailed follows.
func (c *Call) Identify() {
	c.serving((*h450.Entity).Identify, transferFailed(h450.CallTransferIdentify))
}

// Abandon tells the peer that gave an identity that nobody will come.
func (c *Call) Abandon() {
	c.serving(func(e *h450.Entity, _ time.Time) ([]h450.Action, error) { return e.Abandon() }, nil)
}

func transferFailed(o h450.Operation) func(error) Event {
	return func(err error) Event { return TransferFailed{h450.TransferFailed{Operation: o, Err: err}} }
}

// AnswerTransfer answers TransferRequested: with nil once the other has answered,
// which ends this call, or with why there is no new call, an h450.ErrorCode.
func (c *Call) AnswerTransfer(err error) {
	c.serving(func(e *h450.Entity, _ time.Time) ([]h450.Action, error) { return e.AnswerTransfer(err), nil }, nil)
}

// AnswerIdentify answers IdentifyRequested: identity is up to four digits that no
// other call has, at is where to call; an empty one refuses.
func (c *Call) AnswerIdentify(identity h450.CallIdentity, at []h225.AliasAddress) {
	c.serving(func(e *h450.Entity, now time.Time) ([]h450.Action, error) {
		return e.AnswerIdentify(identity, addressOf(at), now)
	}, nil)
}

// AnswerArrival answers TransferArrived, with nil or an h450.ErrorCode. It is to
// be said before Alert and Answer, since it goes with these.
func (c *Call) AnswerArrival(err error) {
	c.serving(func(e *h450.Entity, _ time.Time) ([]h450.Action, error) { return e.AnswerSetup(err), nil }, nil)
}

// Replaced ends a call whose identity was given: who was transferred has taken
// its place.
func (c *Call) Replaced() {
	c.serving(func(e *h450.Entity, _ time.Time) ([]h450.Action, error) { return e.Joined(), nil }, nil)
}

// TellPeer tells the peer of a transferred call who the other end now is.
func (c *Call) TellPeer(number []h225.AliasAddress, name string) {
	c.serving(func(e *h450.Entity, _ time.Time) ([]h450.Action, error) {
		return e.Update(addressOf(number), name, h450.AnyMessage)
	}, nil)
}
