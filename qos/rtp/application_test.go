package rtp

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/pion/rtcp"
)

func TestApplicationPackets(t *testing.T) {
	b := newBench(t, true, nil)
	peer := netip.MustParseAddrPort("192.0.2.7:5005")
	hello := &rtcp.ApplicationDefined{SSRC: 7, SubType: 3, Name: "TEST", Data: []byte{1, 2, 3, 4}}
	name := &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: 7, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "them"}},
	}}}
	b.rtcp(peer, &rtcp.ReceiverReport{SSRC: 7}, name, hello)
	got := b.actions()
	if len(got) != 1 || got[0].kind != actApplication || got[0].source.SDES().CNAME != "them" || got[0].what != "TEST" ||
		got[0].ssrc != 3 || !slices.Equal(got[0].packet, hello.Data) {
		t.Fatalf("told %+v", got)
	}
	// Another host may not speak for it, nor say its BYE.
	stranger := netip.MustParseAddrPort("192.0.2.8:5005")
	b.rtcp(stranger, &rtcp.ReceiverReport{SSRC: 7}, hello)
	b.rtcp(stranger, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.Goodbye{Sources: []uint32{7}})
	b.rtcp(peer, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.ApplicationDefined{SSRC: 7, Name: "LONG", Data: make([]byte, maxApplication)})
	if got := b.actions(); len(got) != 0 {
		t.Fatalf("told %+v", got)
	}
	b.rtcp(peer, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.Goodbye{Sources: []uint32{7}})
	if got := b.actions(); len(got) != 1 || got[0].kind != actApplicantLeft || got[0].source.SSRC() != 7 {
		t.Fatalf("of its BYE told %+v", got)
	}

	packets, err := rtcp.Unmarshal(b.m.application(Application{Name: "TEST", Subtype: 3, Data: hello.Data}))
	if err != nil || len(packets) != 3 {
		t.Fatalf("sent %v, %v", packets, err)
	}
	app, ok := packets[2].(*rtcp.ApplicationDefined)
	if !ok || app.SSRC != 0x0a || app.Name != "TEST" || app.SubType != 3 || !slices.Equal(app.Data, hello.Data) {
		t.Errorf("sent %+v", packets[2])
	}
	if packet, _ := b.m.leave(b.now, ""); packet == nil {
		t.Error("who has sent APP leaves without BYE")
	}
	if late := b.m.application(Application{Name: "TEST"}); b.m.leaving && late != nil {
		t.Error("APP after BYE")
	}
}

// TestApplicationsOfOneHost: a host that invents members takes no more places
// among those with a name by APP than by reports.
func TestApplicationsOfOneHost(t *testing.T) {
	b := newBench(t, true, nil)
	host := netip.MustParseAddrPort("192.0.2.7:5005")
	for i := range uint32(2 * maxDescribedHost) {
		b.rtcp(host, &rtcp.ReceiverReport{SSRC: 100 + i}, &rtcp.ApplicationDefined{SSRC: 100 + i, Name: "TEST"})
	}
	if told := len(b.actions()); len(b.m.sources) != maxDescribedHost || told != maxDescribedHost {
		t.Errorf("%d members with a name, %d packets told; want %d", len(b.m.sources), told, maxDescribedHost)
	}
}

// TestRestingKnowsNoMixLoop: another mixer may stand for us where we send
// nothing.
func TestRestingKnowsNoMixLoop(t *testing.T) {
	b := newBench(t, true, nil)
	mixer := netip.MustParseAddrPort("192.0.2.7:5004")
	b.sent(Header{SequenceNumber: 1, CSRC: []uint32{99}})
	back := func(seq uint16) bool {
		return b.rtp(mixer, Header{SSRC: 7, SequenceNumber: seq, CSRC: []uint32{99}})
	}
	back(1)
	if back(2) {
		t.Fatal("our CSRC is heard back")
	}
	told := b.actions()
	if len(told) != 1 || told[0].kind != actLoop || told[0].ssrc != 7 {
		t.Errorf("told %+v, want whose packet it was", told)
	}
	b.m.resting.Store(true)
	b.m.own.forgetContributors()
	loops := b.m.stats.Loops
	back(3)
	if !back(4) {
		t.Error("what another mixer carries is cut from who rests")
	}
	b.rtcp(mixer, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: 8, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "us@here"}},
	}}})
	if b.m.stats.Loops != loops {
		t.Error("a loop is counted")
	}
}
