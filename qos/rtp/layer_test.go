package rtp

import (
	"bytes"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"parley/codecs"
)

// layered hands the machine a packet of a layer.
func (b *bench) layered(t *testing.T, layer int, from netip.AddrPort, h Header) bool {
	t.Helper()
	var buf [codecs.MaxPacket]byte
	n, err := h.marshal(buf[:], h.SSRC, [][]byte{make([]byte, 160)})
	if err != nil {
		t.Fatal(err)
	}
	p := codecs.Packet{}
	return b.m.receiveLayer(b.now, layer, from, buf[:n], &p) != nil
}

// Of a sender in three layers the lowest that is heard is delivered, whichever comes
// first, and its own numbers count; who sends in a higher one alone is heard, too.
func TestLayers(t *testing.T) {
	b := newBench(t, true, nil)
	for i := range uint16(10) { // layers 1 and 2 at once, with numbers of their own
		b.layered(t, 2, nat, Header{SSRC: 7, SequenceNumber: 5000 + i})
		if got := b.layered(t, 1, nat, Header{SSRC: 7, SequenceNumber: 100 + i}); got != (i > 0) {
			t.Errorf("packet %d of layer 1: delivered %v", i, got)
		}
	}
	for i := range uint16(10) { // then the base, too
		if !b.layered(t, 0, nat, Header{SSRC: 7, SequenceNumber: 40000 + i}) {
			t.Errorf("packet %d of the base is not delivered", i)
		}
		if b.layered(t, 1, nat, Header{SSRC: 7, SequenceNumber: 110 + i}) {
			t.Errorf("packet %d of layer 1 is delivered beside the base", i)
		}
		if b.layered(t, 0, stranger, Header{SSRC: 7, SequenceNumber: i}) {
			t.Error("a stranger is taken for it")
		}
	}
	for i := range uint16(3) {
		if got := b.layered(t, 2, stranger, Header{SSRC: 8, SequenceNumber: i}); got != (i > 0) {
			t.Errorf("packet %d of one in layer 2 alone: delivered %v", i, got)
		}
	}
	st := b.m.snapshot()
	// Of layer 2, the one that made the sender known is delivered before.
	if lost := st.Sources[7].Lost; lost != 0 || st.Enhancements < 18 || st.Collisions != 0 {
		t.Errorf("lost %d, %+v", lost, st)
	}
}

// A stranger in a lower layer does not move a sender there.
func TestLayerOfStranger(t *testing.T) {
	b := newBench(t, true, nil)
	for i := range uint16(4) {
		b.layered(t, 1, nat, Header{SSRC: 7, SequenceNumber: i})
	}
	b.layered(t, 0, stranger, Header{SSRC: 7, SequenceNumber: 100})
	if !b.layered(t, 1, nat, Header{SSRC: 7, SequenceNumber: 4}) {
		t.Error("it is heard no more")
	}
}

// layeredRTCP hands the machine reports of a layer.
func (b *bench) layeredRTCP(t *testing.T, layer int, from netip.AddrPort, packets ...rtcp.Packet) {
	t.Helper()
	b.m.receiveLayerRTCP(b.now, layer, from, mustMarshal(t, packets))
}

func goodbye(ssrc uint32) []rtcp.Packet {
	return append(named(ssrc, "x"), &rtcp.Goodbye{Sources: []uint32{ssrc}})
}

