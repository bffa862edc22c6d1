package sap

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func ours(name, sdp string) Announcement {
	return Announcement{Name: name, SDP: []byte(sdp), Origin: ann, Group: localGroup, TTL: 4}
}

// sent is what goes out, as tuples of deletion and payload.
func sent(t *testing.T, list []Transmission) []string {
	t.Helper()
	out := []string{}
	for _, one := range list {
		p, err := Parse(one.Packet)
		if err != nil || p.Hash == 0 || p.Origin != ann || one.Group != localGroup || one.TTL != 4 {
			t.Fatalf("%+v: %+v, %v", one, p, err)
		}
		out = append(out, fmt.Sprint(p.Deletion, " ", string(p.Payload)))
	}
	return out
}

func alone(netip.Addr) int { return 0 }

func TestAnnouncer(t *testing.T) {
	a := NewAnnouncer(AnnouncerConfig{Random: func() float64 { return 0.5 }})
	now := start
	due := func(want ...string) {
		t.Helper()
		out, next := a.Due(now, alone)
		if diff := cmp.Diff(append([]string{}, want...), sent(t, out)); diff != "" {
			t.Fatalf("at %v: %s", now.Sub(start), diff)
		}
		if !next.After(now) || next.After(now.Add(recalculateEvery)) {
			t.Fatalf("asks again at %v", next.Sub(now))
		}
	}
	set := func(list []Announcement, want ...string) {
		t.Helper()
		out, err := a.Set(list)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(append([]string{}, want...), sent(t, out)); diff != "" {
			t.Fatal(diff)
		}
	}
	one, two := describe("a", 1, 1, "one"), describe("a", 2, 1, "two")
	set([]Announcement{ours("1", one)})
	due("false " + one)
	due()
	now = now.Add(299 * time.Second)
	due()
	now = now.Add(time.Second)
	due("false " + one)
	// Another one does not disturb it.
	set([]Announcement{ours("1", one), ours("2", two)})
	due("false " + two)
	if !a.Own([]byte(two)) || a.Own([]byte("v=0")) {
		t.Error("it does not know what it announces")
	}
	// What has changed is taken back, and announced under another hash.
	later := describe("a", 1, 2, "one, later")
	before := a.find("1").hash
	set([]Announcement{ours("1", later), ours("2", two)}, "true o=a 1 1 IN IP4 192.0.2.1\r\n")
	due("false " + later)
	if a.find("1").hash == before {
		t.Error("the hash did not change with the content")
	}
	set([]Announcement{ours("1", later)}, "true o=a 2 1 IN IP4 192.0.2.1\r\n")
	if diff := cmp.Diff([]string{"true o=a 1 2 IN IP4 192.0.2.1\r\n"}, sent(t, a.Close())); diff != "" {
		t.Error(diff)
	}
	// What was never sent needs no deletion.
	set([]Announcement{ours("1", one)})
	set(nil)
	if _, err := a.Set([]Announcement{{Name: "x"}, ours("1", one), ours("big", string(make([]byte, MaxDescription+1)))}); err == nil || len(a.ours) != 1 {
		t.Errorf("error %v with %d announced", err, len(a.ours))
	}
}

// TestHashes tells sessions of the same hash apart.
func TestHashes(t *testing.T) {
	a := NewAnnouncer(AnnouncerConfig{})
	var list []Announcement
	for i := range 2000 {
		list = append(list, ours(fmt.Sprint(i), describe("a", i, 1, "x")))
	}
	if _, err := a.Set(list); err != nil {
		t.Fatal(err)
	}
	seen := make(map[uint16]bool)
	for _, n := range a.ours {
		if n.hash == 0 || seen[n.hash] {
			t.Fatalf("hash %d twice", n.hash)
		}
		seen[n.hash] = true
	}
}

