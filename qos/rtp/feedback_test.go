package rtp

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

var feedbackTarget = netip.MustParseAddrPort("192.0.2.200:6000")

// distributor is a bench that is the distribution source.
func distributor(t *testing.T, model FeedbackModel) *bench {
	return newBench(t, true, func(c *Config) {
		c.Feedback = &Feedback{Target: feedbackTarget, Distribute: true, Model: model}
	})
}

// reflected are the packets that the machine wants sent.
func (b *bench) reflected() (out [][]byte) {
	for _, a := range b.actions() {
		if a.kind == actReport || a.kind == actReflect {
			out = append(out, a.packet)
		}
	}
	return out
}

func marshalled(t *testing.T, packets ...rtcp.Packet) []byte {
	t.Helper()
	raw, err := rtcp.Marshal(packets)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestFeedbackIsReflected(t *testing.T) {
	b := distributor(t, FeedbackReflection)
	b.sent(Header{SequenceNumber: 9})
	report := marshalled(t, &rtcp.ReceiverReport{SSRC: 7, Reports: []rtcp.ReceptionReport{{SSRC: 0x0a, FractionLost: 64}}},
		rtcp.NewCNAMESourceDescription(7, "them"))
	b.m.receiveFeedback(b.now, nat, report)
	if got := b.reflected(); len(got) != 1 || !slices.Equal(got[0], report) {
		t.Fatalf("reflected %x", got)
	}
	if st := b.m.snapshot(); st.Members.Members != 2 || st.Receptions.Worst != 0.25 || st.Reflected != 1 {
		t.Errorf("%+v", st)
	}
	// BYE goes on too, or the others would wait for the timeout.
	bye := marshalled(t, append(named(7, "them"), &rtcp.Goodbye{Sources: []uint32{7}})...)
	b.m.receiveFeedback(b.now, nat, bye)
	if got := b.reflected(); len(got) != 1 {
		t.Fatalf("%d packets after BYE", len(got))
	}
	// Neither garbage, nor our own, nor what follows a BYE.
	for _, raw := range [][]byte{{1, 2, 3}, marshalled(t, named(0x0a, "us@here")...), bye} {
		b.m.receiveFeedback(b.now, nat, raw)
	}
	b.m.receiveFeedback(b.now, ourselves, marshalled(t, named(8, "x")...))
	if got := b.reflected(); len(got) != 0 {
		t.Fatalf("reflected %x", got)
	}
}

// inverter is an Opener of what every bit is inverted in, in its place.
type inverter struct{}

func (inverter) Open(packet []byte, _ int) ([]byte, error) {
	for i := range packet {
		packet[i] ^= 0xff
	}
	return packet, nil
}

// An encrypted report goes out as it came: encrypted anew, two would have one
// keystream.
func TestEncryptedFeedbackIsNotSealedAgain(t *testing.T) {
	b := distributor(t, FeedbackReflection)
	b.m.ciphers.Store(&Ciphers{ReceiveReport: inverter{}})
	b.sent(Header{SequenceNumber: 9})
	report := marshalled(t, &rtcp.ReceiverReport{SSRC: 7}, rtcp.NewCNAMESourceDescription(7, "them"))
	came, _ := inverter{}.Open(report, 0)
	b.m.receiveFeedback(b.now, nat, slices.Clone(came))
	actions := b.actions()
	i := slices.IndexFunc(actions, func(a action) bool { return a.packet != nil })
	if i < 0 || actions[i].kind != actReflect || !slices.Equal(actions[i].packet, came) {
		t.Errorf("%x is reflected by %+v", came, actions)
	}
}

// What a member says of others, of us or in our name is not reflected: it would
// come from the source, which is believed.
func TestOnlyWordsOfOneselfAreReflected(t *testing.T) {
	summary := rtcp.RawPacket(append([]byte{version, typeRSI, 0, 6},
		0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, rsiGroupSize, 2, 0, 100, 0, 15, 0, 0))
	for name, forged := range map[string]rtcp.Packet{
		"BYE for us":            &rtcp.Goodbye{Sources: []uint32{0x0a}},
		"BYE for itself and us": &rtcp.Goodbye{Sources: []uint32{7, 0x0a}},
		"another's name":        rtcp.NewCNAMESourceDescription(8, "evil"),
		"our sender report":     &rtcp.SenderReport{SSRC: 0x0a},
		"a summary":             &summary,
	} {
		b := distributor(t, FeedbackReflection)
		b.sent(Header{SequenceNumber: 9})
		b.m.receiveFeedback(b.now, nat, marshalled(t, named(7, "them")...))
		b.rtcp(nat, named(8, "another")...)
		if got := b.reflected(); len(got) != 1 {
			t.Fatalf("%d packets of an honest member", len(got))
		}
		b.m.receiveFeedback(b.now, stranger, marshalled(t, append(named(7, "them"), &rtcp.Goodbye{Sources: []uint32{7}})...))
		if got := b.reflected(); len(got) != 0 {
			t.Error("a stranger's BYE for a member is reflected")
		}
		b.m.receiveFeedback(b.now, nat, marshalled(t, append(named(7, "them"), forged)...))
		if got := b.reflected(); len(got) != 0 {
			t.Errorf("%s is reflected", name)
		}
	}
}

// A source that tells of a million members does not silence us for longer than
// its word counts, nor when it tells of fewer.
func TestGroupSizeIsReconsidered(t *testing.T) {
	tell := func(b *bench, members uint32) {
		summary := rtcp.RawPacket(binary.BigEndian.AppendUint32(append([]byte{version, typeRSI, 0, 6},
			0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, rsiGroupSize, 2, 0, 100), members))
		b.rtcp(feedbackTarget, append(named(7, "source"), &summary)...)
	}
	silenced := func() *bench {
		b := newBench(t, true, func(c *Config) { c.Feedback = &Feedback{Target: feedbackTarget, Model: FeedbackSummary} })
		tell(b, maxGroupSize)
		b.now = b.m.next()
		b.m.expire(b.now)
		if due := b.m.schedule.next.Sub(b.now); due < time.Hour {
			t.Fatalf("a report of a million is due in %v", due)
		}
		return b
	}
	b := silenced()
	b.rtcp(nat, append(named(8, "x"), &rtcp.Goodbye{Sources: []uint32{8}})...)
	if due := b.m.schedule.next.Sub(b.now); due < time.Hour {
		t.Errorf("one BYE has it report in %v", due)
	}
	tell(b, 2)
	if due := b.m.next().Sub(b.now); due > 10*time.Second {
		t.Errorf("a report of 2 is due in %v", due)
	}
	b = silenced()
	for from := b.now; len(b.reflected()) == 0; b.m.expire(b.now) {
		if b.now = b.m.next(); b.now.Sub(from) > groupSizeLife+time.Minute {
			t.Fatalf("no report within %v", b.now.Sub(from))
		}
	}
}

// A flood at the target does not become one of the group.
func TestReflectionIsBounded(t *testing.T) {
	b := distributor(t, FeedbackReflection)
	octets := 0
	const seconds = 60
	for i := range seconds * 1000 {
		b.m.receiveFeedback(b.now, hostOf(i%100), marshalled(t, named(uint32(100+i%100), "somebody@somewhere")...))
		for _, p := range b.reflected() {
			octets += len(p) + datagramOverhead
		}
		b.now = b.now.Add(time.Millisecond)
	}
	if share := defaultBandwidth / 8 * rtcpShare; float64(octets) > share*seconds+4*maxReflected {
		t.Errorf("%d octets in %d s", octets, seconds)
	}
	if st := b.m.snapshot(); st.FeedbackDropped == 0 || st.Reflected == 0 || st.Reflected+st.FeedbackDropped != seconds*1000 {
		t.Errorf("%d reflected, %d dropped", st.Reflected, st.FeedbackDropped)
	}
}

// TestSummaryTellsTheGroup: what the source makes of its receivers' reports is
// what a member makes its interval of.
func TestSummaryTellsTheGroup(t *testing.T) {
	b := distributor(t, FeedbackSummary)
	for i := range 1000 {
		b.sent(Header{SequenceNumber: 9})
		b.m.receiveFeedback(b.now, hostOf(i), marshalled(t,
			&rtcp.ReceiverReport{SSRC: uint32(1000 + i), Reports: []rtcp.ReceptionReport{
				{SSRC: 0x0a, FractionLost: uint8(i % 64), TotalLost: uint32(i), Jitter: uint32(i)}}},
			rtcp.NewCNAMESourceDescription(uint32(1000+i), "x")))
	}
	if got := b.reflected(); len(got) != 0 {
		t.Fatalf("%d packets reflected", len(got))
	}
	b.m.mu.Lock()
	raw := b.m.compoundLocked(b.now, b.m.sendingSinceLocked(b.now))
	b.m.mu.Unlock()
	if _, err := checkCompound(raw); err != nil {
		t.Fatal(err)
	}
	var body []byte
	for rest := raw; len(rest) > 0; {
		var p reportPacket
		if p, rest, _ = nextReport(rest); p.kind == typeRSI {
			body = p.body
		}
	}
	if body == nil {
		t.Fatal("no summary")
	}
	loss := body[rsiHeaderSize:]
	if loss[0] != rsiLoss || binary.BigEndian.Uint16(loss[2:]) != rsiBuckets<<4 || binary.BigEndian.Uint32(loss[8:]) != 255 {
		t.Errorf("loss block %x", loss[:12])
	}
	sum := 0
	for i := range rsiBuckets {
		n := int(binary.BigEndian.Uint16(loss[12+2*i:]))
		if (n > 0) != (i < 4) { // fractions are below 64/256
			t.Errorf("bucket %d holds %d", i, n)
		}
		sum += n
	}
	if sum != 1000 {
		t.Errorf("%d receivers in the distribution", sum)
	}

	member := newBench(t, true, func(c *Config) {
		c.SSRC, c.SDES.CNAME = 0x99, "them"
		c.Feedback = &Feedback{Target: feedbackTarget, Model: FeedbackSummary}
	})
	member.m.receiveRTCP(member.now, nat, raw) // not the source
	if n := member.m.populationLocked(member.now).members; n > 10 {
		t.Fatalf("%d members by a stranger's word", n)
	}
	member.m.receiveRTCP(member.now, feedbackTarget, raw)
	if n := member.m.populationLocked(member.now).members; n != 1000 { // receivers
		t.Fatalf("%d members", n)
	}
	member.now = member.now.Add(groupSizeLife + time.Second)
	if n := member.m.populationLocked(member.now).members; n > 10 {
		t.Fatalf("%d members by a word that is old", n)
	}
}

// A member's own report comes back by reflection, which is no loop.
func TestReflectedBackIsNoLoop(t *testing.T) {
	b := newBench(t, true, func(c *Config) {
		c.Feedback = &Feedback{Target: feedbackTarget, Model: FeedbackReflection}
	})
	b.rtcp(feedbackTarget, named(0x0a, "us@here")...)
	if l := b.loops(); len(l) != 0 || b.m.ssrc.Load() != 0x0a {
		t.Fatalf("loops %v", l)
	}
	// Who has our SSRC by chance is seen by reflection too.
	b.rtcp(feedbackTarget, named(0x0a, "them")...)
	if b.m.ssrc.Load() == 0x0a {
		t.Fatal("kept the SSRC")
	}
	// One host speaks for all.
	for i := range uint32(maxMembersHost + 1000) {
		b.rtcp(feedbackTarget, named(1000+i, "x")...)
	}
	if n := b.m.snapshot().Members.Members; n != maxMembersHost+1001 {
		t.Errorf("%d members", n)
	}
}

// Members of one SSRC do not hear each other: the source tells them by its
// summary, and they take others (RFC 5760 7.1.9).
func TestSummaryTellsCollisions(t *testing.T) {
	b := distributor(t, FeedbackSummary)
	say := func(host int, ssrc uint32, cname string) {
		b.m.receiveFeedback(b.now, hostOf(host), marshalled(t, named(ssrc, cname)...))
	}
	report := func() []byte {
		b.m.mu.Lock()
		defer b.m.mu.Unlock()
		return b.m.compoundLocked(b.now, b.m.sendingSinceLocked(b.now))
	}
	told := func(raw []byte) (out []uint32) {
		for rest := raw; len(rest) > 0; {
			var p reportPacket
			p, rest, _ = nextReport(rest)
			if p.kind != typeRSI {
				continue
			}
			for c := parseSummary(p.body).collisions; len(c) >= 4; c = c[4:] {
				out = append(out, binary.BigEndian.Uint32(c))
			}
		}
		return out
	}
	say(1, 7, "ann")
	say(2, 8, "bob")
	say(3, 8, "bob") // has moved
	if got := told(report()); len(got) != 0 {
		t.Fatalf("told of %d without a collision", got)
	}
	say(2, 7, "bob")
	say(3, 7, "carl")
	raw := report()
	if got := told(raw); !slices.Equal(got, []uint32{7}) {
		t.Fatalf("told of %d", got)
	}
	if got := told(report()); len(got) != 0 {
		t.Errorf("told again of %d", got)
	}

	member := newBench(t, true, func(c *Config) {
		c.SSRC = 7
		c.Feedback = &Feedback{Target: feedbackTarget, Model: FeedbackSummary}
	})
	member.sent(Header{SequenceNumber: 9})
	member.m.receiveRTCP(member.now, nat, raw) // not the source
	if member.m.ssrc.Load() != 7 {
		t.Fatal("an SSRC was given up by a stranger's word")
	}
	member.m.receiveRTCP(member.now, feedbackTarget, raw)
	next := member.m.ssrc.Load()
	if next == 7 || len(member.reflected()) != 1 {
		t.Fatalf("goes on as %d, without BYE", next)
	}
	member.m.ssrc.Store(7)
	if member.m.receiveRTCP(member.now, feedbackTarget, raw); member.m.ssrc.Load() != 7 {
		t.Error("another SSRC at every word")
	}
	member.now = member.now.Add(conflictLife)
	if member.m.receiveRTCP(member.now, feedbackTarget, raw); member.m.ssrc.Load() == 7 {
		t.Error("no other SSRC later")
	}
}

// A flood of SSRCs that collide is told in part.
func TestCollisionsAreBounded(t *testing.T) {
	b := distributor(t, FeedbackSummary)
	for i := range uint32(1000) {
		for host := range 2 {
			b.m.receiveFeedback(b.now, hostOf(host), marshalled(t, named(100+i, "x"+hostOf(host).String())...))
		}
	}
	if n := len(b.m.feedback.collided); n != maxCollisions {
		t.Errorf("%d collisions are kept", n)
	}
	b.m.mu.Lock()
	defer b.m.mu.Unlock()
	if raw := b.m.compoundLocked(b.now, b.m.sendingSinceLocked(b.now)); len(raw) > 1400 {
		t.Errorf("a report of %d octets", len(raw))
	}
}

// TestOnlyTheSourceSummarizes: a member that is told of a summary makes none.
func TestOnlyTheSourceSummarizes(t *testing.T) {
	for name, tt := range map[string]struct {
		role func(*Config)
		want bool
	}{
		"a member": {obeys, false}, "a source that reflects": {distributes(FeedbackReflection), false},
		"a source that summarizes": {distributes(FeedbackSummary), true},
	} {
		b := newBench(t, true, tt.role)
		b.sent(Header{SequenceNumber: 1})
		told := false
		var packets [][]byte
		for range 100 {
			if b.now = b.m.expire(b.now); len(packets) == 0 {
				packets = b.reflected()
			}
		}
		if len(packets) == 0 {
			t.Fatalf("%s reports nothing", name)
		}
		for _, packet := range packets {
			for rest := packet; len(rest) > 0; {
				var p reportPacket
				var err error
				if p, rest, err = nextReport(rest); err != nil {
					t.Fatal(err)
				}
				told = told || p.kind == typeRSI
			}
		}
		if told != tt.want {
			t.Errorf("%s sends a summary: %v", name, told)
		}
	}
}
