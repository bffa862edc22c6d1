package rtp

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestTableIsAMap(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var got table[uint32]
	want := make(map[uint64]uint32)
	for i := range 100_000 {
		key := 1 + random.Uint64N(600)
		switch {
		case random.IntN(3) == 0:
			got.remove(key)
			delete(want, key)
		default:
			*got.put(key) = uint32(i)
			want[key] = uint32(i)
		}
		if i%5000 == 0 {
			odd := func(k uint64, _ *uint32) bool { return k%2 == 1 }
			got.sweep(odd)
			for k := range want {
				if k%2 == 0 {
					delete(want, k)
				}
			}
		}
		if v := got.get(key); (v != nil) != (want[key] != 0 || i == 0 && v != nil) || v != nil && *v != want[key] {
			t.Fatalf("step %d: key %d is %v, want %d", i, key, v, want[key])
		}
		if got.len() != len(want) {
			t.Fatalf("step %d: %d entries, want %d", i, got.len(), len(want))
		}
	}
	n := 0
	got.each(func(key uint64, v *uint32) {
		n++
		if want[key] != *v {
			t.Errorf("key %d is %d, want %d", key, *v, want[key])
		}
	})
	if n != len(want) {
		t.Errorf("%d seen of %d", n, len(want))
	}
	got.sweep(func(uint64, *uint32) bool { return false })
	if got.octets() != 0 {
		t.Errorf("%d octets in an empty table", got.octets())
	}
}

func hostOf(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 5005)
}

// A flood of SSRCs from few hosts does not push out, nor keep out, the members
// of others.
func TestCrowdIsFair(t *testing.T) {
	b := newBench(t, true, nil)
	const honest = 1000
	for i := range honest {
		b.rtcp(hostOf(i), named(uint32(1+i), "x")...)
	}
	for i := range 30_000 {
		b.rtcp(hostOf(1<<20+i%8), named(uint32(1_000_000+i), "x")...)
	}
	st := b.m.snapshot().Members
	if st.Crowd != maxMembersCrowd {
		t.Fatalf("a crowd of %d after the flood", st.Crowd)
	}
	for i := honest; i < 2*honest; i++ {
		b.rtcp(hostOf(i), named(uint32(1+i), "x")...)
	}
	there := 0
	for i := range 2 * honest {
		if b.m.thereLocked(uint32(1 + i)) {
			there++
		}
	}
	if there < 2*honest*99/100 { // a bucket may be shared with a flooder
		t.Errorf("%d of %d honest members are there", there, 2*honest)
	}
	if st := b.m.snapshot().Members; st.Crowd > maxMembersCrowd || st.CrowdOctets > 2_000_000 {
		t.Errorf("%+v", st)
	}
}

func TestCrowdTimesOutAndLeaves(t *testing.T) {
	b := newBench(t, true, nil)
	for i := range maxDescribed + 3 {
		b.rtcp(hostOf(i), named(uint32(1000+i), "x")...)
	}
	last := maxDescribed
	if b.m.crowd.present() != 3 {
		t.Fatalf("a crowd of %d", b.m.crowd.present())
	}
	// From another host nothing is believed of a member, however long it is silent.
	b.now = b.now.Add(4 * addressHold)
	b.rtcp(stranger, append(named(uint32(1000+last), "x"), &rtcp.Goodbye{Sources: []uint32{uint32(1000 + last)}})...)
	if b.m.crowd.present() != 3 {
		t.Fatal("a stranger said BYE for a member")
	}
	b.rtcp(hostOf(last), append(named(uint32(1000+last), "x"), &rtcp.Goodbye{Sources: []uint32{uint32(1000 + last)}})...)
	b.rtcp(hostOf(last), named(uint32(1000+last), "x")...) // a straggler
	if b.m.crowd.present() != 2 {
		t.Fatalf("a crowd of %d after BYE", b.m.crowd.present())
	}
	b.now = b.now.Add(byeLinger + time.Second)
	b.rtcp(hostOf(last), named(uint32(1000+last), "x")...)
	if b.m.crowd.present() != 3 {
		t.Fatal("who came back is not counted")
	}
	// Who sends gets a Source.
	b.run(hostOf(last), uint32(1000+last), 1, 4)
	if b.m.crowd.present() != 2 || b.m.sources[uint32(1000+last)] == nil {
		t.Fatalf("a crowd of %d when one sends", b.m.crowd.present())
	}
	for until := b.now.Add(30 * time.Minute); b.now.Before(until); {
		b.now = b.m.expire(b.now)
	}
	if st := b.m.snapshot().Members; st.Members != 1 || st.CrowdOctets > 2*hostBuckets {
		t.Fatalf("after the timeout %+v", st)
	}
}

