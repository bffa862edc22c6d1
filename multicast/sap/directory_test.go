package sap

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"
)

var (
	start = time.Unix(1_700_000_000, 0)
	ann   = netip.MustParseAddr("192.0.2.1")
	bob   = netip.MustParseAddr("192.0.2.2")
)

func describe(owner string, id, version int, title string) string {
	return fmt.Sprintf("v=0\r\no=%s %d %d IN IP4 192.0.2.1\r\ns=%s\r\nc=IN IP4 239.255.1.9/4\r\nt=0 0\r\nm=audio 5006 RTP/AVP 0\r\n", owner, id, version, title)
}

func announcement(t *testing.T, hash uint16, origin netip.Addr, sdp string, deletion bool) []byte {
	t.Helper()
	raw, err := Packet{Deletion: deletion, Hash: hash, Origin: origin, Payload: []byte(sdp)}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func titles(d *Directory) string {
	var out []string
	for _, s := range d.Sessions() {
		out = append(out, s.Title)
	}
	return strings.Join(out, " ")
}

// TestDirectory feeds it step by step.
func TestDirectory(t *testing.T) {
	d := NewDirectory(DirectoryConfig{})
	for i, step := range []struct {
		after    time.Duration
		from     netip.Addr
		hash     uint16
		sdp      string
		deletion bool
		change   Change
		left     string
	}{
		{0, ann, 1, describe("ann", 1, 1, "A"), false, Added, "A"},
		{5 * time.Second, ann, 1, describe("ann", 1, 1, "A"), false, Unchanged, "A"},
		{0, bob, 2, describe("bob", 2, 1, "B"), false, Added, "A B"},
		// A later version takes the place, with another hash or, of a program
		// that does not change it, the same.
		{0, ann, 3, describe("ann", 1, 2, "A2"), false, Replaced, "A2 B"},
		{0, ann, 3, describe("ann", 1, 3, "A3"), false, Replaced, "A3 B"},
		// An earlier one does not come back.
		{0, ann, 1, describe("ann", 1, 1, "A"), false, Unchanged, "A3 B"},
		// Nobody else replaces or deletes it.
		{0, bob, 4, describe("ann", 1, 9, "Fake"), false, Added, "A3 B Fake"},
		{0, bob, 3, describe("ann", 1, 3, "A3"), true, Unchanged, "A3 B Fake"},
		{0, ann, 3, "o=ann 1 3 IN IP4 192.0.2.1\r\n", true, Removed, "B Fake"},
		{0, ann, 3, "", true, Unchanged, "B Fake"},
		// ffmpeg gives all its sessions one o= line.
		{0, ann, 5, describe("-", 0, 0, "F1"), false, Added, "B F1 Fake"},
		{0, ann, 6, describe("-", 0, 0, "F2"), false, Added, "B F1 F2 Fake"},
		// The first version of the protocol knew no hash.
		{0, ann, 0, describe("old", 1, 1, "O1"), false, Added, "B F1 F2 Fake O1"},
		{0, ann, 0, describe("old", 2, 1, "O2"), false, Added, "B F1 F2 Fake O1 O2"},
		{0, ann, 0, describe("old", 1, 1, "O1"), true, Removed, "B F1 F2 Fake O2"},
	} {
		origin := ann // whatever it says
		got := d.Receive(announcement(t, step.hash, origin, step.sdp, step.deletion), step.from, localGroup, "", start.Add(step.after))
		if got != step.change || titles(d) != step.left {
			t.Fatalf("step %d: change %d with %q, want %d with %q", i, got, titles(d), step.change, step.left)
		}
	}
	if s := d.Stats(); s.Sessions != 5 || s.Deleted != 2 || s.Stale != 1 {
		t.Errorf("%+v", s)
	}
	if !d.Taken(netip.MustParseAddr("239.255.1.9")) || d.Taken(netip.MustParseAddr("239.255.1.10")) {
		t.Error("the groups that are taken are not known")
	}
	if n := d.CountIn(localGroup); n != 5 {
		t.Errorf("%d sessions in %v", n, localGroup)
	}
}

// TestClaims: who announces all groups that there are does not take them.
func TestClaims(t *testing.T) {
	d := NewDirectory(DirectoryConfig{})
	d.Receive(announcement(t, 1, bob, describe("bob", 1, 1, "honest"), false), bob, localGroup, "", start)
	for i := range 17 {
		text := fmt.Sprintf("v=0\no=- %d 1 IN IP4 192.0.2.1\ns=all\n", i)
		for j := range maxMedia {
			first := 255 * (maxMedia*i + j)
			text += fmt.Sprintf("m=audio 5004 RTP/AVP 0\nc=IN IP4 239.255.%d.%d/1/255\n", first>>8&0xff, first&0xff)
		}
		d.Receive(announcement(t, uint16(i+1), ann, text, false), ann, localGroup, "", start)
	}
	taken := 0
	for i := range 1 << 16 {
		if d.Taken(netip.AddrFrom4([4]byte{239, 255, byte(i >> 8), byte(i)})) {
			taken++
		}
	}
	if taken == 0 || taken > maxClaims+1 {
		t.Errorf("%d of %d groups are taken", taken, 1<<16)
	}
	if !d.Taken(netip.MustParseAddr("239.255.1.9")) || d.Taken(netip.MustParseAddr("ff15::1")) {
		t.Error("what an honest host announces is free, or what nobody does is taken")
	}
	d = NewDirectory(DirectoryConfig{})
	d.Receive(announcement(t, 1, ann, strings.Replace(describe("a", 1, 1, "v6"), "IP4 239.255.1.9/4", "IP6 ff15::fffe/3", 1), false), ann, localGroup, "", start)
	for group, want := range map[string]bool{"ff15::fffd": false, "ff15::fffe": true, "ff15::1:0": true, "ff15::1:1": false, "239.255.1.9": false, "ff14::fffe": false} {
		if d.Taken(netip.MustParseAddr(group)) != want {
			t.Errorf("%s: taken %v", group, !want)
		}
	}
	d.Expire(start.Add(24 * time.Hour))
	if d.Taken(netip.MustParseAddr("ff15::fffe")) || len(d.claims) != 0 {
		t.Error("an ended session's groups are taken")
	}
}

// TestOwn tells ours from those of others, which alone share the bandwidth with
// ours.
func TestOwn(t *testing.T) {
	d := NewDirectory(DirectoryConfig{Own: func(sdp []byte) bool { return strings.Contains(string(sdp), "s=mine") }})
	d.Receive(announcement(t, 1, ann, describe("a", 1, 1, "mine"), false), ann, localGroup, "", start)
	d.Receive(announcement(t, 2, bob, describe("b", 1, 1, "theirs"), false), bob, localGroup, "", start)
	if s := d.Sessions(); len(s) != 2 || !s[0].Own || s[1].Own || d.CountIn(localGroup) != 1 {
		t.Errorf("%d of others in %+v", d.CountIn(localGroup), s)
	}
}

// TestTimeout holds sessions for an hour or ten intervals.
func TestTimeout(t *testing.T) {
	d := NewDirectory(DirectoryConfig{})
	once, often, rarely := announcement(t, 1, ann, describe("a", 1, 1, "once"), false),
		announcement(t, 2, ann, describe("a", 2, 1, "often"), false), announcement(t, 3, ann, describe("a", 3, 1, "rarely"), false)
	short := strings.Replace(describe("a", 4, 1, "short"), "t=0 0", fmt.Sprintf("t=0 %d", start.Add(20*time.Minute).Unix()+2208988800), 1)
	d.Receive(announcement(t, 4, ann, short, false), ann, localGroup, "", start)
	d.Receive(once, ann, localGroup, "", start)
	for i := range 5 {
		d.Receive(rarely, ann, localGroup, "", start.Add(time.Duration(i-4)*20*time.Minute))
		d.Receive(often, ann, localGroup, "", start.Add(time.Duration(i-4)*5*time.Second))
	}
	for _, step := range []struct {
		after time.Duration
		left  string
	}{
		{20*time.Minute - 1, "often once rarely short"},
		{20 * time.Minute, "often once rarely"},
		{time.Hour - 1, "often once rarely"},
		{time.Hour, "rarely"},
		{200*time.Minute - 1, "rarely"},
		{200 * time.Minute, ""},
	} {
		d.Expire(start.Add(step.after))
		if got := titles(d); got != step.left {
			t.Errorf("after %v: %q, want %q", step.after, got, step.left)
		}
	}
	if s := d.Stats(); s.Bytes != 0 || s.Expired != 4 {
		t.Errorf("%+v", s)
	}
}

// TestFlood lets one source, and then ever new ones, announce without end:
// what others have announced stays.
func TestFlood(t *testing.T) {
	const room = 100
	d := NewDirectory(DirectoryConfig{MaxSessions: room})
	honest := func(now time.Time) {
		for i := range 10 {
			from := netip.AddrFrom4([4]byte{192, 0, 2, byte(1 + i)})
			d.Receive(announcement(t, uint16(i+1), from, describe("honest", i, 1, fmt.Sprint("honest", i)), false), from, localGroup, "", now)
		}
	}
	kept := func(what string) {
		t.Helper()
		if n := strings.Count(titles(d), "honest"); n != 10 {
			t.Errorf("%s: %d of 10 are left", what, n)
		}
		if s := d.Stats(); s.Sessions > room || s.Bytes > room*(entryOverhead+1024) {
			t.Errorf("%s: %+v", what, s)
		}
	}
	now := start
	flooder := netip.MustParseAddr("192.0.2.66")
	flood := func(from func(i int) netip.Addr) {
		for i := range 5000 {
			now = now.Add(20 * time.Microsecond)
			d.Receive(announcement(t, uint16(i), from(i), describe("x", i, 1, "junk"), false), from(i), localGroup, "", now)
		}
	}
	flood(func(int) netip.Addr { return flooder })
	if s := d.Stats(); s.Sessions != room {
		t.Fatalf("the flood fills %d of %d", s.Sessions, room)
	}
	for range 10 { // who comes later finds room, too
		now = now.Add(time.Second)
		honest(now)
	}
	kept("one flooder")
	flood(func(int) netip.Addr { return flooder })
	kept("one flooder again")
	flood(func(i int) netip.Addr {
		return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
	})
	kept("invented sources")
	flood(func(i int) netip.Addr {
		b := [16]byte{0: 0x20, 1: 0x01}
		binary.BigEndian.PutUint32(b[12:], uint32(i))
		return netip.AddrFrom16(b)
	})
	kept("a network of IPv6")
	if testing.Short() {
		return
	}
	junk := make([]byte, 400)
	if n := testing.AllocsPerRun(100, func() { d.Receive(junk, flooder, localGroup, "", now) }); n > 4 {
		t.Errorf("a junk packet costs %g allocations", n)
	}
	// Nor does one that is compressed cost a window each time.
	packed := header(0x21, 0, deflate(describe("packed", 1, 1, "packed")))
	d.Receive(packed, bob, localGroup, "", now.Add(time.Second))
	if n := testing.AllocsPerRun(100, func() { d.Receive(packed, bob, localGroup, "", now.Add(time.Second)) }); n > 2 || !strings.Contains(titles(d), "packed") {
		t.Errorf("a compressed packet that was heard costs %g allocations", n)
	}
	broken := header(0x21, 0, deflate("v=0")[:4])
	if n := testing.AllocsPerRun(100, func() { d.Receive(broken, bob, localGroup, "", now) }); n > 8 {
		t.Errorf("a broken compressed packet costs %g allocations", n)
	}
}

// TestInventedSources has somebody invent a source for each packet: who has
// announced several sessions again keeps them all.
func TestInventedSources(t *testing.T) {
	d := NewDirectory(DirectoryConfig{MaxSessions: 100})
	now := start
	for range 2 {
		for i := range 12 {
			d.Receive(announcement(t, uint16(i+1), ann, describe("honest", i, 1, "honest"), false), ann, localGroup, "", now)
		}
		now = now.Add(5 * time.Second)
	}
	for i := range 5000 {
		now = now.Add(evictEvery)
		from := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
		d.Receive(announcement(t, uint16(i), from, describe("x", i, 1, "junk"), false), from, localGroup, "", now)
	}
	if n := strings.Count(titles(d), "honest"); n != 12 {
		t.Errorf("%d of 12 sessions of one host are left", n)
	}
	// One who has more than a share of the directory gives up, heard again or not.
	d = NewDirectory(DirectoryConfig{MaxSessions: 100})
	for range 2 {
		for i := range 100 {
			d.Receive(announcement(t, uint16(i+1), bob, describe("b", i, 1, "many"), false), bob, localGroup, "", now)
		}
		now = now.Add(5 * time.Second)
	}
	if d.Receive(announcement(t, 1, ann, describe("a", 1, 1, "one"), false), ann, localGroup, "", now) != Added {
		t.Error("there is no room for one beside one who fills all")
	}
}

// TestIDs: nobody who chooses hash, origin and o= line gets the ID of another's
// session, which a person joins by.
func TestIDs(t *testing.T) {
	seen := make(map[string]key)
	for _, k := range []key{
		{hash: 1, origin: ann, from: ann}, {hash: 1, origin: bob, from: ann}, {hash: 1, origin: ann, from: bob}, {hash: 2, origin: ann, from: ann},
		{origin: ann, from: netip.MustParseAddr("192.0.2.1"), identity: "0"}, {origin: ann, from: netip.MustParseAddr("192.0.2.10")},
	} {
		id := k.id()
		if other, there := seen[id]; there || len(id) != 16 {
			t.Errorf("%+v and %+v are both %s", k, other, id)
		}
		seen[id] = k
	}
}

// TestMemory fills a directory with descriptions that make the most of their
// length, and compares the memory that it takes with what it says.
func TestMemory(t *testing.T) {
	formats := "m=audio 1 RTP/AVP" + strings.Repeat(" 96", maxFormats) + "\n"
	for name, sdp := range map[string]string{
		"formats of names that are changed": strings.Repeat(formats+"a=rtpmap:96 "+strings.Repeat("\xff", 250)+"\n", maxMedia),
		"formats without text":              strings.Repeat(formats, maxMedia),
		"texts that are cut":                "s=" + strings.Repeat("\x01\xff", 3500) + "\n",
	} {
		sdp = "v=0\no=- %d 1 IN IP4 192.0.2.1\nc=IN IP4 239.1.1.1\n" + sdp
		d := NewDirectory(DirectoryConfig{MaxSessions: 10000, MaxBytes: 4 << 20})
		before := liveBytes()
		for i := 0; d.Stats().Full == 0; i++ {
			raw := announcement(t, uint16(i+1), ann, fmt.Sprintf(sdp, i), false)
			d.Receive(raw, netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), localGroup, "", start)
		}
		took, s := liveBytes()-before, d.Stats()
		t.Logf("%s: %d sessions take %d bytes, told %d", name, s.Sessions, took, s.Bytes)
		if took > 5*s.Bytes/4 || s.Sessions < 100 {
			t.Errorf("%s: %d sessions take %d bytes, and %d are counted", name, s.Sessions, took, s.Bytes)
		}
		runtime.KeepAlive(d)
	}
}

