package bridge

import (
	"context"
	"fmt"

	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h450"
	"parley/h323/ras"
)

// transferring is where a call stands with transfers that its peer asks for.
type transferring struct {
	cancel context.CancelFunc // of the call being made; nil: none
	tried  int                // by this call, and by those in whose place it was called
	moving bool               // others are being moved, which may empty the conference
	after  *conference.Cause  // why the call ends once moving is over; nil: it does not
}

// transferRequested: the peer wants its place to be taken by another, whom this
// side is to call into the same conference (H.450.2, transferred endpoint).
func (c *call) transferRequested(e h323.TransferRequested) {
	err := c.mayTransfer()
	var to destination
	if err == nil {
		to, err = c.transferTarget(e)
	}
	if err != nil {
		c.logger().Info("H.323 transfer refused", "error", err)
		c.line.AnswerTransfer(err)
		return
	}
	c.transfer.tried++
	switch {
	case to.replaces != nil:
		c.connectCalls(to.replaces)
	case to.conference != "":
		c.connectConference(to)
	case to.address != "":
		conf := c.conference.Settings().ID
		c.callForTransfer(to.address, func(ctx context.Context, _ int) error {
			_, err := c.server.bridge.Dial(ctx, to.address, conf)
			return err
		})
	default:
		to.target.Transfer = &h323.Transfer{Identity: e.Identity, From: c.peerNames()}
		conf := c.conference
		c.callForTransfer(fmt.Sprint(to.target.Text, to.target.Address), func(ctx context.Context, tried int) error {
			_, err := c.server.call(ctx, to.target, conf, tried)
			c.server.dialDone(err)
			return err
		})
	}
}

// mayTransfer is what is in the way of any transfer, or nil.
func (c *call) mayTransfer() error {
	switch t := &c.transfer; {
	case c.seat.Load() == nil, t.cancel != nil, t.moving:
		return h450.InvalidCallState
	case t.tried >= maxTransfers:
		return h450.RejectedByNetwork
	}
	return nil
}

// peerNames are the peer's own, as the signalling has them.
func (c *call) peerNames() []h225.AliasAddress {
	info := c.line.Info()
	if info.Incoming {
		return info.Invitation.Calling
	}
	return info.Invitation.Called
}

// callForTransfer has dial call who is to take the peer's place.
func (c *call) callForTransfer(to string, dial func(ctx context.Context, tried int) error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	c.transfer.cancel = cancel
	tried := c.transfer.tried
	c.logger().Info("H.323 transfer", "to", conference.WithoutPIN(to))
	c.server.work.Go(func() {
		defer cancel()
		err := dial(ctx, tried)
		c.post(func() { c.transferDone(err) })
	})
}

// connectCalls joins the conference of this call with that of a consultation call
// of the same peer, by moving who is in a call of two with it. Both calls of the
// peer end.
func (c *call) connectCalls(other *call) {
	here, there := c.seat.Load(), other.seat.Load()
	switch {
	case there == nil || here.Conference() == there.Conference():
		c.line.AnswerTransfer(h450.InvalidCallState)
	case here.Conference().IsPrivate():
		c.moveOthers(here, there.Conference(), other)
	case there.Conference().IsPrivate():
		c.moveOthers(there, here.Conference(), other)
	default: // two conferences are not made one at the word of one who is in both
		c.line.AnswerTransfer(h450.RejectedByNetwork)
	}
}

// connectConference moves who is in a call of two with the peer to a conference.
func (c *call) connectConference(to destination) {
	here := c.seat.Load()
	if !here.Conference().IsPrivate() {
		c.logger().Info("H.323 transfer refused", "error", "of one conference to another")
		c.line.AnswerTransfer(h450.RejectedByNetwork)
		return
	}
	conf, err := c.server.bridge.Open(to.conference)
	if err == nil && conf.NeedsPIN() {
		err = conf.CheckPIN(c.source.String(), to.pin)
	}
	if err == nil && conf == here.Conference() {
		err = h450.InvalidCallState
	}
	if err != nil {
		c.logger().Info("H.323 transfer refused", "to", to.conference, "error", err)
		c.line.AnswerTransfer(h450.RejectedByNetwork)
		return
	}
	c.moveOthers(here, conf, nil)
}

// moveOthers moves all but the one of a seat to another conference. replaced is a
// call that is over then, beside this one; nil: none.
func (c *call) moveOthers(seat *conference.Seat, to *conference.Conference, replaced *call) {
	c.transfer.moving = true
	c.logger().Info("H.323 transfer", "conference", to.Settings().ID)
	c.server.work.Go(func() {
		err := moveOthers(seat, to)
		if replaced != nil && err == nil {
			replaced.post(func() { replaced.line.Replaced() })
		}
		c.post(func() { c.transferDone(err) })
	})
}

func moveOthers(seat *conference.Seat, to *conference.Conference) error {
	from := seat.Conference()
	err := conference.ErrNotFound
	for _, m := range from.Roster().Members {
		if m.ID == seat.ID() {
			continue
		}
		if err = from.Move(m.ID, to); err != nil {
			return err
		}
	}
	return err
}

// transferDone: who was called has answered, or not.
func (c *call) transferDone(err error) {
	c.transfer.cancel, c.transfer.moving = nil, false
	if err != nil {
		c.logger().Info("H.323 transfer failed", "error", err)
		c.line.AnswerTransfer(h450.EstablishmentFailure)
	} else {
		c.line.AnswerTransfer(nil) // the end of this call follows
	}
	if cause := c.transfer.after; cause != nil {
		c.end(*cause, releaseOf(*cause))
	}
}

// peerChanged: the peer was transferred, or is a transferred call's other end.
func (c *call) peerChanged(e h323.PeerChanged) {
	switch n := e.Number; {
	case e.Info != "":
		c.peerName = e.Info
	case n != nil && len(n.DestinationAddress) > 0:
		c.peerName = ras.AliasText(n.DestinationAddress[0])
	default:
		return
	}
	c.updateInfo()
}

// endTransfer gives up the call being made, where this one was not ended by its
// peer: who hangs up on asking has asked all the same.
func (c *call) endTransfer(cause conference.Cause) {
	if c.transfer.cancel != nil && cause.Code != conference.CauseLeft {
		c.transfer.cancel()
	}
}
