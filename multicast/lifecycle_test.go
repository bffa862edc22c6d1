package multicast

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"parley/codecs/builtin"
	"parley/conference"
)

func TestKickedGroupIsLeft(t *testing.T) {
	g := testGroup(t, "239.255.77.30", "PCMU")
	g.Video = &MediaConfig{Addr: freeGroup(t, "239.255.77.31"), Formats: h264Formats}
	h := openHouse(t, g)
	if got := h.server.Groups()["room"]; len(got) != 1 {
		t.Fatalf("groups %v", got)
	}
	group := h.server.joined()[0]
	if err := h.conf.Kick(group.seat.Load().ID(), conference.Cause{Code: conference.CauseKicked}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-group.done:
	case <-time.After(patience):
		t.Fatal("the group was not left")
	}
	if got := h.server.Groups(); len(got) != 0 {
		t.Errorf("groups %v after a kick", got)
	}
	if _, err := h.server.SDP("room", false); !errors.Is(err, ErrNoGroup) {
		t.Errorf("description of a group that was left: %v", err)
	}
}

func TestStartThatFailsLeavesNothing(t *testing.T) {
	bridge, err := conference.NewBridge(conference.BridgeConfig{Codecs: builtin.Set(), Conferences: []conference.Settings{{ID: "room"}}})
	if err != nil {
		t.Fatal(err)
	}
	good, bad := testGroup(t, "239.255.77.32", "PCMU"), testGroup(t, "239.255.77.33", "PCMU")
	bad.Conference = "nowhere"
	server, err := New(Config{Groups: []GroupConfig{good, bad}}, Deps{Bridge: bridge, Codecs: builtin.Set(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(t.Context()); !errors.Is(err, conference.ErrUnknownConference) {
		t.Errorf("start: %v", err)
	}
	conf, err := bridge.Open("room")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(conf.Roster().Members); n != 0 {
		t.Errorf("%d groups are still there", n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for range 2 { // twice is harmless
		if err := server.Close(ctx); err != nil {
			t.Error(err)
		}
	}
	if err := server.Start(ctx); !errors.Is(err, errClosed) {
		t.Errorf("start after the end: %v", err)
	}
	if err := bridge.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestOptionalGroupThatCannotBe(t *testing.T) {
	g := testGroup(t, "239.255.77.34", "PCMU")
	g.Interface, g.Optional = "no-such-interface", true
	if h := openHouse(t, g); len(h.server.Groups()) != 0 {
		t.Error("it was joined")
	}
}
