package sipbridge

import (
	"parley/conference"
)

// Move implements conference.Movable. The session stays as it was agreed: codecs
// that the other conference does not allow go on until the next offer.
func (c *call) Move(to *conference.Conference) error {
	var err error
	if busy := c.do(func() {
		seat := c.seat.Load()
		if c.ended || seat == nil {
			err = conference.ErrNotFound
			return
		}
		var next *conference.Seat
		if next, err = seat.Move(to); err != nil {
			return
		}
		c.conference = to
		c.seat.Store(next)
		c.updateSource("")
		c.video.tellLimit()
		c.logger().Info("SIP call moved", "from", seat.Conference().Settings().ID)
	}); busy != nil {
		return busy
	}
	return err
}

var _ conference.Movable = (*call)(nil)
