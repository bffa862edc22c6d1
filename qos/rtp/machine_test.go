package rtp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"parley/codecs"
)

// bench is a machine on hand-fed time.
type bench struct {
	t   testing.TB
	m   *machine
	now time.Time
}

func newBench(t testing.TB, group bool, change func(*Config)) *bench {
	cfg := Config{SSRC: 0x0a, SDES: SDES{CNAME: "us@here", Name: "Us"}, ClockRates: map[uint8]int{0: 8000, 96: 90000}, Learn: true}
	if change != nil {
		change(&cfg)
	}
	seed := uint32(1)
	b := &bench{t: t, now: epoch}
	b.m = newMachine(&cfg, group, epoch, func() uint32 {
		seed = seed*1664525 + 1013904223
		return seed
	})
	if group {
		b.m.isOwn = func(a netip.AddrPort) bool { return a == ourselves }
	} else {
		b.m.setRemote(epoch, signalled, netip.AddrPort{})
	}
	return b
}

var ourselves = netip.MustParseAddrPort("192.0.2.200:50000")

// rtp feeds a packet and reports whether it was delivered.
func (b *bench) rtp(from netip.AddrPort, h Header) bool {
	b.t.Helper()
	var buf [codecs.MaxPacket]byte
	n, err := h.marshal(buf[:], h.SSRC, [][]byte{{1, 2, 3, 4}})
	if err != nil {
		b.t.Fatal(err)
	}
	var p codecs.Packet
	return b.m.receiveRTP(b.now, from, buf[:n], &p) != nil
}

// run feeds n consecutive packets, 20 ms apart, and returns how many were
// delivered.
func (b *bench) run(from netip.AddrPort, ssrc uint32, seq uint16, n int) (delivered int) {
	b.t.Helper()
	for range n {
		if b.rtp(from, Header{SSRC: ssrc, SequenceNumber: seq, Timestamp: 160 * uint32(seq)}) {
			delivered++
		}
		seq++
		b.now = b.now.Add(20 * time.Millisecond)
	}
	return delivered
}

func (b *bench) rtcp(from netip.AddrPort, packets ...rtcp.Packet) {
	b.t.Helper()
	raw, err := rtcp.Marshal(packets)
	if err != nil {
		b.t.Fatal(err)
	}
	b.m.receiveRTCP(b.now, from, raw)
}

// sent notes a packet of ours, as Send does.
func (b *bench) sent(h Header) {
	ssrc := h.SSRC
	if ssrc == 0 {
		ssrc = b.m.ssrc.Load()
	}
	b.m.own.note(b.now, &h, ssrc, 160, 8000)
}

// actions takes what the machine asked for.
func (b *bench) actions() []action {
	a := slices.Clone(b.m.actions)
	b.m.actions = b.m.actions[:0]
	return a
}

func (b *bench) changes() (out []SourceChange) {
	for _, a := range b.actions() {
		if a.kind == actSource {
			out = append(out, a.change)
		}
	}
	return out
}

func (b *bench) loops() (out []string) {
	for _, a := range b.actions() {
		if a.kind == actLoop {
			out = append(out, a.what)
		}
	}
	return out
}

func named(ssrc uint32, cname string) []rtcp.Packet {
	return []rtcp.Packet{
		&rtcp.ReceiverReport{SSRC: ssrc},
		rtcp.NewCNAMESourceDescription(ssrc, cname),
	}
}

