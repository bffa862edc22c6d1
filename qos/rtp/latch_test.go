package rtp

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"
)

var (
	epoch     = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	signalled = netip.MustParseAddrPort("192.0.2.1:4000")
	nat       = netip.MustParseAddrPort("198.51.100.1:6000")
	moved     = netip.MustParseAddrPort("198.51.100.1:6001")
	stranger  = netip.MustParseAddrPort("203.0.113.9:7000")
)

// arrival is one packet at a latch.
type arrival struct {
	at   time.Duration
	from netip.AddrPort
	ssrc uint32
	seq  uint16
	want bool
}

func TestLatch(t *testing.T) {
	slow, late := LearnWindow+time.Millisecond, LearnWithin+time.Millisecond
	muted := LearnWithin - LearnWindow
	for name, test := range map[string]struct {
		learn   bool
		packets []arrival
		current netip.AddrPort
	}{
		"signalled address at once": {true, []arrival{{0, signalled, 1, 1, true}}, signalled},
		"learned at the fourth": {true, []arrival{
			{0, nat, 1, 65534, false}, {1, nat, 1, 65535, false}, {2, nat, 1, 0, false}, {3, nat, 1, 1, true}, {4, nat, 1, 2, true},
		}, nat},
		"no learning where not asked": {false, []arrival{
			{0, nat, 1, 1, false}, {1, nat, 1, 2, false}, {2, nat, 1, 3, false}, {3, nat, 1, 4, false},
		}, signalled},
		"a gap begins anew": {true, []arrival{
			{0, nat, 1, 1, false}, {1, nat, 1, 2, false}, {2, nat, 1, 3, false}, {3, nat, 1, 5, false},
			{4, nat, 1, 6, false}, {5, nat, 1, 7, false}, {6, nat, 1, 8, true},
		}, nat},
		"another SSRC begins anew": {true, []arrival{
			{0, nat, 1, 1, false}, {1, nat, 1, 2, false}, {2, nat, 1, 3, false}, {3, nat, 2, 4, false},
		}, signalled},
		"too slow": {true, []arrival{
			{0, nat, 1, 1, false}, {1, nat, 1, 2, false}, {2, nat, 1, 3, false}, {slow, nat, 1, 4, false},
			{slow + 1, nat, 1, 5, false}, {slow + 2, nat, 1, 6, false}, {slow + 3, nat, 1, 7, true},
		}, nat},
		"too late": {true, []arrival{
			{late - 3, nat, 1, 1, false}, {late - 2, nat, 1, 2, false}, {late - 1, nat, 1, 3, false}, {late, nat, 1, 4, false},
		}, signalled},
		"muted at first": {true, []arrival{
			{muted, nat, 1, 1, false}, {muted + 1, nat, 1, 2, false}, {muted + 2, nat, 1, 3, false}, {muted + 3, nat, 1, 4, true},
		}, nat},
		"a stray packet uses up nobody's time": {true, []arrival{
			{0, stranger, 2, 1, false},
			{muted, nat, 1, 1, false}, {muted + 1, nat, 1, 2, false}, {muted + 2, nat, 1, 3, false}, {muted + 3, nat, 1, 4, true},
		}, nat},
		"a peer that sends is not stolen when it falls silent": {true, []arrival{
			{0, signalled, 1, 1, true}, {muted, stranger, 2, 1, false}, {muted + 1, stranger, 2, 2, false},
			{muted + 2, stranger, 2, 3, false}, {muted + 3, stranger, 2, 4, false}, {muted + 4, signalled, 1, 2, true},
		}, signalled},
		"a peer that was learned is not stolen": {true, []arrival{
			{0, nat, 1, 1, false}, {1, nat, 1, 2, false}, {2, nat, 1, 3, false}, {3, nat, 1, 4, true},
			{muted, stranger, 2, 1, false}, {muted + 1, stranger, 2, 2, false}, {muted + 2, stranger, 2, 3, false},
			{muted + 3, stranger, 2, 4, false}, {muted + 4, nat, 1, 5, true},
		}, nat},
		"a muted peer overrules a stranger by its first word": {true, []arrival{
			{0, stranger, 1, 1, false}, {1, stranger, 1, 2, false}, {2, stranger, 1, 3, false}, {3, stranger, 1, 4, true},
			{muted, signalled, 2, 1, true}, {muted + 1, stranger, 1, 5, false},
		}, signalled},
		"signalled address ends the learning": {true, []arrival{
			{0, signalled, 1, 1, true}, {1, stranger, 2, 1, false}, {2, stranger, 2, 2, false}, {3, stranger, 2, 3, false},
			{4, stranger, 2, 4, false}, {5, stranger, 2, 5, false}, {6, signalled, 1, 2, true},
		}, signalled},
		"the second to learn is too late": {true, []arrival{
			{0, nat, 1, 1, false}, {0, stranger, 1, 1, false}, {1, nat, 1, 2, false}, {1, stranger, 1, 2, false},
			{2, nat, 1, 3, false}, {2, stranger, 1, 3, false}, {3, nat, 1, 4, true}, {3, stranger, 1, 4, false},
			{4, stranger, 1, 5, false}, {late, stranger, 1, 6, false}, {late, nat, 1, 5, true},
		}, nat},
		"in time the signalled address overrules a stranger": {true, []arrival{
			{0, stranger, 1, 1, false}, {1, stranger, 1, 2, false}, {2, stranger, 1, 3, false}, {3, stranger, 1, 4, true},
			{4, signalled, 2, 1, true}, {5, stranger, 1, 5, false}, {6, signalled, 2, 2, true},
			{7, stranger, 1, 6, false}, {8, stranger, 1, 7, false}, {9, stranger, 1, 8, false},
		}, signalled},
		"later what was learned stays": {true, []arrival{
			{0, nat, 1, 1, false}, {1, nat, 1, 2, false}, {2, nat, 1, 3, false}, {3, nat, 1, 4, true},
			{late, signalled, 2, 1, false}, {late, nat, 1, 5, true},
		}, nat},
	} {
		t.Run(name, func(t *testing.T) {
			l := latch{learn: test.learn}
			l.set(epoch, signalled)
			for i, p := range test.packets {
				if got := l.accept(epoch.Add(p.at), p.from, p.ssrc, p.seq); got != p.want {
					t.Fatalf("packet %d from %v: accepted %v", i, p.from, got)
				}
			}
			if l.current != test.current {
				t.Fatalf("current %v, want %v", l.current, test.current)
			}
		})
	}
}

