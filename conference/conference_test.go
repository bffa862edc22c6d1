package conference_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"parley/conference"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Each hears all others and never themself.
func TestEachHearsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		hz := map[string]float64{"a": 440, "b": 660, "c": 880}
		parties := make(map[string]*party)
		for name, f := range hz {
			p := newParty(name)
			p.port.speak(f)
			parties[name] = p
			join(t, c, p)
		}
		advance(second)
		for _, p := range parties {
			p.port.take()
		}
		advance(second)
		for name, p := range parties {
			pcm := p.port.take()
			if len(pcm) < 47000 || len(pcm) > 49000 {
				t.Errorf("%s heard %d samples in a second", name, len(pcm))
			}
			own := tone(pcm, hz[name])
			for other, f := range hz {
				if other == name {
					continue
				}
				if a := tone(pcm, f); a < 3000 || own > a/100 {
					t.Errorf("%s hears %s at %.0f and itself at %.1f", name, other, a, own)
				}
			}
		}
	})
}

func TestEmptyConferenceDoesNotTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{Conferences: []conference.Settings{{ID: "room"}}})
		defer closeBridge(t, b)
		advance(second)
		if n := b.Stats().Ticks; n != 0 {
			t.Fatalf("%d ticks with nobody there", n)
		}
		s := join(t, open(t, b, "room"), newParty("a"))
		advance(second)
		n := b.Stats().Ticks
		if n < 49 || n > 51 {
			t.Errorf("%d ticks in a second, want 50", n)
		}
		s.Leave(conference.Cause{Code: conference.CauseLeft})
		advance(second)
		if after := b.Stats().Ticks; after > n+1 {
			t.Errorf("%d ticks after the last left", after-n)
		}
	})
}

func TestEventsFollowTheRoster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{Conferences: []conference.Settings{{ID: "room", Title: "Room"}}})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		alice := newParty("alice")
		a := join(t, c, alice)
		roster, w := c.Watch()
		defer w.Close()
		if len(roster.Members) != 1 || roster.Members[0].Name != "alice" || roster.Title != "Room" {
			t.Fatalf("roster %+v", roster)
		}
		bob := newParty("b\u202eo\x00b\n")
		s := join(t, c, bob)
		alice.port.speak(440)
		var got []conference.EventKind
		seq := roster.Sequence
		step := func(want conference.EventKind, id conference.ParticipantID) conference.Event {
			t.Helper()
			e := next(t, w)
			if e.Kind != want || e.Participant != id || e.Sequence != seq+1 {
				t.Errorf("got %d %s of %q, want %d %s of %q", e.Sequence, e.Kind, e.Participant, seq+1, want, id)
			}
			seq = e.Sequence
			got = append(got, e.Kind)
			return e
		}
		if e := step(conference.EventJoined, s.ID()); e.Member.Name != "bob" {
			t.Errorf("name %q, want what can be shown of it", e.Member.Name)
		}
		if e := step(conference.EventSpeaking, a.ID()); !e.Member.Sources[0].Speaking || e.Source != a.Source() {
			t.Errorf("speaking: %+v", e)
		}
		step(conference.EventActiveSpeaker, a.ID())
		a.SetMuted(true)
		step(conference.EventMuted, a.ID())
		step(conference.EventSpeaking, a.ID())
		a.SetMuted(true) // nothing new
		s.Update(conference.Info{Name: "Bob", Wire: conference.WireSIP})
		if e := step(conference.EventUpdated, s.ID()); e.Member.Name != "Bob" || e.Member.Wire != conference.WireSIP {
			t.Errorf("updated: %+v", e.Member)
		}
		id, err := s.AddSource(conference.SourceInfo{Name: "screen"})
		if err != nil {
			t.Fatal(err)
		}
		step(conference.EventSourceAdded, s.ID())
		s.UpdateSource(id, conference.SourceInfo{Name: "window"})
		if e := step(conference.EventSourceUpdated, s.ID()); e.Member.Sources[1].Name != "window" {
			t.Errorf("source: %+v", e.Member.Sources)
		}
		s.RemoveSource(id)
		step(conference.EventSourceRemoved, s.ID())
		s.Leave(conference.Cause{Code: conference.CauseTimeout})
		s.Leave(conference.Cause{Code: conference.CauseLeft})
		if e := step(conference.EventLeft, s.ID()); e.Cause.Code != conference.CauseTimeout || e.Member.Name != "Bob" {
			t.Errorf("left: %+v", e)
		}
	})
}

func TestSlowReaderLosesOnlyItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		s := join(t, c, newParty("a"))
		_, slow := c.Watch()
		_, quick := c.Watch()
		defer quick.Close()
		for i := range conference.MaxWatchBacklog + 1 {
			s.SetMuted(i%2 == 0)
			next(t, quick)
		}
		if _, err := slow.Next(t.Context()); !errors.Is(err, conference.ErrSlow) {
			t.Errorf("slow reader got %v", err)
		}
		s.SetMuted(false)
		s.SetMuted(true)
		if e := next(t, quick); e.Kind != conference.EventMuted {
			t.Errorf("quick reader got %v", e.Kind)
		}
	})
}

func TestMuteSilencesAndDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		talker, listener := newParty("talker"), newParty("listener")
		s := join(t, c, talker)
		join(t, c, listener)
		talker.port.speak(440)
		hears := func() bool {
			advance(100 * time.Millisecond)
			listener.port.take()
			advance(second)
			return tone(listener.port.take(), 440) > 1000
		}
		if !hears() {
			t.Fatal("not heard before the mute")
		}
		if err := c.Mute(s.ID(), true); err != nil {
			t.Fatal(err)
		}
		reads := talker.port.readCount()
		if hears() {
			t.Error("heard though muted by the host")
		}
		if n := talker.port.readCount() - reads; n < 50 {
			t.Errorf("read %d times while muted: its queue would grow", n)
		}
		s.SetMuted(false) // does not lift the host's
		if hears() {
			t.Error("lifted the host's mute")
		}
		if err := c.Mute(s.ID(), false); err != nil {
			t.Fatal(err)
		}
		if !hears() {
			t.Error("not heard after the mute")
		}
		if err := c.Mute("nobody", true); !errors.Is(err, conference.ErrNotFound) {
			t.Errorf("mute of nobody: %v", err)
		}
	})
}

func TestKickLetsGoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		p := newParty("a")
		s, err := c.Join(p) // never leaves by itself
		if err != nil {
			t.Fatal(err)
		}
		_, w := c.Watch()
		defer w.Close()
		cause := conference.Cause{Code: conference.CauseKicked, Text: "enough"}
		if err := c.Kick(s.ID(), cause); err != nil {
			t.Fatal(err)
		}
		if e := next(t, w); e.Kind != conference.EventLeft || e.Cause != cause {
			t.Errorf("got %+v", e)
		}
		if d := cmp.Diff([]conference.Cause{cause}, p.disconnected()); d != "" {
			t.Error(d)
		}
		if err := c.Kick(s.ID(), cause); !errors.Is(err, conference.ErrNotFound) {
			t.Errorf("second kick: %v", err)
		}
		if _, err := s.AddSource(conference.SourceInfo{}); !errors.Is(err, conference.ErrClosed) {
			t.Errorf("AddSource after the kick: %v", err)
		}
	})
}

func TestFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{Conferences: []conference.Settings{{ID: "room", MaxParticipants: 1}}})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		s := join(t, c, newParty("a"))
		if _, err := c.Join(newParty("b")); !errors.Is(err, conference.ErrFull) {
			t.Errorf("second: %v", err)
		}
		s.Leave(conference.Cause{})
		if _, err := c.Join(newParty("b")); err != nil {
			t.Errorf("after the first left: %v", err)
		}
		for _, m := range c.Roster().Members {
			if err := c.Kick(m.ID, conference.Cause{}); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestPIN(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{Conferences: []conference.Settings{{ID: "room", PIN: "1234"}, {ID: "free"}}})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		want := func(remote, pin string, want error) {
			t.Helper()
			if err := c.CheckPIN(remote, pin); !errors.Is(err, want) || (want == nil && err != nil) {
				t.Errorf("CheckPIN(%q, %q) = %v, want %v", remote, pin, err, want)
			}
		}
		if free := open(t, b, "free"); free.NeedsPIN() || free.CheckPIN("192.0.2.1", "9") != nil {
			t.Error("a conference without PIN wants one")
		}
		want("192.0.2.1", "", conference.ErrPINRequired)
		want("192.0.2.1", "1234", nil)
		for range conference.MaxPINAttempts {
			want("2001:db8::1", "0000", conference.ErrPINWrong)
		}
		want("2001:db8::2", "1234", conference.ErrPINLocked) // the same /64
		want("2001:db8:0:1::2", "1234", nil)
		advance(conference.PINLockout)
		want("2001:db8::1", "1234", nil)
	})
}

