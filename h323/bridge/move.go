package bridge

import (
	"parley/conference"
)

// Move implements conference.Movable.
func (c *call) Move(to *conference.Conference) error {
	moved := make(chan error, 1)
	if !c.post(func() { moved <- c.move(to) }) {
		return conference.ErrClosed
	}
	select {
	case err := <-moved:
		return err
	case <-c.ending:
	}
	select {
	case err := <-moved: // it was that which ended the call
		return err
	default:
		return conference.ErrClosed
	}
}

// move seats the call in another conference.
func (c *call) move(to *conference.Conference) error {
	seat := c.seat.Load()
	if seat == nil {
		return conference.ErrNotFound
	}
	next, err := seat.Move(to)
	if err != nil {
		return err
	}
	c.endTransfer(conference.Cause{Code: conference.CauseMoved})
	c.dropIdentity()
	if c.room != nil {
		c.room.leave(c)
		c.room = nil
	}
	c.conference = to
	receive, send := c.server.capabilities(to.Settings().ID)
	c.line.SetCapabilities(receive, send)
	c.slide.Store(0)
	c.live.Store(0)
	c.video.watched.Store(0)
	c.codec.ranked, c.codec.common = nil, nil
	c.sit(next)
	c.logger().Info("H.323 call moved", "from", seat.Conference().Settings().ID)
	return nil
}

var _ conference.Movable = (*call)(nil)
