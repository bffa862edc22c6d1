package conference_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"parley/conference"
)

// Slides take the place of who speaks for who takes one stream, and come beside
// it for who takes two; when they end, all is as before.
func TestPresentation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		phone, room := newViewer("phone", vp8), newViewer("room system", vp8)
		room.info.Presentation = room.info.Formats
		sit(t, c, phone)
		sit(t, c, room)
		alice := newViewer("alice", vp8)
		s := sit(t, c, alice)
		s.UpdateSource(s.Source(), conference.SourceInfo{VideoFormat: vp8})
		face := &camera{seat: s, id: s.Source()}
		id, err := s.AddSource(conference.SourceInfo{Name: "screen", VideoFormat: vp8, Presentation: true})
		if err != nil {
			t.Fatal(err)
		}
		slides := &camera{seat: s, id: id}
		shoot := func() {
			for range 5 {
				face.shoot()
				slides.shoot()
				advance(100 * time.Millisecond)
			}
		}
		show := func() {
			shoot() // until the next key frame the picture before is shown
			phone.screen.take()
			room.screen.take()
			shoot()
		}
		if got := c.Roster(); got.Presenting != id || !got.Members[2].Sources[1].Presentation {
			t.Errorf("roster: presenting %d, want %d", got.Presenting, id)
		}
		show()
		if got := phone.screen.take(); len(got) != 1 || !got[id] {
			t.Errorf("phone sees %v, not the slides alone", got)
		}
		room.screen.mu.Lock()
		for _, p := range room.screen.seen {
			if want := map[conference.SourceID]conference.SourceID{face.id: 0, id: conference.PresentationStream}[p.Source]; p.Stream != want {
				t.Errorf("source %d in stream %d", p.Source, p.Stream)
			}
		}
		room.screen.mu.Unlock()
		if got := room.screen.take(); len(got) != 2 {
			t.Errorf("room system sees %v, not face and slides", got)
		}
		s.RemoveSource(id)
		show()
		for _, v := range []*viewer{phone, room} {
			if got := v.screen.take(); len(got) != 1 || !got[face.id] {
				t.Errorf("%s sees %v after the slides", v.info.Name, got)
			}
		}
		if got := c.Roster().Presenting; got != 0 {
			t.Errorf("still presenting %d", got)
		}
	})
}

// The last presentation that began is shown; an event tells which, after the
// one that tells of its source.
func TestPresenting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		s := sit(t, c, newViewer("alice", vp8))
		_, watch := c.Watch()
		defer watch.Close()
		slides := conference.SourceInfo{VideoFormat: vp8, Presentation: true}
		first, err := s.AddSource(conference.SourceInfo{Presentation: true}) // without pictures yet
		if err != nil {
			t.Fatal(err)
		}
		s.UpdateSource(first, slides)
		second, err := s.AddSource(slides)
		if err != nil {
			t.Fatal(err)
		}
		s.RemoveSource(second)
		s.Leave(conference.Cause{Code: conference.CauseLeft})
		type step struct {
			kind   conference.EventKind
			source conference.SourceID
		}
		for _, want := range []step{
			{conference.EventSourceAdded, first},
			{conference.EventSourceUpdated, first}, {conference.EventPresenting, first},
			{conference.EventSourceAdded, second}, {conference.EventPresenting, second},
			{conference.EventSourceRemoved, second}, {conference.EventPresenting, first},
			{conference.EventLeft, 0}, {conference.EventPresenting, 0},
		} {
			e, err := watch.Next(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if e.Kind != want.kind || (e.Kind == conference.EventPresenting && e.Source != want.source) {
				t.Errorf("event %s of %d, want %v", e.Kind, e.Source, want)
			}
		}
	})
}
