package multicast

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestJoinAndLeave(t *testing.T) {
	h := openHouse(t, testGroup(t, "239.255.77.60", "PCMU"))
	first := h.server.joined()[0].cfg
	again := first
	if err := h.server.Join(again); !errors.Is(err, ErrJoined) || !strings.HasSuffix(err.Error(), ": "+first.Audio.Addr.String()+" is in room") {
		t.Errorf("the same group again: %v", err)
	}
	second := testGroup(t, "239.255.77.61", "PCMU")
	second.Optional = true // which is no excuse here
	second.Interface = "none"
	if err := h.server.Join(second); err == nil {
		t.Error("an interface that is not there is accepted")
	}
	second.Interface = "lo"
	if err := h.server.Join(second); err != nil {
		t.Fatal(err)
	}
	if m, ok := h.server.Membership(second.Channel()); !ok || m != (Membership{Conference: "room"}) {
		t.Errorf("%+v %v", m, ok)
	}
	other := Channel{Addr: netip.MustParseAddrPort("239.255.77.62:5004")}
	if _, ok := h.server.Membership(other); ok {
		t.Error("a group that nobody joined takes part")
	}
	if err := h.server.Leave(other); !errors.Is(err, ErrNoGroup) {
		t.Errorf("leave it: %v", err)
	}
	if err := h.server.Leave(second.Channel()); err != nil {
		t.Fatal(err)
	}
	if groups := h.server.Groups()["room"]; len(groups) != 1 || groups[0] != first.address() {
		t.Errorf("left with %v", groups)
	}
	if err := h.server.Join(second); err != nil {
		t.Errorf("join it once more: %v", err)
	}
}

// TestConferencesLeaveNothingBehind: of a conference whose groups are left, or were
// never joined, nothing is kept; of one that has a group still, its groups go on
// sharing what is known of their sources.
func TestConferencesLeaveNothingBehind(t *testing.T) {
	h := openHouse(t, testGroup(t, "239.255.77.58", "PCMU"))
	second := testGroup(t, "239.255.77.59", "PCMU")
	second.Interface = "none"
	if err := h.server.Join(second); err == nil {
		t.Fatal("an interface that is not there is accepted")
	}
	second.Interface = "lo"
	elsewhere := second
	elsewhere.Conference = "nowhere"
	if err := h.server.Join(elsewhere); err == nil {
		t.Fatal("a conference that is not there is accepted")
	}
	if err := h.server.Join(second); err != nil {
		t.Fatal(err)
	}
	groups := h.server.joined()
	if groups[0].audio.paths != groups[1].audio.paths {
		t.Error("two groups of a conference do not know of each other's sources")
	}
	kept := func() int {
		h.server.mu.Lock()
		defer h.server.mu.Unlock()
		return len(h.server.ways)
	}
	for i, want := range []int{1, 0} {
		if err := h.server.Leave(groups[i].cfg.Channel()); err != nil {
			t.Fatal(err)
		}
		if n := kept(); n != want {
			t.Errorf("after %d groups were left, %d conferences are remembered, want %d", i+1, n, want)
		}
	}
}

func TestEditions(t *testing.T) {
	now := time.Unix(1000, 0)
	e := newEditions()
	e.now = func() time.Time { return now }
	for i, step := range []struct {
		after   time.Duration
		id      uint64
		content string
		want    uint64
	}{
		{0, 1, "a", 1000},
		{5 * time.Second, 1, "a", 1000},
		{5 * time.Second, 1, "b", 1005},
		{5 * time.Second, 1, "a", 1006}, // twice within a second
		{5 * time.Second, 2, "a", 1005},
	} {
		now = time.Unix(1000, 0).Add(step.after)
		if got := e.version(step.id, []byte(step.content)); got != step.want {
			t.Errorf("step %d: version %d, want %d", i, got, step.want)
		}
	}
	source := netip.MustParseAddr("192.0.2.1")
	ids := map[uint64]bool{
		sessionID(source, "a", "b", false): true, sessionID(source, "a", "b", true): true,
		sessionID(source, "ab", "", false): true, sessionID(netip.MustParseAddr("192.0.2.2"), "a", "b", false): true,
	}
	if len(ids) != 4 {
		t.Errorf("ids %v", ids)
	}
}

// TestEditionsAreBounded: what changed last is remembered.
func TestEditionsAreBounded(t *testing.T) {
	now := time.Unix(1000, 0)
	e := newEditions()
	e.now = func() time.Time { return now }
	for id := range uint64(3 * maxEditions) {
		now = now.Add(time.Second)
		e.version(1+id, nil)
		if id == 2*maxEditions+1 {
			e.version(1, []byte("changed"))
		}
	}
	if len(e.last) != maxEditions {
		t.Errorf("%d are remembered", len(e.last))
	}
	before := uint64(1000 + 2*maxEditions + 2)
	if got := e.version(1, []byte("changed")); got != before {
		t.Errorf("version %d of what did not change, want %d", got, before)
	}
}