// TestInterval: 1,000 announcements of 400 bytes share 4,000 bit/s, so that
// each is sent every 800 s (RFC 2974 section 3.1), a third more or less.
func TestInterval(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct {
		name     string
		fast     bool
		others   int
		interval time.Duration
	}{
		{"1,000 ads", false, 999, 800 * time.Second},
		{"alone", false, 0, 300 * time.Second},
		{"fast", true, 999, 5 * time.Second},
	} {
		a := NewAnnouncer(AnnouncerConfig{Fast: tt.fast, Random: random.Float64})
		sdp := describe("a", 1, 1, "x")
		sdp += string(bytes.Repeat([]byte("\n"), 400-8-len(sdpType)-1-len(sdp)))
		if _, err := a.Set([]Announcement{ours("1", sdp)}); err != nil {
			t.Fatal(err)
		}
		now, last := start, time.Time{}
		var sum, least, most time.Duration
		n := 0
		for n < 2000 {
			out, next := a.Due(now, func(netip.Addr) int { return tt.others })
			if len(out) > 0 {
				if len(out[0].Packet) != 400 {
					t.Fatalf("a packet of %d bytes", len(out[0].Packet))
				}
				if gap := now.Sub(last); !last.IsZero() {
					sum, n = sum+gap, n+1
					most = max(most, gap)
					if least == 0 || gap < least {
						least = gap
					}
				}
				last = now
			}
			now = next
		}
		mean := sum / time.Duration(n)
		t.Logf("%s: every %v, %v to %v", tt.name, mean, least, most)
		third := tt.interval / 3
		if least < tt.interval-third || most > tt.interval+third+time.Microsecond || least > tt.interval-third*9/10 || most < tt.interval+third*9/10 {
			t.Errorf("%s: %v to %v, want %v ±1/3", tt.name, least, most, tt.interval)
		}
		if off := mean - tt.interval; off.Abs() > tt.interval/50 {
			t.Errorf("%s: on average every %v, want %v", tt.name, mean, tt.interval)
		}
	}
}

// TestIntervalFollows shortens the wait when announcements of others end.
func TestIntervalFollows(t *testing.T) {
	a := NewAnnouncer(AnnouncerConfig{Random: func() float64 { return 0.5 }})
	if _, err := a.Set([]Announcement{ours("1", describe("a", 1, 1, "x"))}); err != nil {
		t.Fatal(err)
	}
	a.Due(start, func(netip.Addr) int { return 5000 })
	if out, _ := a.Due(start.Add(400*time.Second), func(netip.Addr) int { return 5000 }); len(out) > 0 {
		t.Error("it announces too often for 5,000")
	}
	if out, _ := a.Due(start.Add(400*time.Second), alone); len(out) == 0 {
		t.Error("it waits as if 5,000 were still there")
	}
}

func TestGroupFor(t *testing.T) {
	scopes := []netip.Prefix{netip.MustParsePrefix("239.192.8.0/22"), netip.MustParsePrefix("239.192.0.0/16")}
	for group, want := range map[string]string{
		"224.2.200.1":      "224.2.127.254",
		"232.1.2.3":        "224.2.127.254",
		"239.255.42.42":    "239.255.255.255",
		"239.195.1.1":      "239.195.255.255",
		"239.193.1.1":      "239.195.255.255",
		"239.192.9.1":      "239.192.11.255",
		"239.192.1.1":      "239.192.255.255",
		"ff15::42":         "ff05::2:7ffe",
		"ff3e::8000:1":     "ff0e::2:7ffe",
		"ff02::1:1%eth0":   "ff02::2:7ffe",
		"::ffff:224.3.1.1": "224.2.127.254",
	} {
		if got := GroupFor(netip.MustParseAddr(group), scopes); got != netip.MustParseAddr(want) {
			t.Errorf("%s is announced in %v, want %s", group, got, want)
		}
	}
	all := Groups(scopes)
	if len(all) != 19 {
		t.Errorf("%d groups", len(all))
	}
	// What is announced here is heard elsewhere, whatever its scope (RFC 7346 2).
	for scope := byte(0x1); scope <= 0xe; scope++ {
		at := GroupFor(netip.AddrFrom16([16]byte{0: 0xff, 1: 0x10 | scope, 15: 42}), nil)
		if !slices.Contains(all, at) {
			t.Errorf("nobody listens in %v", at)
		}
	}
}
