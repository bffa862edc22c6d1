package bridge

import (
	"parley/conference"
	"parley/h323"
	"parley/h323/media"
)

// held is who has the call on hold: the peer, or this side by the peer's order.
// An empty capability set, which is a pause too, closes the channels instead.
type held struct{ near, remote bool }

func (h held) any() bool { return h.near || h.remote }

// holdChanged makes the media what the peer's hold says: nothing either way, as
// where a SIP user agent holds. No music is played: a conference is going on.
func (c *call) holdChanged(e h323.HoldChanged) {
	before := c.held.any()
	if e.Remote {
		c.held.remote = e.Held
	} else {
		c.held.near = e.Held
	}
	now := c.held.any()
	if now == before {
		return
	}
	c.logger().Info("H.323 hold", "held", now)
	for _, p := range []*pair{&c.channels.audio, &c.channels.video, &c.channels.slides, &c.channels.second} {
		if ch := p.any(); ch != nil && !c.ended {
			c.applyChannels(ch)
		}
	}
	if seat := c.seat.Load(); seat != nil && !now {
		seat.RequestKeyframe(0)
		seat.RequestKeyframe(conference.PresentationStream)
	}
}

// any returns one of the open directions; nil: none is.
func (p *pair) any() *media.Channel {
	if p.receive != nil {
		return p.receive
	}
	return p.send
}

// flowing is what passes of a session now: nothing while the call is held.
func (c *call) flowing(p *pair) pair {
	if c.held.any() {
		return pair{}
	}
	return *p
}