// A member of several layers is one member, with what it says of itself in any, and
// stays one until it leaves the lowest.
func TestMembersOfLayers(t *testing.T) {
	b := newBench(t, true, nil)
	members := func(want int, what string) {
		t.Helper()
		if got := b.m.snapshot().Members.Members - 1; got != want {
			t.Errorf("%s: %d members, want %d", what, got, want)
		}
	}
	const crowded = maxDescribed // there is no Source for these
	for i := range crowded + 2 {
		b.layeredRTCP(t, 1, hostOf(i), named(uint32(1000+i), "x")...)
	}
	members(crowded+2, "in layer 1")
	for i := range crowded + 2 {
		b.layeredRTCP(t, i%2, hostOf(i), named(uint32(1000+i), "x")...)
		b.layeredRTCP(t, 2, hostOf(i), named(uint32(1000+i), "x")...)
	}
	members(crowded+2, "in all layers")
	for n, i := range []int{0, crowded} { // of the base
		b.layeredRTCP(t, 1, hostOf(i), goodbye(uint32(1000+i))...)
		members(crowded+2-n, "who left a higher layer")
		b.layeredRTCP(t, 0, hostOf(i), goodbye(uint32(1000+i))...)
	}
	members(crowded, "who left the base")
	for _, i := range []int{1, crowded + 1} { // of layer 1 at most
		b.layeredRTCP(t, 2, hostOf(i), goodbye(uint32(1000+i))...)
		members(crowded, "who left layer 2")
	}
	b.layeredRTCP(t, 1, hostOf(1), goodbye(1001)...)
	b.layeredRTCP(t, 1, hostOf(crowded+1), goodbye(1001+crowded)...)
	members(crowded-2, "who left layer 1")
	if name := b.m.sources[1002].SDES().CNAME; name != "x" {
		t.Errorf("its name is %q", name)
	}
}

// The clock of a sender is that of the layer in which it is heard, and what is said
// of our stream counts where we send it.
func TestReportsOfLayers(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 9})
	report := func(layer int, stamp uint32) {
		b.layeredRTCP(t, layer, nat, &rtcp.SenderReport{SSRC: 7, NTPTime: b.m.ntp(b.now), RTPTime: stamp,
			Reports: []rtcp.ReceptionReport{{SSRC: 0x0a, FractionLost: uint8(10 * (1 + layer))}}}, rtcp.NewCNAMESourceDescription(7, "them"))
	}
	clock := func(want uint32, what string) {
		t.Helper()
		src := b.m.sources[7]
		at, ok := src.Captured(want, 8000)
		if ok != (want != 0) || ok && (at.Sub(b.now).Abs() > time.Millisecond) {
			t.Errorf("%s: the time is %v, %v", what, at, ok)
		}
	}
	report(2, 20_000)
	report(1, 10_000)
	report(2, 20_000)
	clock(10_000, "before it is heard")
	for i := range uint16(3) {
		b.layered(t, 1, nat, Header{SSRC: 7, SequenceNumber: i})
	}
	clock(10_000, "heard in layer 1")
	report(0, 5_000)
	report(2, 20_000)
	clock(10_000, "with reports of other layers")
	for i := range uint16(3) {
		b.layered(t, 0, nat, Header{SSRC: 7, SequenceNumber: i})
	}
	clock(0, "heard in the base, of which nothing was told")
	report(0, 5_000)
	report(1, 10_000)
	clock(5_000, "heard in the base")
	if st := b.m.snapshot(); st.Receptions.Reports != 1 || st.Receptions.Worst != 10.0/256 || st.Members.Members != 2 {
		t.Errorf("%+v, %+v", st.Receptions, st.Members)
	}
}

// Who is heard in a higher layer is reported on in the session of that one.
func TestReportsToLayers(t *testing.T) {
	b := newBench(t, true, nil)
	b.m.layers = 2
	for i := range uint16(4) {
		b.layered(t, 0, nat, Header{SSRC: 7, SequenceNumber: i})
		b.layered(t, 2, nat, Header{SSRC: 7, SequenceNumber: i})
		b.layered(t, 2, stranger, Header{SSRC: 8, SequenceNumber: i})
	}
	for b.m.turns == 0 {
		b.now = b.m.expire(b.now)
	}
	told := func() (out map[int]string) {
		out = make(map[int]string)
		for _, a := range b.actions() {
			if a.kind != actReport {
				continue
			}
			packets, err := rtcp.Unmarshal(a.packet)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range packets {
				switch p := p.(type) {
				case *rtcp.ReceiverReport:
					for _, r := range p.Reports {
						out[a.layer] += fmt.Sprintf("RR of %d,", r.SSRC)
					}
				case *rtcp.SourceDescription:
					out[a.layer] += p.Chunks[0].Items[0].Text
				case *rtcp.Goodbye:
					out[a.layer] += fmt.Sprintf(",BYE of %d", p.Sources)
				}
			}
		}
		return out
	}
	if got := told(); !maps.Equal(got, map[int]string{0: "RR of 7,us@here", 2: "RR of 8,us@here"}) {
		t.Errorf("reports %v", got)
	}
	b.m.leaveLayers(b.now, "")
	if got := told(); !maps.Equal(got, map[int]string{2: "us@here,BYE of [10]"}) {
		t.Errorf("at the end %v", got)
	}
}