func wantEqual[T comparable](t *testing.T, what string, got []T, want ...T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

func TestStormChangesNothing(t *testing.T) {
	b := newBench(t, false, nil)
	if n := b.run(signalled, 7, 100, 5); n != 5 {
		t.Fatalf("delivered %d of the peer", n)
	}
	b.actions()
	before := b.m.snapshot()
	for i := range 10000 {
		from := netip.AddrPortFrom(stranger.Addr(), uint16(1024+i%100))
		if b.rtp(from, Header{SSRC: 7, SequenceNumber: uint16(105 + i)}) {
			t.Fatal("a stranger's packet was delivered")
		}
		b.rtcp(from, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.Goodbye{Sources: []uint32{7}})
	}
	after := b.m.snapshot()
	if got := after.Foreign - before.Foreign; got != 20000 {
		t.Fatalf("%d counted as foreign", got)
	}
	if before.Sources[7] != after.Sources[7] {
		t.Fatalf("the peer's source changed: %+v to %+v", before.Sources[7], after.Sources[7])
	}
	if a := b.actions(); len(a) != 0 {
		t.Fatalf("actions %+v", a)
	}
	if n := b.run(signalled, 7, 105, 5); n != 5 {
		t.Fatalf("delivered %d of the peer after the storm", n)
	}
}

// A stranger who was learned first loses RTCP too when the peer comes.
func TestPeerOverrulesStranger(t *testing.T) {
	b := newBench(t, false, nil)
	b.run(stranger, 7, 1, LearnPackets)
	b.rtcp(netip.AddrPortFrom(stranger.Addr(), 9999), &rtcp.ReceiverReport{SSRC: 7})
	if d := b.m.dest.Load(); d.rtp.addr != stranger || d.rtcp.addr.Addr() != stranger.Addr() {
		t.Fatalf("not learned: %+v", d)
	}
	b.run(signalled, 8, 1, 1)
	if d := b.m.dest.Load(); d.rtp.addr != signalled || d.rtcp.addr != netip.AddrPortFrom(signalled.Addr(), 4001) {
		t.Fatalf("destination %+v", d)
	}
}

func TestPeerChangesSSRC(t *testing.T) {
	b := newBench(t, false, nil)
	for ssrc := uint32(100); ssrc < 100+maxMembersUnicast; ssrc++ {
		if n := b.run(signalled, ssrc, 5, 3); n != 3 {
			t.Fatalf("SSRC %d: delivered %d", ssrc, n)
		}
	}
	// The table is full: the next has to prove itself, and the oldest goes.
	if n := b.run(signalled, 200, 5, 3); n != 2 {
		t.Fatalf("delivered %d", n)
	}
	if len(b.m.sources) != maxMembersUnicast || b.m.sources[100] != nil {
		t.Fatalf("table of %d", len(b.m.sources))
	}
}

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

func TestMembersTimeOut(t *testing.T) {
	b := newBench(t, true, nil)
	b.run(nat, 7, 1, 4)
	b.rtcp(stranger, named(8, "listener")...) // never sends RTP: never told
	b.actions()
	for until := b.now.Add(time.Minute); b.now.Before(until); {
		b.now = b.m.expire(b.now)
	}
	wantEqual(t, "changes", b.changes(), SourceTimeout)
	if len(b.m.sources) != 0 {
		t.Fatalf("%d members left", len(b.m.sources))
	}
}

func TestByeAndStragglers(t *testing.T) {
	b := newBench(t, true, nil)
	b.run(nat, 7, 1, 4)
	b.rtcp(nat, append(named(7, "them"), &rtcp.Goodbye{Sources: []uint32{7}})...)
	if n := b.run(nat, 7, 5, 4); n != 0 {
		t.Fatalf("%d stragglers delivered", n)
	}
	wantEqual(t, "changes", b.changes(), SourceNew, SourceDescribed, SourceBye)
	b.now = b.now.Add(byeLinger)
	if n := b.run(nat, 7, 900, 4); n != 3 {
		t.Fatalf("back again: %d", n)
	}
	wantEqual(t, "changes", b.changes(), SourceNew)
	// Who does not come back is forgotten.
	b.rtcp(nat, append(named(7, "them"), &rtcp.Goodbye{Sources: []uint32{7}})...)
	for left := b.now; b.now.Sub(left) < 15*time.Second; {
		b.now = b.m.expire(b.now)
	}
	if len(b.m.sources) != 0 {
		t.Fatalf("%d members are kept after BYE", len(b.m.sources))
	}
}

// The only peer of a call may say BYE at hold and go on as it was.
func TestByeOfAPeerThatGoesOn(t *testing.T) {
	b := newBench(t, false, nil)
	b.run(signalled, 7, 1, 4)
	b.rtcp(signalled, append(named(7, "them"), &rtcp.Goodbye{Sources: []uint32{7}})...)
	if n := b.run(signalled, 7, 5, 4); n != 0 {
		t.Fatalf("%d stragglers delivered", n)
	}
	b.actions()
	b.now = b.now.Add(byeLingerUnicast)
	if n := b.run(signalled, 7, 20, 4); n != 4 {
		t.Fatalf("back again: %d", n)
	}
	wantEqual(t, "changes", b.changes(), SourceNew)
}

// A stranger that spoke for an SSRC before its RTP came has no say after.
func TestGroupNameComesFromTheSender(t *testing.T) {
	b := newBench(t, true, nil)
	b.rtcp(stranger, named(7, "false")...)
	b.run(nat, 7, 1, 4)
	src := b.m.sources[7]
	if src.SDES().CNAME != "" {
		t.Fatalf("SDES %+v", src.SDES())
	}
	b.rtcp(stranger, named(7, "false")...)
	b.rtcp(nat, named(7, "true")...)
	if src.SDES().CNAME != "true" {
		t.Fatalf("SDES %+v", src.SDES())
	}
}

func TestMemberTableIsBounded(t *testing.T) {
	b := newBench(t, true, nil)
	for i := range uint32(5000) {
		b.rtcp(stranger, named(1000+i, "x")...)
	}
	if len(b.m.sources) != maxDescribedHost || b.m.crowd.present() != maxMembersHost {
		t.Fatalf("%d members with a name, %d without", len(b.m.sources), b.m.crowd.present())
	}
	for i := range uint32(5000) {
		b.rtcp(stranger, &rtcp.SenderReport{SSRC: 500_000 + i}, &rtcp.SourceDescription{})
	}
	if len(b.m.sources) != maxDescribedHost {
		t.Fatalf("%d members with a name, by sender reports", len(b.m.sources))
	}
	for i := range 5000 { // 10 hosts
		b.rtcp(hostOf(i%10), &rtcp.SenderReport{SSRC: 1_000_000 + uint32(i)}, &rtcp.SourceDescription{})
	}
	if len(b.m.sources) != maxMembersGroup {
		t.Fatalf("%d members with a name", len(b.m.sources))
	}
	if n := b.run(nat, 7, 1, 4); n != 3 {
		t.Fatalf("a sender found no room: %d", n)
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

// A member that changes its name with every packet does not change the roster as
// often, and its latest name is told in the end.
func TestFloodOfNames(t *testing.T) {
	b := newBench(t, true, nil)
	b.run(nat, 7, 1, 4)
	b.actions()
	told := 0
	for i := range 5000 {
		b.rtcp(nat, named(7, fmt.Sprint("name ", i))...)
		b.now = b.now.Add(time.Millisecond)
		told += len(b.changes())
	}
	if told < 5 || told > 6 {
		t.Errorf("%d changes told in 5 s", told)
	}
	b.now = b.now.Add(time.Second)
	b.rtcp(nat, named(7, "name 4999")...)
	wantEqual(t, "changes", b.changes(), SourceDescribed)
	b.now = b.now.Add(time.Second)
	b.rtcp(nat, named(7, "name 4999")...)
	wantEqual(t, "changes", b.changes())
}

// Who sends but now and then is not spoken for by another host in its silence:
// neither BYE, nor a name, nor a CNAME of ours that would have it taken for a
// loop.
func TestSilentMembersAreNotSpokenFor(t *testing.T) {
	b := newBench(t, true, nil)
	b.run(nat, 7, 1, 4)
	b.rtcp(nat, named(7, "true")...)
	b.rtcp(signalled, named(8, "listener")...)
	b.now = b.now.Add(4 * addressHold)
	b.rtcp(stranger, named(7, "us@here")...)
	b.rtcp(stranger, named(8, "false")...)
	b.rtcp(stranger, append(named(7, "false"), &rtcp.Goodbye{Sources: []uint32{7, 8}})...)
	if n := b.run(nat, 7, 5, 4); n != 4 {
		t.Errorf("heard %d of 4 packets after the silence", n)
	}
	for ssrc, want := range map[uint32]string{7: "true", 8: "listener"} {
		if s := b.m.sources[ssrc]; s.SDES().CNAME != want || !s.left.IsZero() {
			t.Errorf("%d is %+v, left %v", ssrc, s.SDES(), !s.left.IsZero())
		}
	}
}

// Who ceases to send is a receiver after two of its own intervals, and reports
// as rarely as one (RFC 3550 6.3.5, 6.4).
func TestSenderBecomesReceiver(t *testing.T) {
	b := newBench(t, true, nil)
	for i := range 1000 {
		b.rtcp(hostOf(i), named(uint32(1000+i), strings.Repeat("c", 53))...)
	}
	b.sent(Header{SequenceNumber: 9})
	for range 5 {
		b.sent(Header{SequenceNumber: 9})
		if _, ok := b.compound()[0].(*rtcp.SenderReport); !ok {
			t.Fatal("no sender report of a sender")
		}
	}
	stopped := b.now
	for {
		if _, ok := b.compound()[0].(*rtcp.ReceiverReport); ok {
			break
		}
		if silent := b.m.schedule.last.Sub(stopped); silent > 20*time.Second {
			t.Fatalf("a sender report %v after the last packet", silent)
		}
	}
	if td := b.m.snapshot().Members.Interval; td < time.Minute {
		t.Errorf("a receiver of 1,000 reports every %v", td)
	}
	// When it sends again, it does not wait for the receiver's interval.
	b.now = b.m.schedule.last.Add(30 * time.Second)
	begun := b.now
	if h := (Header{SequenceNumber: 9}); !b.m.own.note(b.now, &h, 0x0a, 160, 8000) || b.m.own.note(b.now, &h, 0x0a, 160, 8000) {
		t.Error("what makes a sender of us is not the first packet alone")
	}
	b.now = b.m.expire(b.now) // as Send has it do
	_, ok := b.compound()[0].(*rtcp.SenderReport)
	if late := b.m.schedule.last.Sub(begun); !ok || late > 10*time.Second {
		t.Errorf("sender report %v, %v after it sends again", ok, late)
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

// compound expects the one report among the actions.
func (b *bench) compound() []rtcp.Packet {
	b.t.Helper()
	for range 100 {
		b.now = b.m.expire(b.now)
		for _, a := range b.actions() {
			if a.kind == actReport {
				packets, err := rtcp.Unmarshal(a.packet)
				if err != nil {
					b.t.Fatal(err)
				}
				return packets
			}
		}
	}
	b.t.Fatal("no report")
	return nil
}

func TestSenderReport(t *testing.T) {
	b := newBench(t, false, nil)
	b.run(signalled, 7, 1, 4)
	b.rtp(signalled, Header{SSRC: 7, SequenceNumber: 6, Timestamp: 960}) // 5 is lost
	b.rtcp(netip.AddrPortFrom(signalled.Addr(), 4001), &rtcp.SenderReport{SSRC: 7, NTPTime: 0x1111_2222_3333_4444})
	heard := b.now
	b.sent(Header{SequenceNumber: 1, Timestamp: 1000})
	stamped := b.now
	b.sent(Header{SSRC: 0x0b, SequenceNumber: 1, Timestamp: 5000}) // a stream of somebody else's
	packets := b.compound()
	at := b.m.schedule.last
	sr, ok := packets[0].(*rtcp.SenderReport)
	if !ok || sr.SSRC != 0x0a || sr.PacketCount != 1 || sr.OctetCount != 160 {
		t.Fatalf("first packet %+v", packets[0])
	}
	if want := 1000 + uint32(at.Sub(stamped).Seconds()*8000); sr.RTPTime-want+1 > 2 {
		t.Fatalf("RTP time %d, want %d", sr.RTPTime, want)
	}
	if sr.NTPTime != b.m.ntp(at) || sr.NTPTime>>32 != uint64(at.Unix()+2208988800) {
		t.Fatalf("NTP time %x", sr.NTPTime)
	}
	block := sr.Reports[0]
	if block.SSRC != 7 || block.TotalLost != 1 || block.FractionLost != 256/6 || block.LastSequenceNumber != 6 || block.LastSenderReport != 0x22223333 {
		t.Fatalf("block %+v", block)
	}
	if delay := time.Duration(block.Delay) * time.Second >> 16; (at.Sub(heard) - delay).Abs() > time.Millisecond {
		t.Fatalf("delay %v, want %v", delay, at.Sub(heard))
	}
	if other, ok := packets[1].(*rtcp.SenderReport); !ok || other.SSRC != 0x0b || len(other.Reports) != 0 {
		t.Fatalf("second packet %+v", packets[1])
	}
	sdes := packets[2].(*rtcp.SourceDescription)
	if len(sdes.Chunks) != 2 || sdes.Chunks[0].Items[0].Text != "us@here" || sdes.Chunks[1].Source != 0x0b {
		t.Fatalf("SDES %+v", sdes)
	}
}

// More sources than one report holds have their turn in the next.
func TestReportsRotate(t *testing.T) {
	b := newBench(t, true, func(c *Config) {
		c.SDES = SDES{CNAME: strings.Repeat("ü", 200), Name: strings.Repeat("n", 300), Tool: strings.Repeat("t", 300)}
	})
	const sources = maxReports + 9
	reported, streams := map[uint32]bool{}, map[uint32]bool{}
	for seq := range uint16(8) {
		for ssrc := range uint32(sources) {
			b.rtp(nat, Header{SSRC: 100 + ssrc, SequenceNumber: seq})
		}
		if seq < 4 { // proven by now
			b.now = b.now.Add(20 * time.Millisecond)
			continue
		}
		for i := range uint32(10) {
			b.sent(Header{SSRC: 50 + i})
		}
		for i := range uint32(maxReferences) { // which we have to answer
			b.m.references.hear(b.now, i, i, 1)
		}
		packets := b.compound()
		if raw, err := rtcp.Marshal(packets); err != nil || len(raw) > maxCompound {
			t.Fatalf("%d octets: %v", len(raw), err)
		}
		for _, block := range packets[0].(*rtcp.ReceiverReport).Reports {
			reported[block.SSRC] = true
		}
		for _, p := range packets[1:] {
			if sr, ok := p.(*rtcp.SenderReport); ok {
				streams[sr.SSRC] = true
			}
		}
	}
	if len(reported) != sources || len(streams) != 10 {
		t.Fatalf("%d sources and %d streams reported", len(reported), len(streams))
	}
}

func TestRoundTrip(t *testing.T) {
	b := newBench(t, false, nil)
	b.run(signalled, 7, 1, 2)
	b.sent(Header{SequenceNumber: 1})
	lsr := uint32(b.m.ntp(b.now) >> 16)
	b.now = b.now.Add(1040 * time.Millisecond)
	b.rtcp(signalled, &rtcp.ReceiverReport{SSRC: 7, Reports: []rtcp.ReceptionReport{{
		SSRC: 0x0a, FractionLost: 64, TotalLost: 0xffffff, Jitter: 80, LastSenderReport: lsr, Delay: 1 << 16,
	}}})
	st := b.m.snapshot().Sources[7]
	if (st.RoundTrip-40*time.Millisecond).Abs() > time.Millisecond || st.RemoteFraction != 0.25 || st.RemoteLost != -1 || st.RemoteJitter != 10*time.Millisecond {
		t.Fatalf("stats %+v", st)
	}
}

func TestFeedback(t *testing.T) {
	b := newBench(t, false, nil)
	b.sent(Header{SSRC: 0x0b})
	b.rtcp(signalled, &rtcp.PictureLossIndication{SenderSSRC: 7, MediaSSRC: 0x0a}) // alone: RFC 5506
	b.rtcp(signalled, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.FullIntraRequest{SenderSSRC: 7, FIR: []rtcp.FIREntry{{SSRC: 0x0b}, {SSRC: 0x99}}})
	b.rtcp(signalled, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.PictureLossIndication{SenderSSRC: 7})
	var asked []uint32
	for _, a := range b.actions() {
		if a.kind == actKeyframe {
			asked = append(asked, a.ssrc)
		}
	}
	wantEqual(t, "asked", asked, 0x0a, 0x0b, 0x0a)
}

func TestNoByeFromWhoNeverSent(t *testing.T) {
	b := newBench(t, false, nil)
	if packet, _ := b.m.leave(b.now, "bye"); packet != nil {
		t.Fatal("BYE without anything before")
	}
}

func TestByeBacksOffInLargeSession(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 1})
	for i := range uint32(2 * byeMembers) {
		b.rtcp(stranger, named(1000+i, "x")...)
	}
	packet, at := b.m.leave(b.now, "bye")
	if packet == nil || !at.After(b.now) || at.Sub(b.now) > 4*time.Second {
		t.Fatalf("leaves at %v", at)
	}
	// Only those who say BYE too put it off.
	average := b.m.schedule.averageLen
	for i := range uint32(byeMembers) {
		b.rtcp(hostOf(int(i)), named(9000+i, "y")...)
	}
	b.m.schedule.random = func() float64 { return 0.999 }
	b.m.schedule.next = b.now
	if due, later := b.m.byeDue(b.now); due || later.Sub(b.now) > ByeDelay {
		t.Fatalf("due at once %v, or in %v", due, later.Sub(b.now))
	}
	if due, _ := b.m.byeDue(b.now.Add(ByeDelay)); !due {
		t.Fatal("reports of others put BYE off")
	}
	if b.m.schedule.averageLen != average {
		t.Errorf("an average of %v by reports of others, not %v", b.m.schedule.averageLen, average)
	}
	packet, _ = b.m.leave(b.now, "bye")
	for i := range uint32(300) {
		b.rtcp(stranger, append(named(1000+i, "x"), &rtcp.Goodbye{Sources: []uint32{1000 + i}})...)
	}
	due, later := b.m.byeDue(b.now.Add(4 * time.Second))
	// 300 packets of theirs at 3/4 of 400 octets a second.
	if least := time.Duration(300*len(packet)/300) * time.Second / 3; due || later.Sub(b.now) < least {
		t.Fatalf("with 300 others BYE is due after %v", later.Sub(b.now))
	}
	if due, _ := b.m.byeDue(later.Add(time.Hour)); !due {
		t.Fatal("never due")
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
