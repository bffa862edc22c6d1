package rtp

import (
	"fmt"
	"net/netip"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

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

// TestByeMakesNoMember: who says BYE and was not there is not entered for it.
func TestByeMakesNoMember(t *testing.T) {
	for _, group := range []bool{false, true} {
		b := newBench(t, group, nil)
		b.m.receiveRTCP(b.now, stranger, mustMarshal(t, []rtcp.Packet{
			&rtcp.PictureLossIndication{SenderSSRC: b.m.ssrc.Load(), MediaSSRC: 1}, &rtcp.Goodbye{Sources: []uint32{7, 8, 9}},
		}))
		if n := b.m.snapshot().Members.Members; n != 1 || len(b.m.sources) != 0 {
			t.Errorf("group %v: %d members, %d sources", group, n, len(b.m.sources))
		}
	}
}

// parting is a Receiver that takes its time over a BYE.
type parting struct {
	*listener
	told          atomic.Bool
	begun, finish chan struct{}
}

func (p *parting) SourceChanged(src *Source, what SourceChange) {
	if what == SourceBye {
		close(p.begun)
		<-p.finish
		p.told.Store(true)
	}
	p.listener.SourceChanged(src, what)
}

// Who has left the list of members is known to the Receiver to have left, so that
// whoever keeps both misses nobody.
func TestMembersAfterTheReceiverIsTold(t *testing.T) {
	p := &parting{listener: newListener(), begun: make(chan struct{}), finish: make(chan struct{})}
	a, b, _, _ := pair(t, netip.MustParseAddr("127.0.0.1"), func(_, cb *Config) { cb.Receiver = p })
	for i := range uint16(3) {
		if err := a.Send(Header{SequenceNumber: i}, make([]byte, 160)); err != nil {
			t.Fatal(err)
		}
	}
	await(t, p.packets)
	if m := b.Members(); len(m) != 1 || !m[0].Sending {
		t.Fatalf("%+v", m)
	}
	if err := a.Close(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	<-p.begun
	asking, answered := make(chan struct{}), make(chan bool, 1)
	go func() {
		close(asking)
		answered <- len(b.Members()) == 0 && p.told.Load()
	}()
	<-asking
	for range 1000 { // time for an answer that does not wait
		runtime.Gosched()
	}
	close(p.finish)
	if !await(t, answered) {
		t.Error("the members were told before the Receiver")
	}
}
