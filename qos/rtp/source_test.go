package rtp

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestSequenceRestart(t *testing.T) {
	b := newBench(t, false, nil)
	b.run(signalled, 7, 100, 5)
	if n := b.run(signalled, 7, 40000, 3); n != 2 {
		t.Fatalf("after a restart delivered %d", n)
	}
	if st := b.m.snapshot().Sources[7]; st.Packets != 7 || st.Lost != 0 {
		t.Fatalf("stats %+v", st)
	}
}

func TestReceptionStatistics(t *testing.T) {
	b := newBench(t, false, nil)
	for _, seq := range []uint16{65530, 65531, 65533, 65532, 65533, 0, 1} { // 2 lost after the wrap, 1 twice
		if !b.rtp(signalled, Header{SSRC: 7, SequenceNumber: seq, Timestamp: 160 * uint32(seq)}) {
			t.Fatalf("%d not delivered", seq)
		}
	}
	st := b.m.snapshot().Sources[7]
	if st.Packets != 7 || st.Lost != 1 || st.Octets != 28 {
		t.Fatalf("stats %+v", st)
	}
	if ext := b.m.sources[7].seq.extended(); ext != 1<<16+1 {
		t.Fatalf("extended %x", ext)
	}
}

// What was lost of a source stays in the sum when it has left and is forgotten.
func TestLossOutlastsSources(t *testing.T) {
	b := newBench(t, false, nil)
	b.run(signalled, 7, 100, 5)
	b.run(signalled, 7, 108, 5)
	for _, step := range []func(){
		func() {},
		func() { b.rtcp(signalled, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.Goodbye{Sources: []uint32{7}}) },
		func() { b.now = b.now.Add(2 * byeLinger); b.run(signalled, 7, 200, 2) }, // back as somebody new
	} {
		step()
		if st := b.m.snapshot(); st.Lost != 3 {
			t.Errorf("lost %d, want 3", st.Lost)
		}
	}
}

func TestJitter(t *testing.T) {
	// Every second packet is 8 ms late: |D| is 8 ms, and so is the limit of
	// the estimate.
	b := newBench(t, false, nil)
	start := b.now
	for i := range 400 {
		b.now = start.Add(time.Duration(i)*20*time.Millisecond + time.Duration(i%2)*8*time.Millisecond)
		b.rtp(signalled, Header{SSRC: 7, SequenceNumber: uint16(i), Timestamp: 0xffffff00 + 160*uint32(i)})
	}
	if j := b.m.snapshot().Sources[7].Jitter; j < 7900*time.Microsecond || j > 8100*time.Microsecond {
		t.Fatalf("jitter %v", j)
	}
}

func TestUnknownPayloadIsNoLoss(t *testing.T) {
	b := newBench(t, false, nil)
	b.run(signalled, 7, 1, 2)
	if b.rtp(signalled, Header{PayloadType: 13, SSRC: 7, SequenceNumber: 3}) {
		t.Fatal("delivered")
	}
	b.run(signalled, 7, 4, 1)
	st := b.m.snapshot()
	if st.UnknownPayload != 1 || st.Sources[7].Lost != 0 {
		t.Fatalf("stats %+v", st)
	}
}

