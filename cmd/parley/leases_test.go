package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/cmd/parley/internal/api"
	"parley/cmd/parley/internal/config"
	"parley/codecs/builtin"
	"parley/multicast"
	"parley/multicast/sap"
)

const withChosen = `
multicast: {enabled: true, interface: lo, ttl: 4, announce: {profile: fast}, allocation: {ranges: [239.254.%[3]d.0/24, "ff15::/16"], state: leases.json}}
conferences:
  - {id: %[1]s, public: true, multicast: [{audio: {group: "auto:%[2]d", codec: PCMU}}]}
  - {id: other}
  - {id: named-%[1]s, public: true, multicast: [{audio: {group: "239.253.%[3]d.1:%[2]d", codec: PCMU}}]}
  - {id: joined-%[1]s, multicast: [{audio: {group: "239.253.%[3]d.2:%[2]d", codec: PCMU}}]}
`

// TestChosenGroup has a house choose the address of a group, keep it over a
// restart, give way to a session that was there before and not to one that came
// after; and open and close groups by order.
func TestChosenGroup(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	path := filepath.Join(t.TempDir(), "parley.yaml")
	// The same test may run twice at once on a machine, and hears what the other
	// announces.
	port, net := groupPort(), os.Getpid()%250
	room := fmt.Sprint("chosen-", os.Getpid())
	text := strings.Replace(quiet, "multicast: {enabled: false}\n", "", 1) + fmt.Sprintf(withChosen, room, port, net)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := new(logged)
	start := func() *house {
		t.Helper()
		cfg, err := config.Load(config.Options{File: path, Codecs: builtin.Set()})
		if err != nil {
			t.Fatal(err)
		}
		h, err := open(t.Context(), cfg, builtin.Set(), newLog(cfg, new(slog.LevelVar), out))
		if err != nil {
			t.Fatal("no groups on the loopback interface: ", err)
		}
		return h
	}
	stop := func(h *house) {
		t.Helper()
		if err := h.close(context.Background()); err != nil {
			t.Error(err)
		}
	}
	describe := func(h *house) (multicast.Session, sap.Description) {
		t.Helper()
		sessions, err := h.groups.SDP(room, false)
		if err != nil || len(sessions) != 1 {
			t.Fatalf("%d groups, %v", len(sessions), err)
		}
		d, err := sap.ParseDescription(sessions[0].SDP)
		if err != nil {
			t.Fatal(err)
		}
		return sessions[0], d
	}

	h := start()
	first, _ := describe(h)
	if !netip.MustParsePrefix(fmt.Sprintf("239.254.%d.0/24", net)).Contains(first.Group) {
		t.Fatalf("%v was chosen", first.Group)
	}
	stop(h)
	h = start()
	defer func() { stop(h) }()
	again, before := describe(h)
	if again.Group != first.Group {
		t.Errorf("after a restart %v was chosen, before %v", again.Group, first.Group)
	}

	other := announcer()
	defer other.Close()
	announce := func(title, group string) {
		t.Helper()
		sdp := fmt.Sprintf("v=0\r\no=- %d 1 IN IP4 127.0.0.1\r\ns=%s\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\n", os.Getpid(), title, group, port+2)
		if err := other.Set([]sap.Announcement{{Name: title, SDP: []byte(sdp), Origin: netip.MustParseAddr("127.0.0.1"), Group: netip.MustParseAddr("239.255.255.255"), Interface: "lo", TTL: 1}}); err != nil {
			t.Fatal(err)
		}
		awaitHeard(t, h.directory, title)
	}
	earlier := fmt.Sprint("earlier-", os.Getpid())
	announce(earlier, first.Group.String()+"/3")
	h.leases.tend(time.Now(), h.directory.Public)
	moved, after := describe(h)
	if moved.Group == first.Group || after.SessionID != before.SessionID || after.Version <= before.Version {
		t.Errorf("it was %v in version %d of %s, and is %v in version %d of %s", first.Group, before.Version, before.SessionID, moved.Group, after.Version, after.SessionID)
	}
	if st := h.leases.Stats(); st.Groups != 1 || st.Moved != 1 || st.Clashes != 0 {
		t.Errorf("having moved: %+v", st)
	}

	// Who follows it from address to address does not drive it on and on.
	g := h.leases.given[0]
	g.moves = slices.Repeat([]time.Time{time.Now()}, maxMoves)
	chasing := fmt.Sprint("chasing-", os.Getpid())
	announce(chasing, moved.Group.String()+"/3")
	h.leases.tend(time.Now(), h.directory.Public)
	if stays, _ := describe(h); stays.Group != moved.Group || !strings.Contains(out.String(), "moved too often") {
		t.Errorf("after %d moves it is in %v", maxMoves, stays.Group)
	}
	if !g.mayMove(time.Now().Add(movesFor)) {
		t.Error("it does not move an hour later")
	}

	// It has been there for long when another comes.
	one := h.leases.ledger.Leases()[0]
	one.Granted = time.Now().Add(-time.Hour)
	h.leases.ledger.Put(one)
	later := fmt.Sprint("later-", os.Getpid())
	announce(later, moved.Group.String()+"/3")
	h.leases.tend(time.Now(), h.directory.Public)
	stays, _ := describe(h)
	listed := h.leases.Leases()
	if stays.Group != moved.Group || len(listed) != 1 || !strings.HasPrefix(listed[0].Clash, later) || listed[0].Addresses[0] != moved.Group.String() {
		t.Errorf("where another came later: %v, %+v", stays.Group, listed)
	}
	if !strings.Contains(out.String(), "had it first") {
		t.Error("the log does not tell")
	}
	testOpened(t, h, moved.Group)

	// A group that the configuration names stays where it is. In one that is not
	// public, parley but takes part.
	named := fmt.Sprintf("239.253.%d.1", net)
	announce(fmt.Sprint("named-", os.Getpid()), named+"/3/2")
	h.leases.tend(time.Now(), h.directory.Public)
	listed = h.leases.Leases()
	if st := h.leases.Stats(); st.Clashes != 1 || len(listed) != 2 || listed[0].Kind != api.LeaseNamed || listed[0].Addresses[0] != named {
		t.Errorf("where the address is named: %+v %+v", st, listed)
	}
}

