package multicast

import (
	"context"
	"errors"
	"time"

	"parley/conference"
)

// pictures follows the conference's pictures for a group: a group of many
// streams subscribes to each, and all are renewed by a key frame every so
// often, since a player that joins the group cannot ask for one.
type pictures struct {
	leg   *videoLeg
	seat  *conference.Seat
	conf  *conference.Conference
	many  bool
	every time.Duration
	// shown is what each Participant shows; true when it can be asked for a
	// key frame.
	shown map[conference.ParticipantID]map[conference.SourceID]bool
}

// follow runs until ctx or the conference ends.
func (v *videoLeg) follow(ctx context.Context, conf *conference.Conference, every time.Duration) {
	if every <= 0 {
		every = DefaultKeyframeInterval
	}
	f := &pictures{
		leg: v, seat: v.group.seat.Load(), conf: conf, many: v.group.info.ManyStreams, every: every,
		shown: make(map[conference.ParticipantID]map[conference.SourceID]bool),
	}
	for {
		roster, watch := conf.Watch()
		f.reset(roster)
		err := f.watch(ctx, watch)
		watch.Close()
		if !errors.Is(err, conference.ErrSlow) {
			return
		}
	}
}

// watch takes in events until there are no more.
func (f *pictures) watch(ctx context.Context, watch *conference.Watch) error {
	due := time.Now().Add(f.every)
	for {
		until, cancel := context.WithDeadline(ctx, due)
		event, err := watch.Next(until)
		cancel()
		switch {
		case err == nil:
			f.take(event)
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return err
		}
		if now := time.Now(); !now.Before(due) {
			f.measure()
			f.renew()
			due = now.Add(f.every)
		}
	}
}

// reset takes a whole roster.
func (f *pictures) reset(r conference.Roster) {
	here := make(map[conference.ParticipantID]bool)
	for _, m := range r.Members {
		here[m.ID] = true
		f.update(m, true)
	}
	for id := range f.shown {
		if !here[id] {
			f.update(conference.Member{ID: id}, false)
		}
	}
}

func (f *pictures) take(e conference.Event) {
	switch e.Kind {
	case conference.EventJoined, conference.EventSourceAdded, conference.EventSourceRemoved, conference.EventSourceUpdated:
		f.update(e.Member, true)
	case conference.EventLeft:
		f.update(e.Member, false)
	}
}

// update makes the subscriptions to a Participant equal to what it shows.
func (f *pictures) update(m conference.Member, here bool) {
	if m.ID == f.seat.ID() {
		return
	}
	had, now := f.shown[m.ID], make(map[conference.SourceID]bool)
	for _, s := range m.Sources {
		if here && s.HasVideo {
			// Members of a group cannot be asked; what the core has kept of
			// them need not be repeated to those who already see them.
			now[s.ID] = m.Wire != conference.WireMulticast
		}
	}
	for id := range now {
		if _, known := had[id]; !known && f.many {
			f.leg.subscribe(id, true)
			f.seat.Subscribe(id)
		}
	}
	for id := range had {
		if _, still := now[id]; !still && f.many {
			f.leg.subscribe(id, false)
			f.seat.Unsubscribe(id)
			f.leg.endStream(id)
		}
	}
	if len(now) == 0 {
		delete(f.shown, m.ID)
		return
	}
	f.shown[m.ID] = now
}

// renew has key frames made of what can be asked for.
func (f *pictures) renew() {
	if f.leg.standby.Load() {
		return
	}
	single := conference.SourceID(f.leg.showing.Load())
	for _, sources := range f.shown {
		for id, asked := range sources {
			switch {
			case !asked:
			case f.many:
				f.seat.RequestKeyframe(id)
			case id == single:
				f.seat.RequestKeyframe(0)
			}
		}
	}
}
