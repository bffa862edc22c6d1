package bridge

import (
	"net/netip"
	"sync/atomic"
	"testing"

	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h460"
)

// indicating is a gatekeeper that tells clients behind firewalls of calls.
type indicating struct {
	server  *site // that calls
	clients map[netip.AddrPort]*site
	asked   atomic.Int32
}

func (g *indicating) Behind(to netip.AddrPort) (netip.Addr, bool) {
	return netip.MustParseAddr("127.0.0.1"), g.clients[to] != nil
}

func (g *indicating) Indicate(to netip.AddrPort, call h225.CallIdentifier) bool {
	g.asked.Add(1)
	g.clients[to].Open(&h460.IncomingCallIndication{
		CallSignallingAddress: h225.TransportAddressOf(g.server.Addresses()[0]), CallID: call,
	})
	return true
}

// TestMultiplexed: two clients behind firewalls, one called and one calling, send
// to one pair of ports, and each is heard, and hears. Nothing is left behind.
func TestMultiplexed(t *testing.T) {
	names := [...]string{"192.0.2.7:40000", "192.0.2.7:40001"}
	g := &indicating{clients: make(map[netip.AddrPort]*site)}
	g.server = newSite(t, Config{Name: "server", Traversal: g, Multiplex: netip.MustParseAddrPort("0.0.0.0:0")}, conference.Settings{ID: "a"})
	ann := &party{hertz: 440, heard: map[float64]float64{440: 0, 880: 0, 1320: 0}}
	sit(t, g.server.room("a"), ann)
	var ids []conference.ParticipantID
	for n, tone := range []float64{880, 1320} {
		client := newSite(t, Config{Name: "client", Firewalled: true, DefaultConference: "b"}, conference.Settings{ID: "b"})
		bob := &party{hertz: tone, heard: map[float64]float64{440: 0, tone: 0}}
		sit(t, client.room("b"), bob)
		var err error
		if n == 0 {
			at := netip.MustParseAddrPort(names[n])
			g.clients[at] = client
			_, err = g.server.Dial(t.Context(), "h323:"+at.String(), "a")
		} else {
			_, err = client.Dial(t.Context(), g.server.url("a"), "b")
		}
		if err != nil {
			t.Fatal(err)
		}
		ann.hears(t, tone)
		bob.hears(t, 440)
	}
	if n := g.asked.Load(); n != 1 {
		t.Errorf("indicated %d times", n)
	}
	st := g.server.Stats()
	if st.Multiplexed.Sessions < 2 || st.Multiplexed.Foreign != 0 || st.Multiplexed.Malformed != 0 {
		t.Errorf("%+v", st.Multiplexed)
	}
	room := g.server.room("a")
	r := await(t, room, "two callers", func(r *conference.Roster) bool { return len(r.Members) == 3 })
	for _, m := range r.Members {
		if m.Wire == conference.WireH323 {
			ids = append(ids, m.ID)
		}
	}
	for _, id := range ids {
		if err := room.Kick(id, conference.Cause{Code: conference.CauseKicked}); err != nil {
			t.Fatal(err)
		}
	}
	await(t, room, "callers gone", func(r *conference.Roster) bool { return len(r.Members) == 1 })
}

var _ h323.Traversal = (*indicating)(nil)
