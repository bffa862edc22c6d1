package bridge

import (
	"parley/conference"
	"parley/h323/media"
	"parley/qos/rtp/leg"
)

// A room system may show a second camera beside the first: a channel of the role
// live of H.239, for which no token is needed. In the conference it is one more
// source of the participant.

// applySecond makes the third leg what is open.
func (c *call) applySecond(p *pair) error {
	seat, now := c.seat.Load(), c.flowing(p)
	if id := c.live.Load(); now.receive == nil && id != 0 {
		c.live.Store(0)
		c.video.most[secondStream].Store(0)
		if seat != nil {
			seat.RemoveSource(conference.SourceID(id))
		}
	}
	if err := c.video.second.Apply(leg.VideoTerms{Terms: c.terms(p), See: now.receive != nil}); err != nil {
		return err
	}
	if now.receive == nil || seat == nil {
		return nil
	}
	return c.takeSecond(seat, p.receive)
}

// takeSecond lets the conference see the second camera.
func (c *call) takeSecond(seat *conference.Seat, ch *media.Channel) error {
	// Without the CNAME: who speaks is seen in the first.
	info := conference.SourceInfo{Name: secondName, VideoFormat: ch.Format}
	if id := c.live.Load(); id != 0 {
		seat.UpdateSource(conference.SourceID(id), info)
	} else {
		id, err := seat.AddSource(conference.SourceInfo{Name: secondName})
		if err != nil {
			return err
		}
		c.live.Store(uint32(id)) // known before it is asked for
		seat.UpdateSource(id, info)
	}
	c.video.second.Settle(ch.PayloadType)
	return nil
}

// secondName is what the roster calls it.
const secondName = "second camera"