// testOpened opens groups beside one at taken.
func testOpened(t *testing.T, h *house, taken netip.Addr) {
	t.Helper()
	l := h.leases
	for name, order := range map[string]api.GroupOrder{
		"nothing": {}, "no codec": {Audio: "PCMX"}, "a picture as sound": {Audio: "H264"},
	} {
		if _, err := l.Open("other", order); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
	opened, err := l.Open("other", api.GroupOrder{Audio: "PCMU", Video: "H264", TTL: 200})
	if err != nil {
		t.Fatal(err)
	}
	audio, video := netip.MustParseAddrPort(opened.Audio), netip.MustParseAddrPort(opened.Video)
	if audio.Addr() != video.Addr() || audio.Port() != 5004 || video.Port() != 5006 || audio.Addr() == taken || opened.TTL != 15 {
		t.Errorf("opened %+v", opened)
	}
	if m, ok := h.groups.Membership(multicast.Channel{Addr: audio}); !ok || m.Conference != "other" {
		t.Errorf("it takes part: %+v, %v", m, ok)
	}
	if err := l.CloseGroup("elsewhere", audio); err == nil {
		t.Error("it was closed for another conference")
	}
	if err := l.CloseGroup("other", netip.AddrPortFrom(taken, 0)); err == nil {
		t.Error("another group was closed by its address")
	}
	if err := l.CloseGroup("other", netip.AddrPortFrom(video.Addr(), 0)); err != nil {
		t.Error(err)
	}
	if _, ok := h.groups.Membership(multicast.Channel{Addr: audio}); ok || len(l.Leases()) != 1 {
		t.Errorf("once closed: %+v", l.Leases())
	}
	// One that a host removed is given back.
	if opened, err = l.Open("other", api.GroupOrder{Audio: "PCMU"}); err != nil {
		t.Fatal(err)
	}
	if err := h.groups.Leave(multicast.Channel{Addr: netip.MustParseAddrPort(opened.Audio)}); err != nil {
		t.Fatal(err)
	}
	l.tend(time.Now(), h.directory.Public)
	if len(l.Leases()) != 1 {
		t.Errorf("once removed: %+v", l.Leases())
	}
}

// TestNamedGroups: what the configuration names is not to be chosen, by layers and
// SDP files either.
func TestNamedGroups(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.sdp")
	text := "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=Lecture\r\nc=IN IP4 239.255.1.9/4/2\r\nt=0 0\r\nm=audio 5040 RTP/AVP 0\r\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := config.Defaults()
	cfg.Conferences = []config.Conference{{ID: "a", Multicast: []config.Group{
		{Audio: config.Stream{Group: "239.255.2.1:5004", Layers: 3}, Video: config.Stream{Group: "auto"}}, {SDP: path},
	}}}
	got := make(map[string]bool)
	for _, group := range namedGroups(&cfg, builtin.Set()) {
		got[group.String()] = true
	}
	want := map[string]bool{"239.255.2.1": true, "239.255.2.2": true, "239.255.2.3": true, "239.255.1.9": true, "239.255.1.10": true}
	if !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// TestLeaseScopes says which scopes clients are told of, the smallest first.
func TestLeaseScopes(t *testing.T) {
	cfg := config.Defaults()
	cfg.Multicast.Allocation.Ranges = []string{"233.252.1.0/24", "239.192.8.0/24", "239.255.64.0/18", "ff18::/16", "239.255.0.0/24", "ff15::/16"}
	cfg.Multicast.Directory.Scopes = []string{"239.192.8.0/22"}
	var got []string
	for _, s := range leaseScopes(&cfg) {
		got = append(got, fmt.Sprintf("%v-%v %v", s.First, s.Last, s.Range))
	}
	want := []string{
		"239.255.0.0-239.255.255.255 239.255.64.0/18",
		"239.192.8.0-239.192.11.255 239.192.8.0/24",
		"233.252.1.0-233.252.1.255 233.252.1.0/24",
		"ff15::-ff15:ffff:ffff:ffff:ffff:ffff:ffff:ffff ff15::/16",
		"ff18::-ff18:ffff:ffff:ffff:ffff:ffff:ffff:ffff ff18::/16",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
}
