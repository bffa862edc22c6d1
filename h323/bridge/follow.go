package bridge

import (
	"slices"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323/media"
)

// following is the codec of the pictures to a peer, in relation to those of the
// conference, which nothing transcodes. A channel has one codec; where that is not
// the one of who speaks, and the peer takes that as well, the channel is closed and
// opened in it (followAfter, followAgain). What the peer asked for by RequestMode,
// or refused, is respected.
type following struct {
	ranked  []codecs.Format    // of what the conference might show, the first before others
	common  []media.Capability // in which it can be sent; nil: not looked at yet
	wanted  codecs.Format      // that the channel is to be opened in; zero: it is right
	since   time.Time          // when that was so first
	changed time.Time          // when a channel was last opened for it
	chosen  bool               // the channel's codec was chosen here, not by the endpoint
	refused []codecs.Format    // by the peer
	mode    codecs.Format      // that the peer asked for; zero: none
}

// next returns the capability for which a channel that is open in a format is to be
// opened anew, and whether that is due.
func (f *following) next(now time.Time, open codecs.Format) (media.Capability, bool) {
	first, ok := media.Capability{}, false
	seen := slices.ContainsFunc(f.ranked, open.Takes)
	for _, r := range f.ranked {
		if open.Takes(r) {
			break
		}
		i := slices.IndexFunc(f.common, func(c media.Capability) bool {
			return c.Format.Takes(r) && !slices.Contains(f.refused, c.Format)
		})
		if i >= 0 {
			first, ok = f.common[i], true
			break
		}
	}
	if !ok || !f.mode.IsZero() {
		f.wanted = codecs.Format{}
		return first, false
	}
	if f.wanted != first.Format {
		f.wanted, f.since = first.Format, now
	}
	hold := followAfter
	if !seen {
		hold = followSoon
	}
	return first, now.Sub(f.since) >= hold && (f.changed.IsZero() || now.Sub(f.changed) >= followAgain)
}

// Follow implements conference.FollowingPort.
func (v *videoPort) Follow(formats []codecs.Format) {
	if v.ranked.Swap(&formats) == nil {
		v.call.post(func() { v.call.codec.ranked = *v.ranked.Swap(nil) })
	}
}

// followOn opens the channel to the peer anew where that is due.
func (c *call) followOn(now time.Time) {
	ch, f := c.channels.video.send, &c.codec
	if ch == nil || c.held.any() || len(f.ranked) == 0 || ch.Format.Takes(f.ranked[0]) {
		f.wanted = codecs.Format{}
		return
	}
	if f.common == nil {
		f.common = c.videoCapabilities()
	}
	cp, due := f.next(now, ch.Format)
	if !due {
		return
	}
	c.logger().Debug("H.323 pictures in another codec", "from", ch.Format.Name, "to", cp.Format.Name)
	f.chosen, f.changed, f.wanted = true, now, codecs.Format{}
	c.line.OpenChannel(media.KindVideo, media.RoleMain, cp)
}

// videoCapabilities are those in which the main picture can be sent.
func (c *call) videoCapabilities() []media.Capability {
	if c.remote == nil || c.conference == nil {
		return nil
	}
	_, send := c.server.capabilities(c.conference.Settings().ID)
	return media.Common(send, c.remote, media.KindVideo, media.RoleMain)
}

// codecRefused: the peer would not take the main picture in a codec that was
// chosen here. It gets the best that is common again.
func (c *call) codecRefused(f codecs.Format) {
	if !c.codec.chosen {
		return
	}
	c.codec.chosen = false
	c.codec.refused = append(c.codec.refused, f)
	c.line.OpenChannel(media.KindVideo, media.RoleMain, media.Capability{})
}

// unfollow begins anew: the peer has told its capabilities.
func (c *call) unfollow() {
	f := &c.codec
	f.refused, f.common, f.mode = nil, nil, codecs.Format{}
	if ch := c.channels.video.send; !f.chosen || ch == nil || c.remote.Empty() {
		return
	} else if slices.ContainsFunc(c.videoCapabilities(), func(cp media.Capability) bool { return cp.Format.Is(ch.Format.Name) }) {
		return
	}
	f.chosen = false
	c.line.OpenChannel(media.KindVideo, media.RoleMain, media.Capability{})
}

// modeChanged: the peer asked for a codec, and gets it whoever speaks.
func (c *call) modeChanged(modes []media.Capability) {
	for _, m := range modes {
		if m.Kind == media.KindVideo && m.Role == media.RoleMain {
			c.codec.mode, c.codec.chosen = m.Format, false
		}
	}
}

var _ conference.FollowingPort = (*videoPort)(nil)