func TestLatchWithoutSignalling(t *testing.T) {
	l := latch{learn: true}
	l.set(epoch, netip.AddrPort{})
	for seq := range uint16(10) {
		if l.accept(epoch, nat, 1, seq) {
			t.Fatal("accepted before signalling")
		}
	}
}

// A storm from a few hosts and any of their ports must not keep the peer
// behind NAT from being learned.
func TestLatchLearnsInStorm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	l := latch{learn: true}
	l.set(epoch, signalled)
	for seq := range uint16(LearnPackets) {
		for range 1000 {
			host := netip.AddrFrom4([4]byte{203, 0, 113, byte(r.IntN(learnCandidates - 1))})
			from := netip.AddrPortFrom(host, uint16(1024+r.IntN(60000)))
			if l.accept(epoch, from, r.Uint32(), uint16(r.Uint32())) {
				t.Fatalf("storm from %v accepted", from)
			}
		}
		if got, want := l.accept(epoch, nat, 1, seq), seq == LearnPackets-1; got != want {
			t.Fatalf("packet %d of the peer: accepted %v", seq, got)
		}
	}
}

func TestLatchSetAgain(t *testing.T) {
	learned := func() *latch {
		l := &latch{learn: true}
		l.set(epoch, signalled)
		for seq := range uint16(LearnPackets) {
			l.accept(epoch, nat, 1, seq)
		}
		return l
	}
	l := learned()
	if l.set(epoch.Add(time.Second), signalled) || l.current != nat {
		t.Fatal("the same signalling unlocked a peer that is alive")
	}
	for name, test := range map[string]struct {
		packets []arrival
		current netip.AddrPort
	}{
		"muted":   {nil, nat},
		"heard":   {[]arrival{{0, nat, 1, 90, true}, {1, stranger, 2, 1, false}, {2, nat, 1, 91, true}}, nat},
		"returns": {[]arrival{{0, signalled, 1, 1, true}, {1, nat, 1, 90, false}, {2, signalled, 1, 2, true}}, signalled},
		"moved": {[]arrival{
			{0, moved, 1, 1, false}, {1, moved, 1, 2, false}, {2, moved, 1, 3, false}, {3, moved, 1, 4, true},
		}, moved},
		"overrules a stranger": {[]arrival{
			{0, stranger, 2, 1, false}, {1, stranger, 2, 2, false}, {2, stranger, 2, 3, false}, {3, stranger, 2, 4, true},
			{4, nat, 1, 90, true}, {5, stranger, 2, 5, false}, {6, nat, 1, 91, true},
		}, nat},
	} {
		t.Run(name, func(t *testing.T) {
			l, again := learned(), epoch.Add(time.Hour)
			for range 2 {
				if l.set(again, signalled) || l.current != nat {
					t.Fatal("the same signalling moved a silent peer")
				}
			}
			for i, p := range test.packets {
				if got := l.accept(again.Add(p.at), p.from, p.ssrc, p.seq); got != p.want {
					t.Fatalf("packet %d from %v: accepted %v", i, p.from, got)
				}
			}
			if l.current != test.current {
				t.Fatalf("current %v, want %v", l.current, test.current)
			}
		})
	}
	l = learned()
	if !l.set(epoch.Add(time.Second), stranger) || !l.accept(epoch, stranger, 9, 9) || l.accept(epoch, nat, 1, 5) {
		t.Fatal("new signalling did not move the session")
	}
}

