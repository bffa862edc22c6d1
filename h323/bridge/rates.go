package bridge

import (
	"parley/conference"
	"parley/h323"
	"parley/h323/media"
)

// This file is how much is sent. A peer's limit (of its channel, its orders, its
// gatekeeper) goes to the conference, which asks the sources that feed the peer
// for less; what comes above it all the same is withheld by a gate. The other way
// round, the peer is asked for less where others of the conference take no more.

// limit is what may be sent, as a gate takes it: what the channel takes, and the
// peer ordered.
func (p *pair) limit() int {
	channel := 0
	if p.send != nil {
		channel = p.send.MaxBitRate
	}
	switch {
	case p.ordered == nil || *p.ordered < 0: // noRestriction
		return channel
	case *p.ordered == 0:
		return stopped
	case channel == 0:
		return *p.ordered
	}
	return min(*p.ordered, channel)
}

// The streams of pictures of a call, by the roles of their channels. The last one
// is the peer's alone.
const (
	mainStream = iota
	slidesStream
	secondStream
)

// pictures is the session of a stream.
func (c *call) pictures(stream int) *pair {
	return [...]*pair{&c.channels.video, &c.channels.slides, &c.channels.second}[stream]
}

// bound holds a stream to what may be sent in it now.
func (c *call) bound(stream int) {
	limit := c.pictures(stream).limit()
	if c.share > 0 && (limit == 0 || c.share < limit) {
		limit = c.share
	}
	c.video.gate.SetLimit(stream, limit)
	if seat := c.seat.Load(); seat != nil {
		// Who wants nothing needs no smaller pictures.
		seat.LimitRate([2]conference.SourceID{0, conference.PresentationStream}[stream], max(limit, 0))
	}
}

// flowControlled takes an order of the peer to send less. Number 0 is for all
// channels together, of which pictures are what can be spared.
func (c *call) flowControlled(e h323.FlowControlled) {
	order := func(stream int) {
		c.pictures(stream).ordered = &e.BitRate
		c.bound(stream)
	}
	switch {
	case e.Channel.Number == 0:
		order(0)
		if e.BitRate <= 0 { // a rate is for all together, nothing or anything for each
			order(1)
		}
	case e.Channel.Kind == media.KindVideo && e.Channel.Role == media.RoleMain:
		order(0)
	case e.Channel.Kind == media.KindVideo && e.Channel.Role == media.RolePresentation:
		order(1)
	}
}

// bandwidthGranted holds the call to what its gatekeeper lets it have: sound first,
// and what is left in equal parts for pictures, both ways.
func (c *call) bandwidthGranted(e h323.BandwidthGranted) {
	before := c.share
	c.share = 0
	if e.Used > e.BitRate {
		c.share = c.part(e.BitRate)
		c.logger().Info("H.323 bandwidth", "used", e.Used, "granted", e.BitRate, "pictures", c.share)
	}
	if c.share == before {
		return
	}
	c.bound(mainStream)
	c.bound(slidesStream)
	for i := range c.video.most {
		if ch := c.pictures(i).receive; ch != nil {
			c.holdBack(ch)
		}
	}
}

// part is what each channel of pictures may take of a call's bandwidth.
func (c *call) part(bitRate int) int {
	pictures := 0
	for i := range c.video.most {
		for _, ch := range []*media.Channel{c.pictures(i).send, c.pictures(i).receive} {
			if ch != nil {
				pictures++
			}
		}
	}
	for _, ch := range []*media.Channel{c.channels.audio.send, c.channels.audio.receive} {
		switch {
		case ch == nil:
		case ch.MaxBitRate > 0:
			bitRate -= ch.MaxBitRate
		default:
			bitRate -= 64_000 // G.711 and G.722
		}
	}
	return max(bitRate/max(pictures, 1), 1)
}

// LimitRate implements conference.RatePort: H.245's flowControlCommand, which
// every terminal obeys (H.323 clause 6.2.11.2).
func (v *videoPort) LimitRate(source conference.SourceID, bitRate int) {
	i := v.sourceStream(source)
	v.most[i].Store(int64(bitRate))
	c := v.call
	if v.holding[i].Swap(true) {
		return
	}
	c.post(func() {
		v.holding[i].Store(false)
		if ch := c.pictures(i).receive; ch != nil {
			c.holdBack(ch)
		}
	})
}

// sourceStream is the stream by which a source of the peer's comes, as units.
func (v *videoPort) sourceStream(source conference.SourceID) int {
	switch uint32(source) {
	case 0:
	case v.call.slide.Load():
		return slidesStream
	case v.call.live.Load():
		return secondStream
	}
	return mainStream
}

// holdBack asks the peer for no more in its channel than the conference wants. A
// channel that was opened for less needs no order.
func (c *call) holdBack(ch *media.Channel) {
	if ch.Kind != media.KindVideo {
		return
	}
	rate := int(c.video.most[receivedStream(ch)].Load())
	if c.share > 0 && (rate == 0 || c.share < rate) {
		rate = c.share
	}
	if rate == 0 || ch.MaxBitRate > 0 && rate >= ch.MaxBitRate {
		rate = -1
	}
	c.line.LimitRate(ch.Number, rate)
}

// receivedStream is that of a channel of pictures.
func receivedStream(ch *media.Channel) int {
	switch ch.Role {
	case media.RolePresentation:
		return slidesStream
	case media.RoleLive:
		return secondStream
	}
	return mainStream
}

var _ conference.RatePort = (*videoPort)(nil)