func liveBytes() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestBytes holds the bound of memory, and refuses what exceeds it alone.
func TestBytes(t *testing.T) {
	d := NewDirectory(DirectoryConfig{MaxBytes: 4 * (entryOverhead + 2*200)})
	for i := range 20 {
		d.Receive(announcement(t, uint16(i+1), ann, describe("a", i, 1, "one"), false), ann, localGroup, "", start.Add(time.Duration(i)*time.Second))
	}
	d.Receive(announcement(t, 99, bob, describe("b", 1, 1, strings.Repeat("long", 1000)), false), bob, localGroup, "", start.Add(time.Minute))
	if s := d.Stats(); s.Bytes > 4*(entryOverhead+400) || s.Sessions < 3 || s.Full == 0 {
		t.Errorf("%+v", s)
	}
}

func TestBudget(t *testing.T) {
	var b budget
	now, flooder := start, 0
	for range 50_000 {
		now = now.Add(20 * time.Microsecond)
		if b.take(ann, false, now) {
			flooder++
		}
	}
	if flooder < sourceBurst || flooder > sourceBurst+sourceRate+1 {
		t.Errorf("%d packets of a flood of one second are looked into", flooder)
	}
	if !b.take(bob, false, now) {
		t.Error("another source is refused")
	}
	// Sources that are invented leave room for those that are listed.
	for i := range 50_000 {
		now = now.Add(20 * time.Microsecond)
		b.take(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), false, now)
	}
	refused := 0
	for i := range 100 {
		if !b.take(netip.AddrFrom4([4]byte{192, 0, 2, byte(100 + i)}), true, now) {
			refused++
		}
	}
	if refused > 20 { // some share a slot with the flood
		t.Errorf("%d of 100 sources that are listed are refused", refused)
	}
}

func FuzzDirectory(f *testing.F) {
	f.Add(header(0x20, 0, sample), header(0x24, 0, "o=ann 100 7 IN IP4 192.0.2.1\r\n"))
	f.Add(header(0x00, 0, sample), header(0x04, 0, sample))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		d := NewDirectory(DirectoryConfig{MaxSessions: 1})
		for i, raw := range [][]byte{first, second, first} {
			d.Receive(raw, ann, localGroup, "", start.Add(time.Duration(i)*time.Minute))
			if s := d.Stats(); s.Sessions > 1 || len(d.Sessions()) != s.Sessions || (s.Sessions == 0) != (s.Bytes == 0) {
				t.Fatalf("%+v", s)
			}
		}
		d.Expire(start.Add(100 * 24 * time.Hour))
		if s := d.Stats(); s.Sessions != 0 || s.Bytes != 0 || len(d.speakers) != 0 {
			t.Fatalf("not empty in the end: %+v", s)
		}
	})
}
