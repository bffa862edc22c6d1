package rtp

import (
	"net/netip"
	"slices"
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
