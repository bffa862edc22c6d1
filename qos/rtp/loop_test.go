package rtp

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestOwnPacketsAreNoLoop(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 9})
	if n := b.run(ourselves, 0x0a, 9, 5); n != 0 {
		t.Fatal("heard ourselves")
	}
	b.rtcp(ourselves, named(0x0a, "us@here")...)
	if l := b.loops(); len(l) != 0 || b.m.snapshot().Loops != 0 {
		t.Fatalf("loops %v", l)
	}
}

func TestLoops(t *testing.T) {
	for what, feed := range map[string]func(b *bench) bool{
		"SSRC": func(b *bench) bool { return b.rtp(nat, Header{SSRC: 0x0a, SequenceNumber: 9}) },
		"CSRC": func(b *bench) bool {
			return b.rtp(nat, Header{SSRC: 7, SequenceNumber: 9, CSRC: []uint32{1, 0xbeef}})
		},
		"CNAME": func(b *bench) bool {
			b.run(nat, 7, 1, 4)
			b.rtcp(nat, named(7, "us@here")...)
			return b.run(nat, 7, 5, 4) > 0
		},
	} {
		t.Run(what, func(t *testing.T) {
			b := newBench(t, true, nil)
			b.sent(Header{SequenceNumber: 9, CSRC: []uint32{0xbeef}})
			if feed(b) {
				t.Fatal("a looped packet was delivered")
			}
			wantEqual(t, "loops", b.loops(), what)
			feed(b)
			wantEqual(t, "loops told again at once", b.loops())
			b.now = b.now.Add(loopReportEvery)
			feed(b)
			wantEqual(t, "loops after a while", b.loops(), what)
			if b.m.ssrc.Load() != 0x0a {
				t.Fatal("a loop made us change our SSRC")
			}
		})
	}
}

func TestCollisionTakesAnotherSSRC(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 9})
	b.rtp(nat, Header{SSRC: 0x0a, SequenceNumber: 30000})
	second := b.m.ssrc.Load()
	if second == 0x0a {
		t.Fatal("kept the SSRC")
	}
	var bye []uint32
	for _, a := range b.actions() {
		if a.kind == actReport {
			packets, err := rtcp.Unmarshal(a.packet)
			if err != nil {
				t.Fatal(err)
			}
			bye = packets[len(packets)-1].(*rtcp.Goodbye).Sources
		}
	}
	wantEqual(t, "BYE", bye, 0x0a)
	// The one who came first keeps it and is heard.
	if n := b.run(nat, 0x0a, 30001, 3); n != 2 {
		t.Fatalf("heard %d of who has the SSRC now", n)
	}
	// Who follows us is a loop (RFC 3550 8.2).
	b.rtp(nat, Header{SSRC: second, SequenceNumber: 30000})
	if b.m.ssrc.Load() != second {
		t.Fatal("changed again for the same address")
	}
	b.now = b.now.Add(conflictLife + time.Second)
	b.rtp(nat, Header{SSRC: second, SequenceNumber: 30000})
	if b.m.ssrc.Load() == second {
		t.Fatal("an old conflict is held against the address")
	}
}

// A sender whose numbers are near ours by chance is a collision, not a loop.
func TestCollisionOfNearNumbers(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 9000, Timestamp: 1_000_000})
	b.rtp(nat, Header{SSRC: 0x0a, SequenceNumber: 8990, Timestamp: 0x80000000})
	if b.m.ssrc.Load() == 0x0a {
		t.Fatal("kept the SSRC")
	}
}

// A member that never sends has our SSRC: its RTCP under another CNAME shows it
// (RFC 3550 8.2).
func TestCollisionWithAListener(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 9})
	b.rtcp(nat, named(0x0a, "us@here")...)
	if b.m.ssrc.Load() != 0x0a {
		t.Fatal("a loop made us change our SSRC")
	}
	wantEqual(t, "loops", b.loops(), "SSRC")
	b.rtcp(nat, named(0x0a, "them")...)
	if b.m.ssrc.Load() == 0x0a || b.m.snapshot().Collisions != 1 {
		t.Fatal("kept the SSRC")
	}
}

// A collision with a stream's SSRC ends that stream with BYE, and tells who chose
// it.
func TestCollisionWithAStream(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 9})
	b.sent(Header{SSRC: 0x0b, SequenceNumber: 9})
	b.rtp(nat, Header{SSRC: 0x0b, SequenceNumber: 30000})
	var told []uint32
	for _, a := range b.actions() {
		if a.kind == actCollision {
			told = append(told, a.ssrc)
		}
	}
	wantEqual(t, "collisions", told, 0x0b)
	if b.m.ssrc.Load() != 0x0a || b.m.isOurs(0x0b) {
		t.Fatal("the stream is still ours, or the session changed")
	}
}

// What others hear goes on under the new SSRC without a packet too late: of the
// new one, the first is lost to the check for two in sequence (RFC 3550 A.1).
func TestCollisionLeavesNoGap(t *testing.T) {
	us, them := newBench(t, true, nil), newBench(t, true, nil)
	them.m.ssrc.Store(0x77)
	them.m.sdes.CNAME = "them"
	var last time.Time
	var longest time.Duration
	for i := range 100 {
		at := epoch.Add(time.Duration(i) * 20 * time.Millisecond)
		us.now, them.now = at, at
		if i == 50 {
			us.rtp(nat, Header{SSRC: 0x0a, SequenceNumber: 30000})
			for _, a := range us.actions() {
				if a.kind == actReport {
					them.m.receiveRTCP(at, signalled, a.packet)
				}
			}
		}
		h := Header{SSRC: us.m.ssrc.Load(), SequenceNumber: uint16(1000 + i), Timestamp: uint32(160 * i)}
		us.sent(h)
		if them.rtp(signalled, h) {
			if !last.IsZero() {
				longest = max(longest, at.Sub(last))
			}
			last = at
		}
	}
	if longest > 40*time.Millisecond {
		t.Errorf("a gap of %v", longest)
	}
	wantEqual(t, "changes", them.changes(), SourceNew, SourceDescribed, SourceBye, SourceNew)
}

// TestNoNameIsNoCollision: only another name tells that somebody else has our SSRC.
func TestNoNameIsNoCollision(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 1})
	before := b.m.ssrc.Load()
	b.rtcp(stranger, named(before, "")...)
	if b.m.ssrc.Load() != before || b.m.stats.Collisions != 0 || b.m.stats.Loops != 1 {
		t.Errorf("SSRC %x is %x now: %+v", before, b.m.ssrc.Load(), b.m.stats)
	}
	b.rtcp(stranger, named(before, "them")...)
	if b.m.ssrc.Load() == before || b.m.stats.Collisions != 1 {
		t.Errorf("after another name: %+v", b.m.stats)
	}
}