// TestUnknownPayloadIsTold: who in a group sends nothing else is told of, now and
// then; who is heard but for comfort noise is not.
func TestUnknownPayloadIsTold(t *testing.T) {
	b := newBench(t, true, nil)
	told := func(from netip.AddrPort, ssrc uint32, first uint16) (n int) {
		b.m.actions = b.m.actions[:0]
		for i := range uint16(3 * noticeLeast) {
			if b.rtp(from, Header{PayloadType: 13, SSRC: ssrc, SequenceNumber: first + i}) {
				t.Fatal("delivered")
			}
		}
		for _, a := range b.m.actions {
			if a.kind == actUnknownPayload {
				wantEqual(t, "told", []any{a.addr, a.ssrc, a.payloadType}, []any{from, ssrc, uint8(13)}...)
				n++
			}
		}
		return n
	}
	b.run(nat, 7, 1, 4)
	wantEqual(t, "of who is heard", []int{told(nat, 7, 5)}, 0)
	wantEqual(t, "of who is not", []int{told(stranger, 8, 1)}, 1)
	wantEqual(t, "at once again", []int{told(stranger, 8, 50)}, 0)
	b.now = b.now.Add(noticeEvery + time.Second)
	wantEqual(t, "later", []int{told(stranger, 8, 100)}, 1)
	if b.m.sources[8] != nil {
		t.Error("it is a source")
	}
	single := newBench(t, false, nil)
	single.run(signalled, 7, 1, 2)
	single.m.actions = single.m.actions[:0]
	for i := range uint16(2 * noticeLeast) {
		single.rtp(signalled, Header{PayloadType: 13, SSRC: 9, SequenceNumber: i})
	}
	for _, a := range single.m.actions {
		if a.kind == actUnknownPayload {
			t.Error("the peer of a call is told of")
		}
	}
}

func TestGroupProbation(t *testing.T) {
	b := newBench(t, true, nil)
	for i := range uint32(10000) { // random SSRCs cost no Source
		if b.rtp(stranger, Header{SSRC: 1000 + i, SequenceNumber: 5}) {
			t.Fatal("delivered without proof")
		}
	}
	if len(b.m.sources) != 0 {
		t.Fatalf("%d sources", len(b.m.sources))
	}
	if n := b.run(nat, 7, 1, 4); n != 3 {
		t.Fatalf("delivered %d", n)
	}
	wantEqual(t, "changes", b.changes(), SourceNew)
}

func TestGroupSourceKeepsItsAddress(t *testing.T) {
	b := newBench(t, true, nil)
	b.run(nat, 7, 1, 4)
	if n := b.run(stranger, 7, 5, 50); n != 0 {
		t.Fatalf("%d packets of another with the same SSRC", n)
	}
	b.rtcp(stranger, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.Goodbye{Sources: []uint32{7}})
	wantEqual(t, "changes", b.changes(), SourceNew)
	b.now = b.now.Add(addressHold)
	if n := b.run(stranger, 7, 90, 5); n == 0 {
		t.Fatal("a restarted sender is never heard again")
	}
}

// One host that sends under ever new SSRCs, and goes on under all of them, keeps
// nobody else out; nor do single packets of random SSRCs keep others from
// proving themselves.
func TestFloodOfSenders(t *testing.T) {
	b := newBench(t, true, nil)
	for round := range uint16(4) {
		for i := range uint32(2 * maxMembersGroup) {
			b.rtp(stranger, Header{SSRC: 1000 + i, SequenceNumber: 2 * round})
			b.rtp(stranger, Header{SSRC: 1000 + i, SequenceNumber: 2*round + 1})
		}
		b.now = b.now.Add(20 * time.Millisecond)
	}
	if len(b.m.sources) != maxMembersGroup {
		t.Fatalf("%d senders", len(b.m.sources))
	}
	random := uint32(1 << 20)
	for seq := range uint16(3) {
		for host := range 20 {
			heard := b.rtp(hostOf(host), Header{SSRC: 100 + uint32(host), SequenceNumber: seq})
			if heard != (seq > 0) {
				t.Fatalf("packet %d of honest sender %d: heard %v", seq, host, heard)
			}
		}
		for range 1000 {
			random++
			b.rtp(stranger, Header{SSRC: random, SequenceNumber: 9})
		}
		b.now = b.now.Add(20 * time.Millisecond)
	}
	// Where each host has one, nobody gives up its place.
	b = newBench(t, true, nil)
	for i := range maxMembersGroup {
		b.run(hostOf(i), 1000+uint32(i), 1, 2)
		b.now = b.now.Add(-40 * time.Millisecond)
	}
	if n := b.run(nat, 7, 1, 4); n != 0 || len(b.m.sources) != maxMembersGroup {
		t.Errorf("%d packets heard of one too many, of %d senders", n, len(b.m.sources))
	}
}
