package multicast

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp"
)

// groupSession is a session in a group of its own, to own SSRCs.
func groupSession(t *testing.T, group string) *rtp.Session {
	t.Helper()
	transport, err := rtp.Listen(rtp.ListenConfig{Group: &rtp.GroupConfig{RTP: freeGroup(t, group), Interface: "lo", TTL: 1}})
	if err != nil {
		t.Fatal(err)
	}
	session, err := rtp.NewSession(rtp.Config{Transport: transport, ClockRates: map[uint8]int{0: 8000}, Receiver: deaf{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(t.Context(), ""); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		if err := transport.Close(); err != nil {
			t.Error(err)
		}
	})
	return session
}

type deaf struct{}

func (deaf) ReceiveRTP(*rtp.Source, *codecs.Packet)        {}
func (deaf) SourceChanged(*rtp.Source, rtp.SourceChange)   {}
func (deaf) KeyframeRequested(uint32)                      {}
func (deaf) LoopDetected(addr netip.AddrPort, what string) {}

// seen is why a packet may not be heard.
func seen(why, _ string) string { return why }

func TestPathsFindWhatReturns(t *testing.T) {
	p, now := newPaths(nil), time.Now()
	ours := groupSession(t, "239.255.77.20")
	p.enter(ours)
	direct, mixer := &origin{ssrc: 11}, &origin{ssrc: 22}
	p.add(101, direct)
	p.add(102, mixer)
	direct.note(now, nil)
	mixer.note(now, []uint32{33})

	for _, tc := range []struct {
		name string
		got  string
		want string
	}{
		{"a new source", seen(p.checkSSRC(44, now)), ""},
		{"our SSRC in another group", seen(p.checkSSRC(ours.SSRC(), now)), seenOwnSSRC},
		{"a source of another group", seen(p.checkSSRC(11, now)), seenTwiceSSRC},
		{"the same long after", seen(p.checkSSRC(11, now.Add(DirectHold))), ""},
		{"a mix of strangers", seen(p.checkCSRC(mixer, []uint32{33, 44}, now)), ""},
		{"a mix of us", seen(p.checkCSRC(mixer, []uint32{33, ours.SSRC()}, now)), seenOwnCSRC},
		{"a mix of who is heard directly", seen(p.checkCSRC(mixer, []uint32{11}, now)), seenTwiceCSRC},
		{"the same long after", seen(p.checkCSRC(mixer, []uint32{11}, now.Add(DirectHold))), ""},
		{"a mixer that names itself", seen(p.checkCSRC(mixer, []uint32{22}, now)), ""},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, tc.got, tc.want)
		}
	}

	got, relayed := p.appendCSRC(nil, 102, 900, 101)
	if want := []uint32{900, 22, 11, 33}; !slices.Equal(got, want) || relayed != 3 {
		t.Errorf("CSRCs %v, want %v: own ids, SSRCs of members, then those whom they mixed", got, want)
	}
	many := make([]uint32, maxContributors)
	for i := range many {
		many[i] = uint32(1000 + i)
	}
	mixer.note(now, many)
	if got, _ := p.appendCSRC(nil, 102, 101); len(got) != maxContributors {
		t.Errorf("%d CSRCs", len(got))
	}
	p.remove(101, direct)
	p.exit(ours)
	if seen(p.checkSSRC(11, now)) != "" || seen(p.checkSSRC(ours.SSRC(), now)) != "" {
		t.Error("who left is remembered")
	}
}

// TestTwoBridgesBetweenTwoGroups is the mistake of running a second bridge for
// safety, and of ordering both to carry: what one carries from group to group,
// the other carries back.
func TestTwoBridgesBetweenTwoGroups(t *testing.T) {
	first, second := testGroup(t, "239.255.77.21", "PCMU"), testGroup(t, "239.255.77.22", "PCMU")
	stubborn := Config{Groups: []GroupConfig{first, second}, Bridging: BridgingAlways}
	left, right := openHouseWith(t, stubborn), openHouseWith(t, stubborn)
	ann, bob := newPerson("ann", 440), newPerson("bob", 0)
	left.join(t, ann)
	right.join(t, bob)
	bob.await(t, "ann", func(l []float64) bool { return l[0] > 0.5 }, 440)
	ann.hush()
	bob.awaitSilence(t)
	ann.awaitSilence(t)
	var loops uint64
	for _, st := range append(left.server.Stats(), right.server.Stats()...) {
		loops += st.Loops
	}
	if loops == 0 {
		t.Error("no loop was counted")
	}
}

// TestReflectorIsCut has a program copy one group to another, packets
// unchanged: its bridge hears itself under its own SSRC.
func TestReflectorIsCut(t *testing.T) {
	from, to := testGroup(t, "239.255.77.23", "PCMU"), testGroup(t, "239.255.77.24", "PCMU")
	h := openHouse(t, from, to)
	ann := newPerson("ann", 440)
	h.join(t, ann)
	reflect(t, from.Audio.Addr, to.Audio.Addr)
	_, watch := h.conf.Watch()
	defer watch.Close()
	for looped := uint64(0); looped < 25; {
		ann.wait(t)
		looped = 0
		for _, st := range h.server.Stats() {
			looped += st.Loops
		}
	}
	for _, m := range h.conf.Roster().Members {
		if m.Wire == conference.WireMulticast && len(m.Sources) > 1 {
			t.Errorf("parley takes part in its own conference: %+v", m.Sources[1])
		}
	}
}

// reflect copies packets from one group to another until the test ends.
func reflect(t *testing.T, from, to netip.AddrPort) {
	t.Helper()
	in, out := tap(t, from), spout(t, to)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 2048)
		for {
			n, err := in.Read(buf)
			if err != nil {
				return
			}
			_, _ = out.Write(buf[:n]) // fails only at the end
		}
	}()
	t.Cleanup(func() {
		in.Close()
		<-done
	})
}