func TestOnDemandEndsAfterLinger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		for _, id := range []string{"", "..", "a/b", "ümlaut", "a b"} {
			if _, err := b.Open(id); !errors.Is(err, conference.ErrUnknownConference) {
				t.Errorf("Open(%q): %v", id, err)
			}
		}
		c := open(t, b, "room")
		s := join(t, c, newParty("a"))
		advance(2 * conference.OnDemandLinger)
		if open(t, b, "room") != c {
			t.Error("ended under its Participant")
		}
		s.Leave(conference.Cause{})
		_, w := c.Watch()
		advance(conference.OnDemandLinger - second)
		if open(t, b, "room") != c {
			t.Error("ended before the linger was over")
		}
		advance(conference.OnDemandLinger + second)
		if e := next(t, w); e.Kind != conference.EventEnded {
			t.Errorf("got %v", e.Kind)
		}
		if _, err := w.Next(t.Context()); !errors.Is(err, conference.ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
		if n := len(b.Conferences()); n != 0 {
			t.Errorf("%d conferences left", n)
		}
		if _, err := c.Join(newParty("late")); !errors.Is(err, conference.ErrClosed) {
			t.Errorf("Join after the end: %v", err)
		}
		if open(t, b, "room") == c {
			t.Error("got the ended conference")
		}
	})
}

func TestReconfigure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{Conferences: []conference.Settings{{ID: "a"}, {ID: "b"}, {ID: "c"}}})
		defer closeBridge(t, b)
		s := join(t, open(t, b, "b"), newParty("p"))
		if err := b.Reconfigure(conference.BridgeConfig{Conferences: []conference.Settings{{ID: "?"}}}); err == nil {
			t.Fatal("took an impossible id")
		}
		if err := b.Reconfigure(conference.BridgeConfig{Conferences: []conference.Settings{{ID: "a", PIN: "1"}, {ID: "d"}}}); err != nil {
			t.Fatal(err)
		}
		ids := func() (out []string) {
			synctest.Wait()
			for _, c := range b.Conferences() {
				out = append(out, c.Settings().ID)
			}
			return out
		}
		if d := cmp.Diff([]string{"a", "b", "d"}, ids()); d != "" {
			t.Error(d)
		}
		if !open(t, b, "a").NeedsPIN() {
			t.Error("a's PIN was not taken over")
		}
		s.Leave(conference.Cause{})
		if d := cmp.Diff([]string{"a", "d"}, ids()); d != "" {
			t.Error(d)
		}
	})
}

func TestCloseTellsAndAwaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		c := open(t, b, "room")
		good, hung := newParty("good"), newParty("hung")
		join(t, c, good)
		if _, err := c.Join(hung); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), second)
		defer cancel()
		start := time.Now()
		if err := b.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close: %v", err)
		}
		if d := time.Since(start); d != second {
			t.Errorf("took %v", d)
		}
		for _, p := range []*party{good, hung} {
			if got := p.disconnected(); len(got) != 1 || got[0].Code != conference.CauseShutdown {
				t.Errorf("%s was told %v", p.info.Name, got)
			}
		}
		if _, err := b.Open("room"); !errors.Is(err, conference.ErrClosed) {
			t.Errorf("Open after Close: %v", err)
		}
	})
}

// A conference is found by id, by number, and by an id in another case.
func TestResolve(t *testing.T) {
	b := newBridge(t, conference.BridgeConfig{Conferences: []conference.Settings{
		{ID: "lobby", Numbers: []string{"1000", "2000"}}, {ID: "Room"}, {ID: "room"}, {ID: "3000"},
	}})
	defer closeBridge(t, b)
	for name, want := range map[string]string{
		"lobby": "lobby", "LOBBY": "lobby", "1000": "lobby", "2000": "lobby", "3000": "3000",
		"Room": "Room", "room": "room", "ROOM": "", "4000": "", "": "",
	} {
		got, err := b.Resolve(name)
		if got != want || (err != nil) != (want == "") || (err != nil && !errors.Is(err, conference.ErrUnknownConference)) {
			t.Errorf("%q: %q, %v; want %q", name, got, err, want)
		}
	}
	for _, s := range [][]conference.Settings{
		{{ID: "a", Numbers: []string{"1"}}, {ID: "b", Numbers: []string{"1"}}},
		{{ID: "a", Numbers: []string{"x"}}},
		{{ID: "a", Numbers: []string{""}}},
	} {
		if err := b.Reconfigure(conference.BridgeConfig{Conferences: s}); err == nil {
			t.Errorf("%v is taken", s)
		}
	}
}
