package rtp

import (
	"net/netip"
	"testing"

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
	if _, err := Listen(ListenConfig{Group: &GroupConfig{RTP: group, Layers: make([]netip.AddrPort, MaxLayers), Interface: "lo", TTL: 1}}); err == nil {
		t.Error("too many layers are joined")
	}
}