func TestRTCPOfLayers(t *testing.T) {
	list := func(texts ...string) (out []netip.AddrPort) {
		for _, text := range texts {
			out = append(out, netip.MustParseAddrPort(text))
		}
		return out
	}
	for _, tt := range []struct {
		rtcp           string
		layers, expect []netip.AddrPort
	}{
		{"", list("239.1.1.2:5004", "239.1.1.3:5004"), list("239.1.1.2:5005", "239.1.1.3:5005")},
		{"", list("239.1.1.2:5006", "239.1.1.3:5008"), list("239.1.1.2:5007", "239.1.1.3:5009")},
		{"239.1.1.1:6001", list("239.1.1.2:5004"), list("239.1.1.2:6001")},
		{"239.1.2.1:5005", list("239.1.1.2:5004"), nil},
		{"239.1.1.1:65535", list("239.1.1.2:5006"), nil},
		{"", nil, nil},
	} {
		g := GroupConfig{RTP: netip.MustParseAddrPort("239.1.1.1:5004"), Layers: tt.layers}
		if tt.rtcp != "" {
			g.RTCP = netip.MustParseAddrPort(tt.rtcp)
		}
		if got := g.LayersRTCP(); !slices.Equal(got, tt.expect) {
			t.Errorf("%s, %v: %v", tt.rtcp, tt.layers, got)
		}
	}
}

func TestLayersOfGroup(t *testing.T) {
	group := freeGroup(t, "239.255.7.20")
	upper := freeGroup(t, "239.255.7.21")
	tr := listen(t, ListenConfig{Group: &GroupConfig{RTP: group, Layers: []netip.AddrPort{upper}, Interface: "lo", TTL: 1}})
	l := newListener()
	s := start(t, Config{Transport: tr, Receiver: l})
	sender := listen(t, ListenConfig{Group: &GroupConfig{RTP: upper, Interface: "lo", TTL: 1}})
	at := start(t, Config{Transport: sender, Receiver: newListener()})
	for seq := range uint16(3) {
		if err := at.Send(Header{SequenceNumber: seq}, []byte{1}); err != nil {
			t.Fatal(err)
		}
		if err := s.Send(Header{SequenceNumber: seq}, []byte{1}); err != nil {
			t.Fatal(err)
		}
	}
	if p := await(t, l.packets); p.SSRC != at.SSRC() {
		t.Errorf("%x is heard", p.SSRC)
	}
	if st := at.Stats(); st.Received != 0 {
		t.Error("the upper layer is sent to")
	}
	// Reports of a layer arrive, and go there.
	await(t, l.changes) // it is new
	at.sendReport(mustMarshal(t, named(at.SSRC(), "upper")))
	if c := await(t, l.changes); c.what != SourceDescribed || c.src.SDES().CNAME != "upper" {
		t.Errorf("%+v is told", c)
	}
	other := listen(t, ListenConfig{Group: &GroupConfig{RTP: upper, Interface: "lo", TTL: 1}})
	s.sendLayerReport(1, mustMarshal(t, named(s.SSRC(), "lower")))
	if err := other.rtcp.in.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	var buf [codecs.MaxPacket]byte
	n, _, err := other.rtcp.in.ReadFromUDPAddrPort(buf[:])
	if err != nil || !bytes.Contains(buf[:n], []byte("lower")) {
		t.Errorf("to the upper layer came %q, %v", buf[:n], err)
	}
	if _, err := Listen(ListenConfig{Group: &GroupConfig{RTP: group, Layers: make([]netip.AddrPort, MaxLayers), Interface: "lo", TTL: 1}}); err == nil {
		t.Error("too many layers are joined")
	}
}

func mustMarshal(t *testing.T, packets []rtcp.Packet) []byte {
	t.Helper()
	raw, err := rtcp.Marshal(packets)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