func TestLossMap(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 9})
	b.sent(Header{SSRC: 0x0b, SequenceNumber: 9})
	for i := range 400 {
		lsr := uint32(b.m.ntp(b.now) >> 16)
		b.now = b.now.Add(30 * time.Millisecond)
		report := &rtcp.ReceiverReport{SSRC: uint32(1000 + i), Reports: []rtcp.ReceptionReport{
			{SSRC: 0x0a, FractionLost: uint8(i / 2), TotalLost: uint32(i), Jitter: 80, LastSenderReport: lsr, Delay: 655},
			{SSRC: 0x0b, TotalLost: 0xffffff}, // -1: a duplicate
			{SSRC: 0x0c, FractionLost: 255},   // none of ours
		}}
		b.rtcp(hostOf(i), report, rtcp.NewCNAMESourceDescription(uint32(1000+i), "x"))
	}
	st := b.m.snapshot().Receptions
	if st.Reports != 800 || st.Median != 0 || st.WorstReceiver/2 != 1399/2 || st.Worst != 199.0/256 || st.P95 != 179.0/256 {
		t.Errorf("summary %+v", st)
	}
	if got := st.WorstRoundTrip; got < 19*time.Millisecond || got > 21*time.Millisecond || st.WorstJitter != 10*time.Millisecond {
		t.Errorf("round trip %v, jitter %v", got, st.WorstJitter)
	}
	var found bool
	for _, r := range b.m.receptions() {
		if r.Receiver == 1000 && r.Stream == 0x0b {
			found = true
			if r.Lost != -1 || r.CNAME != "x" || r.Addr != hostOf(0) {
				t.Errorf("%+v", r)
			}
		}
	}
	if !found {
		t.Error("a pair is missing")
	}
	// Who left is not in it.
	b.rtcp(hostOf(399), append(named(1399, "x"), &rtcp.Goodbye{Sources: []uint32{1399}})...)
	if st := b.m.snapshot().Receptions; st.Reports != 798 || st.WorstReceiver != 1398 {
		t.Errorf("summary %+v", st)
	}
}

// Who reports from few hosts under many SSRCs neither pushes out nor keeps out what
// others report.
func TestLossMapIsFair(t *testing.T) {
	l := newLosses(epoch)
	now := epoch
	report := func(host, receiver uint32) {
		now = now.Add(time.Millisecond)
		l.take(now, host, &Reception{Receiver: receiver, Stream: 7, RoundTrip: time.Second})
	}
	const honest = 1000
	for i := range uint32(honest) {
		report(1000+i, 1+i)
	}
	for i := range uint32(2 * maxReceptions) {
		report(i%8, 1_000_000+i)
	}
	for i := uint32(honest); i < 2*honest; i++ {
		report(1000+i, 1+i)
	}
	for i := range uint32(2 * honest) {
		if l.entries.get(lossKey(1+i, 7)) == nil {
			t.Errorf("report %d of an honest host is not there", i)
		}
	}
	if l.entries.len() != maxReceptions || l.entries.octets() > 1<<20+2*hostBuckets {
		t.Errorf("%d entries in %d octets", l.entries.len(), l.entries.octets())
	}
	// A pair is counted once, however often it reports, and from wherever.
	for range 3 {
		l.take(now, 5000, &Reception{Receiver: 1, Stream: 7})
	}
	if e := l.entries.get(lossKey(1, 7)); e == nil || e.roundTrip != 1_000_000 || l.entries.count(5000) != 1 || l.entries.count(1000) != 0 {
		t.Errorf("%+v, %d and %d of its hosts", e, l.entries.count(5000), l.entries.count(1000))
	}
	l.entries.sweep(func(uint64, *loss) bool { return false })
	if l.entries.octets() != 0 {
		t.Errorf("%d octets in an empty map", l.entries.octets())
	}
}

// BenchmarkCrowdReport is one receiver's report in a crowd of 10,000.
func BenchmarkCrowdReport(b *testing.B) {
	bench := newBench(b, true, nil)
	bench.sent(Header{SequenceNumber: 9})
	const n = 10_000
	raw := make([][]byte, n)
	for i := range raw {
		var err error
		raw[i], err = rtcp.Marshal([]rtcp.Packet{
			&rtcp.ReceiverReport{SSRC: uint32(1000 + i), Reports: []rtcp.ReceptionReport{{SSRC: 0x0a}}},
			rtcp.NewCNAMESourceDescription(uint32(1000+i), "somebody@somewhere"),
		})
		if err != nil {
			b.Fatal(err)
		}
		bench.m.receiveRTCP(bench.now, hostOf(i), raw[i])
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		bench.m.receiveRTCP(bench.now, hostOf(i), raw[i])
		i = (i + 1) % n
	}
	st := bench.m.snapshot().Members
	b.ReportMetric(float64(st.CrowdOctets)/float64(st.Crowd), "octets/member")
}
