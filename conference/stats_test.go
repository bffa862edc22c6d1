package conference_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"parley/conference"
)

// leg is a party that measures its leg.
type leg struct{ *party }

func (leg) Quality() conference.Quality { return conference.Quality{Packets: 7} }

func TestStatsAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		var seats []*conference.Seat
		for _, id := range []string{"a", "b"} {
			c := open(t, b, id)
			for _, wire := range []conference.Wire{conference.WireSIP, conference.WireSIP, conference.WireWebRTC} {
				p := newParty("p")
				p.info.Wire = wire
				seats = append(seats, join(t, c, p))
			}
		}
		s, err := seats[0].Conference().Join(leg{newParty("measured")})
		if err != nil {
			t.Fatal(err)
		}
		want := map[conference.ParticipantID]conference.Quality{s.ID(): {Packets: 7}}
		if d := cmp.Diff(want, s.Conference().Quality()); d != "" {
			t.Error(d)
		}
		s.Leave(conference.Cause{})
		advance(second)
		stats := b.Stats()
		if d := cmp.Diff(map[conference.Wire]int{conference.WireSIP: 4, conference.WireWebRTC: 2}, stats.Participants); d != "" {
			t.Error(d)
		}
		total := uint64(0)
		for _, n := range stats.Tick.Counts {
			total += n
		}
		if stats.Conferences != 2 || stats.Ticks < 98 || total != stats.Ticks || len(stats.Tick.Counts) != len(stats.Tick.UpperSeconds)+1 {
			t.Errorf("%+v", stats)
		}
		for _, s := range seats {
			s.Leave(conference.Cause{})
		}
		advance(conference.OnDemandLinger + second)
		after := b.Stats()
		if after.Conferences != 0 || len(after.Participants) != 0 || after.Ticks < stats.Ticks {
			t.Errorf("after the end: %+v", after)
		}
	})
}
