package conference_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/codecs"
	"parley/conference"
)

// caller is a Participant whose every method calls its Seat.
type caller struct {
	*party
	mu   sync.Mutex
	seat *conference.Seat
}

func (c *caller) Audio() conference.AudioPort { return c }

func (c *caller) call() {
	c.mu.Lock()
	s := c.seat
	c.mu.Unlock()
	if s == nil {
		return
	}
	s.SetMuted(true)
	s.Conference().Roster()
	s.Leave(conference.Cause{Code: conference.CauseTimeout})
}

func (c *caller) ReadFrame(*codecs.Frame) bool { c.call(); return false }
func (c *caller) WriteFrame(*codecs.Frame)     { c.call() }
func (c *caller) Quality() conference.Quality  { c.call(); return conference.Quality{Packets: 1} }

func (c *caller) Disconnect(conference.Cause) { c.call() }

func TestParticipantMayCallItsSeat(t *testing.T) {
	for name, provoke := range map[string]func(*conference.Conference, *conference.Seat){
		"tick":    func(*conference.Conference, *conference.Seat) { advance(second) },
		"quality": func(c *conference.Conference, _ *conference.Seat) { c.Quality() },
		"kick": func(c *conference.Conference, s *conference.Seat) {
			_ = c.Kick(s.ID(), conference.Cause{Code: conference.CauseKicked})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBridge(t, conference.BridgeConfig{OnDemand: true})
				defer closeBridge(t, b)
				c := open(t, b, "room")
				p := &caller{party: newParty("caller")}
				s, err := c.Join(p)
				if err != nil {
					t.Fatal(err)
				}
				p.mu.Lock()
				p.seat = s
				p.mu.Unlock()
				provoke(c, s)
				if n := len(c.Roster().Members); n != 0 {
					t.Errorf("%d members, want that it left", n)
				}
			})
		})
	}
}

// Whatever happens at once, the stream of events leads from the roster with
// which it began to the one with which it ends.
func TestEventsAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{Conferences: []conference.Settings{{ID: "room"}}})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		roster, w := c.Watch()
		defer w.Close()
		var busy sync.WaitGroup
		for i := range 20 {
			busy.Go(func() {
				p := newParty(fmt.Sprint(i))
				s := join(t, c, p)
				p.port.speak(400 + float64(i))
				advance(time.Duration(i) * 50 * time.Millisecond)
				s.SetMuted(i%2 == 0)
				if i%3 == 0 {
					s.Leave(conference.Cause{Code: conference.CauseLeft})
				}
			})
		}
		busy.Wait()
		end := c.Roster()
		here := make(map[conference.ParticipantID]conference.Member)
		for seq := roster.Sequence; seq < end.Sequence; {
			e := next(t, w)
			if seq++; e.Sequence != seq {
				t.Fatalf("event %d follows %d", e.Sequence, seq-1)
			}
			switch {
			case e.Kind == conference.EventLeft:
				delete(here, e.Participant)
			case e.Participant != "":
				here[e.Participant] = e.Member
			}
		}
		if len(here) != 13 || len(end.Members) != 13 {
			t.Errorf("%d by events, %d in the roster, want 13", len(here), len(end.Members))
		}
		for _, m := range end.Members {
			if got := here[m.ID]; got.Name != m.Name || got.Muted != m.Muted || got.Sources[0].Speaking != m.Sources[0].Speaking {
				t.Errorf("by events %+v, in the roster %+v", got, m)
			}
		}
	})
}

func TestOnDemandIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		for i := range conference.MaxOnDemand {
			open(t, b, fmt.Sprint(i))
		}
		if _, err := b.Open("more"); !errors.Is(err, conference.ErrFull) {
			t.Errorf("one more: %v", err)
		}
		open(t, b, "0")
		advance(conference.OnDemandLinger + second)
		open(t, b, "more")
	})
}

func TestNewBridgeNamesAllThatCannotBe(t *testing.T) {
	_, err := conference.NewBridge(conference.BridgeConfig{Codecs: nil, Conferences: []conference.Settings{
		{ID: "a b"}, {ID: "x", PIN: "12a4"}, {ID: "x"}, {ID: "y", MaxParticipants: -1},
	}})
	if err == nil {
		t.Fatal("took them all")
	}
	for _, want := range []string{"no codecs", `"a b"`, `"x": the PIN`, `"x": declared twice`, `"y": max participants`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in: %v", want, err)
		}
	}
}
