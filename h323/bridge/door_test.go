package bridge

import (
	"errors"
	"testing"

	"parley/conference"
	"parley/h323"
	"parley/h323/media"
	"parley/h323/q931"
	"parley/h323/ras"
)

// Who calls what is not there, or full hears the
// protocol's cause and leaves nothing behind.
func TestRefused(t *testing.T) {
	here := newSite(t, Config{Name: "here"}, conference.Settings{ID: "a"})
	there := newSite(t, Config{Name: "there"}, conference.Settings{ID: "small", MaxParticipants: 1})
	sit(t, there.room("small"), &party{})
	for _, tt := range []struct {
		name  string
		cause q931.CauseValue
	}{
		{"nowhere", q931.SubscriberAbsent},
		{"4712", q931.UnallocatedNumber},
		{"small", q931.UserBusy},
	} {
		_, err := here.Dial(t.Context(), "h323:"+tt.name+"@"+there.Addresses()[0].String(), "a")
		var refused *CallError
		if !errors.As(err, &refused) || refused.Cause != tt.cause {
			t.Errorf("%s: %v, want cause %d", tt.name, err, tt.cause)
		}
	}
	if n := len(here.room("a").Roster().Members); n != 0 {
		t.Errorf("%d seated by calls that failed", n)
	}
	if st := there.Stats(); st.Refused != 3 {
		t.Errorf("%d refused", st.Refused)
	}
}

// caller is a terminal without a conference: an Owner that presses keys.
type caller struct {
	connected, opened chan struct{}
	released          chan h323.Released
}

func (c *caller) Local(*h323.Call, *media.Channel) (media.Addresses, error) {
	return media.Addresses{}, errNoPlace // deaf and mute, but for its keys
}

func (c *caller) Event(_ *h323.Call, e h323.Event) {
	switch e := e.(type) {
	case h323.Connected:
		close(c.connected)
	case h323.Capabilities:
		select {
		case <-c.opened:
		default:
			close(c.opened)
		}
	case h323.Released:
		c.released <- e
	}
}

// dial calls s from an endpoint of its own.
func (s *site) dial(name string, modes ...h323.Modes) (*h323.Call, *caller) {
	s.t.Helper()
	e, err := h323.New(h323.Config{Name: "terminal"})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := e.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := e.Close(s.t.Context()); err != nil && s.t.Context().Err() == nil {
			s.t.Error(err)
		}
	})
	c := &caller{connected: make(chan struct{}), opened: make(chan struct{}), released: make(chan h323.Released, 1)}
	target := h323.Target{Address: s.Addresses()[0]}
	if name != "" {
		target.Aliases = append(target.Aliases, ras.AliasOf(name))
	}
	receive, send := s.capabilities("")
	target.Receive, target.Send = receive, send
	if len(modes) > 0 {
		target.Modes = &modes[0]
	}
	call, err := e.Dial(s.t.Context(), target, c)
	if err != nil {
		s.t.Fatal(err)
	}
	return call, c
}

// A caller without a conference is asked for its number, and for the PIN; keys
// come as user input.
func TestPrompt(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "vault", Numbers: []string{"77"}, PIN: "4711"})
	call, c := s.dial("")
	<-c.connected
	<-c.opened
	if n := len(s.room("vault").Roster().Members); n != 0 {
		t.Errorf("%d seated before the PIN", n)
	}
	for _, key := range []string{"5", "#", "7", "7", "#", "4", "7", "1", "1"} { // the first one is nobody's
		call.SendUserInput(key, 0)
	}
	await(t, s.room("vault"), "the caller", func(r *conference.Roster) bool { return len(r.Members) == 1 })
	call.Release(nil)
	await(t, s.room("vault"), "nobody", func(r *conference.Roster) bool { return len(r.Members) == 0 })
	if n := s.Stats().Lobby; n != 0 {
		t.Errorf("%d still asked", n)
	}
}

// A PIN may come with the name: a right one opens, a wrong one is refused.
func TestPINInName(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "vault", PIN: "4711"})
	_, c := s.dial("vault;pin=4712")
	if e := <-c.released; e.Refusal == nil || e.Refusal.Cause != q931.CallRejected {
		t.Errorf("wrong: %+v", e)
	}
	_, c = s.dial("vault;pin=4711")
	<-c.connected
	await(t, s.room("vault"), "the caller", func(r *conference.Roster) bool { return len(r.Members) == 1 })
}

// Too many wrong PINs end the call.
func TestWrongPINs(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "vault", PIN: "4711"})
	call, c := s.dial("vault")
	<-c.connected
	<-c.opened
	for range 3 {
		for _, key := range []string{"0", "0", "0", "0"} {
			call.SendUserInput(key, 0)
		}
	}
	if e := <-c.released; e.Local || e.Refusal == nil || e.Refusal.Cause != q931.CallRejected {
		t.Errorf("%+v", e)
	}
}

// Digits that come one by one are a number once they are one, and refused as
// soon as they cannot become one.
func TestOverlap(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "room", Numbers: []string{"123"}})
	_, c := s.dial("123", h323.Modes{Overlap: true})
	<-c.connected
	await(t, s.room("room"), "the caller", func(r *conference.Roster) bool { return len(r.Members) == 1 })
	_, c = s.dial("145", h323.Modes{Overlap: true})
	if e := <-c.released; e.Refusal == nil || e.Refusal.Cause != q931.UnallocatedNumber {
		t.Errorf("%+v", e)
	}
}
