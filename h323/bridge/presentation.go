package bridge

import (
	"slices"

	"parley/codecs"
	"parley/conference"
	"parley/h323"
	"parley/h323/media"
	"parley/qos/rtp/leg"
)

// presentation is where a call stands with H.239. What the peer presents is a
// further source of its seat; what the conference presents goes to the peer in
// a second channel, for which the token is needed.
type presentation struct {
	source conference.SourceID // what the conference presents; 0: nothing, or the peer's own
	format codecs.Format       // of it
	holder h323.PresentationHolder
	asked  bool // for the token
	opened bool // a channel was asked for
	// refused is set when the peer would not take a channel: it sees
	// presentations in the main one from then on.
	refused bool
}

// secondFormats are those in which the peer takes a presentation beside the
// main picture; nil: it does not.
func (c *call) secondFormats() []codecs.Format {
	if c.held.any() {
		return nil
	}
	if ch := c.channels.slides.send; ch != nil {
		return []codecs.Format{ch.Format}
	}
	if c.remote == nil || !c.remote.H239 || c.talk.refused {
		return nil
	}
	var out []codecs.Format
	for _, cp := range c.slideCapabilities() {
		out = append(out, cp.Format)
	}
	return out
}

// slideCapabilities are those in which a presentation can be sent.
func (c *call) slideCapabilities() []media.Capability {
	if c.remote == nil || c.conference == nil {
		return nil
	}
	_, send := c.server.capabilities(c.conference.Settings().ID)
	return media.Common(send, c.remote, media.KindVideo, media.RolePresentation)
}

// presented is what a conference presents: the source, 0 for none, and its format.
type presented struct {
	source conference.SourceID
	format codecs.Format
}

// showPresented has the call take what its room presents. Of several that wait only
// the last counts: who begins and ends over and over fills nobody's queue.
func (c *call) showPresented(p presented) {
	if c.shown.Swap(&p) == nil {
		c.post(func() {
			p := c.shown.Swap(nil)
			c.presents(p.source, p.format)
		})
	}
}

// presents takes what the conference presents; 0: nothing.
func (c *call) presents(source conference.SourceID, format codecs.Format) {
	if uint32(source) == c.slide.Load() {
		source = 0 // the peer's own
	}
	c.talk.source, c.talk.format = source, format
	c.present()
}

// present brings token and channel in line with what there is to be shown.
func (c *call) present() {
	t := &c.talk
	if t.source == 0 || t.refused || c.remote == nil || !c.remote.H239 || c.remote.Empty() {
		c.stopPresenting()
		return
	}
	switch {
	case t.holder == h323.PresentationHere:
		c.openSlides()
	case !t.asked:
		t.asked = true
		c.line.RequestPresentation()
	}
}

// stopPresenting closes our channel and gives the token back.
func (c *call) stopPresenting() {
	t := &c.talk
	if ch := c.channels.slides.send; ch != nil && t.opened {
		c.line.CloseChannel(media.Send, ch.Number)
	}
	t.opened = false
	if t.asked || t.holder == h323.PresentationHere {
		t.asked = false
		c.line.ReleasePresentation()
	}
}

// openSlides opens a channel in a codec in which the presentation comes, since
// nothing transcodes it.
func (c *call) openSlides() {
	t := &c.talk
	common := c.slideCapabilities()
	i := slices.IndexFunc(common, func(cp media.Capability) bool { return cp.Format.Takes(t.format) })
	if i < 0 {
		return // the roster names the codec that is missing
	}
	if ch := c.channels.slides.send; ch != nil {
		if ch.Format.Takes(t.format) {
			return
		}
		c.line.CloseChannel(media.Send, ch.Number)
		t.opened = false
	}
	if !t.opened {
		t.opened = true
		c.line.OpenChannel(media.KindVideo, media.RolePresentation, common[i])
	}
}

// tokenMoved: the token of H.239 went to somebody.
func (c *call) tokenMoved(holder h323.PresentationHolder) {
	t := &c.talk
	had := t.holder
	t.holder = holder
	switch holder {
	case h323.PresentationHere:
		c.present()
	case h323.PresentationPeer:
		t.asked = false
		if ch := c.channels.slides.send; ch != nil {
			c.line.CloseChannel(media.Send, ch.Number)
		}
		t.opened = false
	case h323.PresentationNobody:
		wasAsked := t.asked
		t.asked = false
		if had == h323.PresentationPeer {
			c.present() // what the conference presented before is due again
		} else if wasAsked {
			// The peer would not give it. It sees the presentation in the main
			// channel.
			t.refused = true
			c.updateInfo()
		}
	}
}

// channelRefused: the peer would not take a channel of ours.
func (c *call) channelRefused(ch *media.Channel) {
	c.logger().Info("H.323 channel refused by the peer", "channel", ch.String())
	if ch.Kind == media.KindVideo && ch.Role == media.RolePresentation {
		c.talk.refused, c.talk.opened = true, false
		c.stopPresenting()
		c.updateInfo()
	}
	if ch.Kind == media.KindVideo && ch.Role == media.RoleMain {
		c.codecRefused(ch.Format)
	}
}

// applySlides makes the second leg what is open, and the peer's presentation a
// source.
func (c *call) applySlides(p *pair) error {
	seat, now := c.seat.Load(), c.flowing(p)
	if id := c.slide.Load(); now.receive == nil && id != 0 {
		c.slide.Store(0)
		c.video.most[1].Store(0) // the next one is another source
		if seat != nil {
			seat.RemoveSource(conference.SourceID(id))
		}
	}
	t := leg.VideoTerms{Terms: c.terms(p), See: now.receive != nil}
	if ch := now.send; ch != nil {
		t.Send = []codecs.Mapping{{PayloadType: ch.PayloadType, Format: ch.Format}}
	}
	c.bound(1)
	err := c.video.slides.Apply(t)
	c.video.terms.Add(1)
	if err != nil {
		return err
	}
	if now.receive == nil || seat == nil {
		return nil
	}
	return c.takeSlides(seat, p.receive)
}

// takeSlides lets the conference see what the peer presents.
func (c *call) takeSlides(seat *conference.Seat, ch *media.Channel) error {
	info := conference.SourceInfo{Name: slidesName, CNAME: c.cname, VideoFormat: ch.Format, Presentation: true}
	if id := c.slide.Load(); id != 0 {
		seat.UpdateSource(conference.SourceID(id), info)
	} else {
		id, err := seat.AddSource(conference.SourceInfo{Name: slidesName, Presentation: true})
		if err != nil {
			return err
		}
		c.slide.Store(uint32(id)) // known before it is presented
		seat.UpdateSource(id, info)
	}
	c.server.counters.presentations.Add(1)
	c.video.slides.Settle(ch.PayloadType)
	return nil
}

// slidesName is what the roster calls the peer's second picture.
const slidesName = "presentation"