func TestReportLatch(t *testing.T) {
	rtcp := netip.AddrPortFrom(signalled.Addr(), 4001)
	natRTCP := netip.AddrPortFrom(nat.Addr(), 6123)
	var rtp latch
	l := reportLatch{learn: true}
	if l.accept(rtcp, &rtp, true) {
		t.Fatal("accepted before signalling")
	}
	rtp.learn = true
	rtp.set(epoch, signalled)
	l.set(rtcp)
	for _, from := range []netip.AddrPort{natRTCP, stranger, nat} {
		if l.accept(from, &rtp, true) {
			t.Fatalf("%v accepted before RTP", from)
		}
	}
	if !l.accept(rtcp, &rtp, false) {
		t.Fatal("signalled address refused")
	}
	for seq := range uint16(LearnPackets) {
		rtp.accept(epoch, nat, 1, seq)
	}
	switch {
	case !l.accept(nat, &rtp, false):
		t.Fatal("RTCP from the RTP address refused")
	case l.accept(natRTCP, &rtp, false):
		t.Fatal("another port believed without a known SSRC")
	case l.accept(stranger, &rtp, true):
		t.Fatal("another host believed")
	case !l.accept(natRTCP, &rtp, true):
		t.Fatal("the peer's RTCP port not learned")
	case l.accept(netip.AddrPortFrom(nat.Addr(), 9), &rtp, true):
		t.Fatal("learned twice")
	case l.current != natRTCP:
		t.Fatalf("current %v", l.current)
	}
}

// A peer that is where signalling says listens there for RTCP too, whatever
// port it sends RTCP from.
func TestReportLatchKeepsTheSignalledDestination(t *testing.T) {
	rtcp := netip.AddrPortFrom(signalled.Addr(), 4001)
	odd := netip.AddrPortFrom(signalled.Addr(), 55555)
	rtp, l := latch{learn: true}, reportLatch{learn: true}
	rtp.set(epoch, signalled)
	l.set(rtcp)
	rtp.accept(epoch, signalled, 1, 1)
	if !l.accept(odd, &rtp, true) || l.current != rtcp {
		t.Fatalf("current %v", l.current)
	}
}
