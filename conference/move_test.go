package conference_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"parley/codecs"
	"parley/conference"
)

// alone is a port that tells when two mixers use it at the same time.
type alone struct {
	*party
	busy    atomic.Int32
	clashes atomic.Int32
}

func (p *alone) Audio() conference.AudioPort { return p }

func (p *alone) use() {
	if p.busy.Add(1) > 1 {
		p.clashes.Add(1)
	}
	p.busy.Add(-1)
}

func (p *alone) ReadFrame(*codecs.Frame) bool { p.use(); return false }
func (p *alone) WriteFrame(*codecs.Frame)     { p.use() }

func TestMove(t *testing.T) {
	b := newBridge(t, conference.BridgeConfig{Conferences: []conference.Settings{{ID: "a"}, {ID: "b"}, {ID: "full", MaxParticipants: 1}}})
	defer closeBridge(t, b)
	rooms := make(map[string]*conference.Conference)
	for _, c := range b.Conferences() {
		rooms[c.Settings().ID] = c
	}
	join(t, rooms["full"], newParty("first"))
	p := &alone{party: newParty("ann")}
	seat, err := rooms["a"].Join(p)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { seat.Leave(conference.Cause{Code: conference.CauseLeft}) }()
	seat.SetMuted(true)
	if _, err := seat.Move(rooms["full"]); !errors.Is(err, conference.ErrFull) {
		t.Errorf("to a full conference: %v", err)
	}
	if n := len(rooms["a"].Roster().Members); n != 1 {
		t.Errorf("%d are left after a move that failed", n)
	}
	to := []string{"b", "a"}
	for i := range 40 {
		former := seat
		if seat, err = seat.Move(rooms[to[i%2]]); err != nil {
			t.Fatal(err)
		}
		if _, err := former.Move(rooms["a"]); !errors.Is(err, conference.ErrNotFound) {
			t.Errorf("from a seat that was left: %v", err)
		}
	}
	if r := rooms["a"].Roster(); len(r.Members) != 1 || r.Members[0].Name != "ann" || !r.Members[0].Muted {
		t.Errorf("in the end: %+v", r.Members)
	}
	if n := len(rooms["b"].Roster().Members); n != 0 {
		t.Errorf("%d stayed behind", n)
	}
	if n := p.clashes.Load(); n != 0 {
		t.Errorf("two mixers at once, %d times", n)
	}
	if len(p.disconnected()) != 0 {
		t.Errorf("disconnected: %v", p.disconnected())
	}
	if err := rooms["a"].Move(seat.ID(), rooms["b"]); !errors.Is(err, conference.ErrNotFound) {
		t.Errorf("of who cannot be moved: %v", err)
	}
}
