package conference_test

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

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

// slow is a viewer that takes its time with what it is asked for.
type slow struct {
	viewer
	taking chan struct{} // each order takes one
	orders []string      // guarded by mu
}

func (v *slow) Video() conference.VideoPort { return v }

func (v *slow) Forward(p *conference.VideoPacket) { v.screen.Forward(p) }

func (v *slow) RequestKeyframe(id conference.SourceID) bool { return v.screen.RequestKeyframe(id) }

func (v *slow) LimitRate(_ conference.SourceID, bitRate int) {
	<-v.taking
	v.mu.Lock()
	defer v.mu.Unlock()
	v.orders = append(v.orders, fmt.Sprint(bitRate))
}

// What the former conference asked for ends with it, also where it asks while the
// Participant moves, and before the other conference asks.
func TestMoveFreesRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		from, to := open(t, b, "from"), open(t, b, "to")
		p := &slow{viewer: *newViewer("ann", vp8), taking: make(chan struct{}, 8)}
		seat, err := from.Join(p)
		if err != nil {
			t.Fatal(err)
		}
		seat.UpdateSource(seat.Source(), conference.SourceInfo{VideoFormat: vp8})
		bob := sit(t, from, newViewer("bob", vp8))
		defer bob.Leave(conference.Cause{Code: conference.CauseLeft})
		(&camera{seat: seat, id: seat.Source()}).shoot()
		bob.LimitRate(0, 384_000)
		synctest.Wait() // the order is under way
		moved := make(chan *conference.Seat, 1)
		go func() {
			next, err := seat.Move(to)
			if err != nil {
				t.Error(err)
			}
			moved <- next
		}()
		synctest.Wait()
		if n := len(to.Roster().Members); n != 0 {
			t.Errorf("%d sit in the other conference while the former one asks", n)
		}
		close(p.taking)
		next := <-moved
		defer next.Leave(conference.Cause{Code: conference.CauseLeft})
		advance(second)
		if want := []string{"384000", "0"}; !slices.Equal(p.orders, want) {
			t.Errorf("asked for %v, want %v", p.orders, want)
		}
	})
}
