package bridge

import (
	"context"
	"errors"
	"sync"

	"parley/codecs"
	"parley/conference"
)

// room is a conference as its H.323 calls see it: who has which terminal number
// (H.243), who is seen, what is presented. One goroutine follows the roster for
// all of them.
type room struct {
	server     *Server
	conference *conference.Conference
	stop       context.CancelFunc

	mu      sync.Mutex
	calls   map[*call]struct{}
	roster  terminals
	present conference.SourceID // what is presented
	format  codecs.Format       // of it
	active  conference.ParticipantID
	former  conference.ParticipantID // who spoke before
	cameras cameras
	// pictured is whose a picture is, presentations left out; watched is which one
	// who takes one is sent.
	pictured map[conference.SourceID]conference.ParticipantID
	watched  map[conference.ParticipantID]conference.SourceID
	chair    *call // who has the chair; nil: nobody
}

// enterRoom takes a seated call into its conference's room, which is opened for
// the first.
func (s *Server) enterRoom(conf *conference.Conference, c *call) *room {
	s.mu.Lock()
	r := s.rooms[conf]
	first := r == nil
	if first {
		ctx, stop := context.WithCancel(context.Background())
		r = &room{
			server: s, conference: conf, stop: stop, calls: make(map[*call]struct{}), cameras: newCameras(),
			pictured: make(map[conference.SourceID]conference.ParticipantID),
			watched:  make(map[conference.ParticipantID]conference.SourceID),
		}
		s.rooms[conf] = r
		snapshot, watch := conf.Watch()
		r.reset(&snapshot)
		s.work.Go(func() { r.follow(ctx, watch) })
	}
	r.mu.Lock()
	r.calls[c] = struct{}{}
	r.mu.Unlock()
	s.mu.Unlock()
	r.greet(c)
	return r
}

// leave takes a call out; the last one closes the room.
func (r *room) leave(c *call) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.calls, c)
	if seat := c.seat.Load(); seat != nil {
		delete(r.watched, seat.ID())
	}
	if seat := c.seat.Load(); seat != nil && r.cameras.calls[seat.ID()] == c {
		delete(r.cameras.calls, seat.ID())
		r.cameras.Detach(string(seat.ID()))
		r.passLocked()
	}
	if r.chair == c {
		r.chair = nil
	}
	if len(r.calls) == 0 {
		r.stop()
		if r.server.rooms[r.conference] == r {
			delete(r.server.rooms, r.conference)
		}
	}
}

// follow runs until the room closes or the conference ends.
func (r *room) follow(ctx context.Context, watch *conference.Watch) {
	for {
		err := r.watch(ctx, watch)
		watch.Close()
		if !errors.Is(err, conference.ErrSlow) {
			return
		}
		var snapshot conference.Roster
		snapshot, watch = r.conference.Watch()
		r.reset(&snapshot)
	}
}

func (r *room) watch(ctx context.Context, watch *conference.Watch) error {
	for {
		e, err := watch.Next(ctx)
		if err != nil {
			return err
		}
		r.observe(&e)
	}
}

// reset takes a whole roster.
func (r *room) reset(s *conference.Roster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.roster.reset(s.Members)
	clear(r.pictured)
	for i := range s.Members {
		r.picturesLocked(&s.Members[i])
	}
	r.present, r.format = s.Presenting, codecs.Format{}
	for i := range s.Members {
		for _, src := range s.Members[i].Sources {
			if src.ID == s.Presenting {
				r.format = src.VideoFormat
			}
			if src.ID == s.ActiveSpeaker {
				r.active = s.Members[i].ID
			}
		}
	}
	r.presentLocked()
}

// observe takes one event and tells the calls what it means to them.
func (r *room) observe(e *conference.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e.Kind {
	case conference.EventJoined, conference.EventSourceAdded, conference.EventSourceUpdated, conference.EventSourceRemoved:
		r.picturesLocked(&e.Member)
		r.aimLocked()
	case conference.EventLeft:
		r.picturesLocked(&conference.Member{ID: e.Participant})
		r.aimLocked()
	}
	switch e.Kind {
	case conference.EventJoined:
		if n, ok := r.roster.add(&e.Member); ok {
			r.othersLocked(e.Participant, joined(n))
		}
	case conference.EventLeft:
		if n, ok := r.roster.remove(e.Participant); ok {
			r.othersLocked(e.Participant, left(n))
		}
	case conference.EventUpdated:
		r.roster.rename(&e.Member)
	case conference.EventActiveSpeaker:
		r.seenLocked(e.Participant)
	case conference.EventPresenting, conference.EventSourceUpdated:
		if e.Kind == conference.EventPresenting {
			r.present = e.Source
		}
		if e.Source != r.present {
			return
		}
		r.format = codecs.Format{}
		for _, s := range e.Member.Sources {
			if s.ID == r.present {
				r.format = s.VideoFormat
			}
		}
		r.presentLocked()
	}
}

// picturesLocked notes which pictures are a participant's.
func (r *room) picturesLocked(m *conference.Member) {
	for id, of := range r.pictured {
		if of == m.ID {
			delete(r.pictured, id)
		}
	}
	for i := range m.Sources {
		if s := &m.Sources[i]; s.HasVideo && !s.Presentation {
			r.pictured[s.ID] = m.ID
		}
	}
}

// presentLocked tells all calls what is presented.
func (r *room) presentLocked() {
	for c := range r.calls {
		c.showPresented(presented{r.present, r.format})
	}
}

// tellLocked has a call execute f in its goroutine.
func (r *room) tellLocked(c *call, f func(*call)) { c.post(func() { f(c) }) }

// othersLocked has all calls but who's execute f.
func (r *room) othersLocked(who conference.ParticipantID, f func(*call)) {
	for c := range r.calls {
		if seat := c.seat.Load(); seat == nil || seat.ID() != who {
			r.tellLocked(c, f)
		}
	}
}

// seenLocked: another participant's picture is shown to all others.
func (r *room) seenLocked(who conference.ParticipantID) {
	before := r.active
	if who != before {
		r.former = before
	}
	r.active = who
	r.aimLocked()
	n, numbered := r.roster.number(who)
	for c := range r.calls {
		seat := c.seat.Load()
		switch {
		case seat == nil:
		case seat.ID() == who:
			r.tellLocked(c, seen(true))
		case seat.ID() == before:
			r.tellLocked(c, seen(false))
		}
		if numbered && seat != nil && seat.ID() != who && r.watched[seat.ID()] == 0 { // else its picture tells
			r.tellLocked(c, seeing(n))
		}
	}
}

// greet tells a call that has just been seated where it is.
func (r *room) greet(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// Its own join may be on its way to follow: it is numbered now.
	if seat := c.seat.Load(); seat != nil {
		if n, ok := r.roster.enlist(seat.ID(), c.Info().Name); ok {
			r.tellLocked(c, assigned(n))
		}
	}
	c.showPresented(presented{r.present, r.format})
}
