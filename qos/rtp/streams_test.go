package rtp

import (
	"slices"
	"testing"

	"github.com/pion/rtcp"
)

func TestContributorsOfTheLatestPacket(t *testing.T) {
	b := newBench(t, true, nil)
	b.run(nat, 7, 1, 2)
	src := b.m.sources[7]
	for i, want := range [][]uint32{{11, 12}, {13}, nil} {
		if !b.rtp(nat, Header{SSRC: 7, SequenceNumber: uint16(3 + i), CSRC: want}) {
			t.Fatal("not delivered")
		}
		if got := src.AppendContributors(nil); !slices.Equal(got, want) {
			t.Errorf("contributors %v, want %v", got, want)
		}
	}
}

func TestRelayedContributorIsNoLoop(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 9, CSRC: []uint32{0xa1, 0xb1, 0xb2}, Relayed: 2})
	if n := b.run(nat, 7, 1, 3); n != 2 {
		t.Fatalf("delivered %d", n)
	}
	for csrc, want := range map[uint32]bool{0xa1: false, 0xb1: true, 0xb2: true} {
		b.m.sources[7].seq.start(10)
		if got := b.rtp(nat, Header{SSRC: 7, SequenceNumber: 10, CSRC: []uint32{csrc}}); got != want {
			t.Errorf("CSRC %x: delivered %v, want %v", csrc, got, want)
		}
	}
}

func TestStreamEndsWithBye(t *testing.T) {
	b := newBench(t, true, nil)
	b.sent(Header{SequenceNumber: 1})
	b.sent(Header{SSRC: 0xbb, SequenceNumber: 1})
	if b.m.endStream(b.now, 0x0a, "") != nil || b.m.endStream(b.now, 0xcc, "") != nil {
		t.Error("the session's own stream, or none, was ended")
	}
	packets, err := rtcp.Unmarshal(b.m.endStream(b.now, 0xbb, "gone"))
	if err != nil {
		t.Fatal(err)
	}
	bye, ok := packets[len(packets)-1].(*rtcp.Goodbye)
	if !ok || !slices.Equal(bye.Sources, []uint32{0xbb}) || bye.Reason != "gone" {
		t.Errorf("said %v", packets)
	}
	if b.m.isOurs(0xbb) {
		t.Error("the ended stream is still ours")
	}
}

func TestFloodOfSendersLeavesRoom(t *testing.T) {
	b := newBench(t, true, nil)
	b.run(nat, 7, 1, 4)
	for i := range uint32(2000) { // each proves itself
		for seq := range uint16(2) {
			b.rtp(stranger, Header{SSRC: 1000 + i, SequenceNumber: seq})
		}
	}
	if len(b.m.sources) != maxMembersGroup {
		t.Fatalf("%d members", len(b.m.sources))
	}
	if n := b.run(nat, 7, 5, 50); n != 50 {
		t.Errorf("who was there is not heard: %d of 50", n)
	}
	b.now = b.now.Add(evictableIdle)
	b.run(nat, 7, 55, 1)
	if n := b.run(nat, 8, 1, 4); n != 3 {
		t.Errorf("a new sender found no room: %d", n)
	}
	if b.m.sources[7] == nil {
		t.Error("a sender was put out instead of a silent one")
	}
}
