package webrtc

import (
	"context"
	"errors"
	"slices"

	"parley/codecs"
	"parley/conference"
)

// replica is the roster as the events leave it.
type replica struct{ r conference.Roster }

func (p *replica) reset(r conference.Roster) { p.r = r }

func (p *replica) roster() conference.Roster { return p.r }

// apply reports false for an event that the replica already contains.
func (p *replica) apply(e conference.Event) bool {
	if e.Sequence <= p.r.Sequence {
		return false
	}
	p.r.Sequence = e.Sequence
	at := slices.IndexFunc(p.r.Members, func(m conference.Member) bool { return m.ID == e.Participant })
	switch e.Kind {
	case conference.EventActiveSpeaker:
		p.r.ActiveSpeaker = e.Source
	case conference.EventPresenting:
		p.r.Presenting = e.Source
	case conference.EventEnded:
	case conference.EventLeft:
		if at >= 0 {
			p.r.Members = slices.Delete(slices.Clone(p.r.Members), at, at+1)
		}
	default:
		switch {
		case e.Participant == "" || e.Member.ID == "":
		case at >= 0:
			p.r.Members = slices.Clone(p.r.Members)
			p.r.Members[at] = e.Member
		default:
			p.r.Members = append(slices.Clip(p.r.Members), e.Member)
		}
	}
	return true
}

// pictures are the sources that self can be shown, in the order of joining,
// and lacking those in codecs that it cannot take.
func (p *replica) pictures(self conference.ParticipantID, takes func(codecs.Format) bool) (out []picture, lacking []conference.SourceID) {
	for _, m := range p.r.Members {
		if m.ID == self {
			continue
		}
		for _, s := range m.Sources {
			switch {
			case !s.HasVideo:
			case !takes(s.VideoFormat):
				if len(lacking) < MaxStreams {
					lacking = append(lacking, s.ID)
				}
			case len(out) < MaxStreams:
				out = append(out, picture{s.ID, s.VideoFormat})
			}
		}
	}
	return out, lacking
}

// picture is a source that a browser is to be shown.
type picture struct {
	source conference.SourceID
	format codecs.Format
}

// watch passes the conference's events to the client until ctx ends.
func (c *client) watch(ctx context.Context, w *conference.Watch) {
	defer c.tracks.Done()
	for {
		err := c.follow(ctx, w)
		w.Close()
		if !errors.Is(err, conference.ErrSlow) {
			return
		}
		var roster conference.Roster
		roster, w = c.conf.Watch()
		if !c.do(func() { c.resync(roster) }) {
			w.Close()
			return
		}
	}
}

func (c *client) follow(ctx context.Context, w *conference.Watch) error {
	for {
		e, err := w.Next(ctx)
		if err != nil {
			return err
		}
		if !c.do(func() { c.observe(e) }) {
			return conference.ErrClosed
		}
	}
}

// resync starts over from a roster after events were lost.
func (c *client) resync(r conference.Roster) {
	c.roster.reset(r)
	c.send(rosterMessage{Type: "roster", Roster: viewRoster(r)})
	c.showPictures()
}

// observe takes one event.
func (c *client) observe(e conference.Event) {
	if !c.roster.apply(e) {
		return
	}
	c.send(eventMessage{Type: "event", Event: viewEvent(e)})
	switch e.Kind {
	case conference.EventJoined, conference.EventLeft, conference.EventSourceAdded,
		conference.EventSourceRemoved, conference.EventSourceUpdated:
		c.showPictures()
	}
}

// showPictures brings the streams to the page in line with the roster.
func (c *client) showPictures() {
	if c.peer == nil {
		return
	}
	pictures, lacking := c.roster.pictures(c.seat.ID(), c.takes)
	c.lack(lacking)
	c.peer.show(pictures)
}

// lack subscribes to pictures that the page cannot take. None of them is sent:
// it is how the conference knows, and tells, which codec is missing.
func (c *client) lack(sources []conference.SourceID) {
	before := c.lacking
	c.lacking = sources
	for _, id := range before {
		if !slices.Contains(sources, id) && !c.shows(id) {
			c.seat.Unsubscribe(id)
		}
	}
	for _, id := range sources {
		if !slices.Contains(before, id) {
			c.seat.Subscribe(id)
		}
	}
}

// shows reports whether the page has a slot that is subscribed to a source.
func (c *client) shows(id conference.SourceID) bool {
	return c.peer != nil && slices.ContainsFunc(c.peer.slots, func(s *slot) bool {
		return s.subscribed && s.picture.source == id
	})
}

// takes reports whether the page can be sent pictures of f.
func (c *client) takes(f codecs.Format) bool {
	return slices.ContainsFunc(c.info.Load().Formats, func(own codecs.Format) bool { return own.Takes(f) })
}
