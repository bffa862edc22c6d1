package sap

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// TestKnown: who has sessions in the directory is known by its host or, of IPv6, by
// its network, in which one has as many addresses as one likes; on a link everybody
// is in the same.
func TestKnown(t *testing.T) {
	d := NewDirectory(DirectoryConfig{})
	for i, from := range []string{"192.0.2.1", "2001:db8::1", "fe80::1%eth0"} {
		at := netip.MustParseAddr(from)
		if d.knows(at) {
			t.Errorf("%s is known", at)
		}
		d.Receive(announcement(t, uint16(i+1), ann, describe("a", i, 1, "x"), false), at, localGroup, "", start)
	}
	for from, want := range map[string]bool{
		"192.0.2.1": true, "192.0.2.2": false,
		"2001:db8::1": true, "2001:db8::2": true, "2001:db8:0:1::1": false,
		"fe80::1%eth0": true, "fe80::1%eth1": true, "fe80::2%eth0": false,
	} {
		if d.knows(netip.MustParseAddr(from)) != want {
			t.Errorf("%s is known: want %v", from, want)
		}
	}
	d.Receive(announcement(t, 1, ann, describe("a", 0, 1, "x"), true), ann, localGroup, "", start)
	if d.knows(ann) {
		t.Error("who has taken back everything is known")
	}
}

// TestRoom: in a full directory, one who announces as many sessions as another, or
// one less, takes no place of the other.
func TestRoom(t *testing.T) {
	announce := func(d *Directory, from netip.Addr, i int, now time.Time) Change {
		return d.Receive(announcement(t, uint16(i+1), from, describe("x", i, 1, from.String()), false), from, localGroup, "", now)
	}
	for _, tt := range []struct {
		anns, bobs int
		change     Change
	}{
		{5, 5, Unchanged}, {6, 4, Unchanged},
		{4, 6, Added}, // of whom has two more, the oldest goes
	} {
		d := NewDirectory(DirectoryConfig{MaxSessions: 10})
		now := start
		for i := range tt.bobs {
			announce(d, bob, i, now)
		}
		now = now.Add(time.Second)
		for i := range tt.anns {
			announce(d, ann, i, now)
		}
		now = now.Add(time.Second)
		if got := announce(d, ann, tt.anns, now); got != tt.change {
			t.Errorf("%d beside %d: change %d, want %d", tt.anns, tt.bobs, got, tt.change)
		}
		bobs := tt.bobs
		s := d.Stats()
		if tt.change == Added {
			bobs--
			if s.Evicted != 1 || s.Full != 0 {
				t.Errorf("%+v", s)
			}
		} else if s.Evicted != 0 || s.Full != 1 {
			t.Errorf("%+v", s)
		}
		if n := strings.Count(titles(d), bob.String()); n != bobs {
			t.Errorf("%d beside %d: %d are left of the other's", tt.anns, tt.bobs, n)
		}
	}
}

// TestOutgrown: a session whose later version finds no room is gone, and not kept as
// it was.
func TestOutgrown(t *testing.T) {
	d := NewDirectory(DirectoryConfig{MaxBytes: entryOverhead + 1024})
	d.Receive(announcement(t, 1, ann, describe("a", 1, 1, "small"), false), ann, localGroup, "", start)
	large := describe("a", 1, 2, strings.Repeat("large ", 200))
	if got := d.Receive(announcement(t, 2, ann, large, false), ann, localGroup, "", start); got != Removed || titles(d) != "" {
		t.Errorf("change %d, and %q is listed", got, titles(d))
	}
}

// TestHeardAgain: an announcement that is repeated is the same session, of the first
// version of the protocol too, and its interval is the time between.
func TestHeardAgain(t *testing.T) {
	for _, hash := range []uint16{0, 7} {
		d := NewDirectory(DirectoryConfig{})
		raw := announcement(t, hash, ann, describe("a", 1, 1, "x"), false)
		d.Receive(raw, ann, localGroup, "", start)
		now := start.Add(20 * time.Second)
		if got := d.Receive(raw, ann, localGroup, "", now); got != Unchanged {
			t.Errorf("hash %d: change %d", hash, got)
		}
		// By another interface at once.
		d.Receive(raw, ann, localGroup, "", now.Add(time.Millisecond))
		s := d.Sessions()[0]
		if s.First != start || s.Last != now.Add(time.Millisecond) || s.Interval != 20*time.Second {
			t.Errorf("hash %d: first %v, last %v, every %v", hash, s.First, s.Last, s.Interval)
		}
	}
}

func TestCounts(t *testing.T) {
	d := NewDirectory(DirectoryConfig{})
	for _, raw := range [][]byte{
		header(0x20, 0, sample), header(0x20, 0, "v=0\r\n"), header(0x24, 0)[:7], header(0x20, 200),
		header(0x22, 0, "secret"), header(0x40, 0, sample),
	} {
		d.Receive(raw, ann, localGroup, "", start)
	}
	// A deletion without a hash needs the o= line that it is of.
	d.Receive(announcement(t, 0, ann, "v=0\r\n", true), ann, localGroup, "", start)
	want := Stats{Sessions: 1, Packets: 7, Malformed: 4, Encrypted: 1, Unsupported: 1}
	got := d.Stats()
	if want.Bytes = got.Bytes; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestBudgetIsSpreadAnew: sources that share a slot by chance do not for long.
func TestBudgetIsSpreadAnew(t *testing.T) {
	var b budget
	b.take(ann, false, start)
	seeded := b.seeded
	b.take(ann, false, start.Add(reseedEvery))
	if !b.seeded.Equal(seeded) {
		t.Error("slots are emptied before their time")
	}
	b.take(ann, false, start.Add(reseedEvery+time.Second))
	if b.seeded.Equal(seeded) {
		t.Error("those who share a slot share it for ever")
	}
}
