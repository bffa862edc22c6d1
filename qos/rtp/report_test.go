package rtp

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

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

// TestOnlyTheHeardAreReportedOn: a block is of packets since the one before (RFC 3550
// 6.4), and of nobody who left.
func TestOnlyTheHeardAreReportedOn(t *testing.T) {
	b := newBench(t, true, nil)
	other := netip.MustParseAddrPort("192.0.2.78:5004")
	reported := func() (out []uint32) {
		for _, p := range b.compound() {
			if r, ok := p.(*rtcp.ReceiverReport); ok {
				for _, block := range r.Reports {
					out = append(out, block.SSRC)
				}
			}
		}
		slices.Sort(out)
		return out
	}
	b.run(stranger, 7, 100, 3)
	b.run(other, 8, 100, 3)
	if got := reported(); !slices.Equal(got, []uint32{7, 8}) {
		t.Errorf("of two who speak, %v are reported on", got)
	}
	b.run(other, 8, 103, 3)
	if got := reported(); !slices.Equal(got, []uint32{8}) {
		t.Errorf("of one who speaks still, %v are reported on", got)
	}
	b.run(stranger, 7, 103, 3)
	b.run(other, 8, 106, 3)
	b.rtcp(other, append(named(8, "x"), &rtcp.Goodbye{Sources: []uint32{8}})...)
	if got := reported(); !slices.Equal(got, []uint32{7}) {
		t.Errorf("after the BYE of the other, %v are reported on", got)
	}
}
