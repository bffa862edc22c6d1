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

// pictures are the sources that self can be shown, in the order of joining.
func (p *replica) pictures(self conference.ParticipantID, takes func(codecs.Format) bool) []picture {
	var out []picture
	for _, m := range p.r.Members {
		if m.ID == self {
			continue
		}
		for _, s := range m.Sources {
			if s.HasVideo && takes(s.VideoFormat) && len(out) < MaxStreams {
				out = append(out, picture{s.ID, s.VideoFormat})
			}
		}
	}
	return out
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
	if c.peer != nil {
		c.peer.show(c.roster.pictures(c.seat.ID(), c.takes))
	}
}

// takes reports whether the page can be sent pictures of f.
func (c *client) takes(f codecs.Format) bool {
	return slices.ContainsFunc(c.info.Load().Formats, func(own codecs.Format) bool { return own.Takes(f) })
}
