package rtp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// chunks is the SDES of the next report, by SSRC.
func (b *bench) chunks() map[uint32]map[rtcp.SDESType]string {
	b.t.Helper()
	out := make(map[uint32]map[rtcp.SDESType]string)
	for _, p := range b.compound() {
		d, ok := p.(*rtcp.SourceDescription)
		if !ok {
			continue
		}
		for _, c := range d.Chunks {
			out[c.Source] = make(map[rtcp.SDESType]string)
			for _, item := range c.Items {
				out[c.Source][item.Type] = item.Text
			}
		}
	}
	return out
}

// TestSDESRotates holds the proportions of RFC 3550 6.3.9.
func TestSDESRotates(t *testing.T) {
	us := SDES{CNAME: "us@here", Name: "Us", Email: "us@example.net", Phone: "+1 555", Location: "Rome", Tool: "parley", Note: "back soon"}
	b := newBench(t, true, func(cfg *Config) { cfg.SDES = us })
	if first := b.chunks()[0x0a]; len(first) != 7 || first[rtcp.SDESPhone] != "+1 555" || first[rtcp.SDESLocation] != "Rome" {
		t.Fatalf("first %v", first)
	}
	count := make(map[rtcp.SDESType]int)
	for range extraEvery * otherEvery * 5 {
		for kind := range b.chunks()[0x0a] {
			count[kind]++
		}
	}
	if count[rtcp.SDESCNAME] != 120 || count[rtcp.SDESName] != 35 {
		t.Errorf("counts %v", count)
	}
	for kind := rtcp.SDESEmail; kind <= rtcp.SDESNote; kind++ {
		if count[kind] != 1 {
			t.Errorf("item %v told %d times", kind, count[kind])
		}
	}
}

func TestSDESIsTaken(t *testing.T) {
	b := newBench(t, true, nil)
	b.run(nat, 7, 1, 4)
	items := make([]rtcp.SourceDescriptionItem, 0, 8)
	for kind := rtcp.SDESCNAME; kind <= rtcp.SDESPrivate; kind++ {
		items = append(items, rtcp.SourceDescriptionItem{Type: kind, Text: fmt.Sprint("\x01text of ", uint8(kind))})
	}
	b.rtcp(nat, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{Source: 7, Items: items}}})
	want := SDES{
		CNAME: "\x01text of 1", Name: "\x01text of 2", Email: "\x01text of 3", Phone: "\x01text of 4",
		Location: "\x01text of 5", Tool: "\x01text of 6", Note: "\x01text of 7",
	}
	if got := b.m.sources[7].SDES(); got != want {
		t.Errorf("%+v", got)
	}
}

// TestContributorsAreDescribed: in turn, while they are heard, and never in more
// than an MTU.
func TestContributorsAreDescribed(t *testing.T) {
	b := newBench(t, true, nil)
	var all []uint32
	for i := range uint32(40) {
		all = append(all, 100+i)
		b.m.own.describe(100+i, SDES{CNAME: fmt.Sprint("member", i), Name: strings.Repeat("n", 60)})
	}
	if got := b.chunks(); len(got) != 1 {
		t.Fatalf("described before anybody spoke: %v", got)
	}
	seen := make(map[uint32]bool)
	for range 8 {
		for i := range 3 {
			b.sent(Header{SequenceNumber: 9, CSRC: all[15*i : min(15*i+15, len(all))]})
		}
		b.m.mu.Lock()
		raw := b.m.compoundLocked(b.now, b.m.sendingSinceLocked(b.now))
		b.m.mu.Unlock()
		if len(raw) > maxCompound {
			t.Fatalf("a report of %d octets", len(raw))
		}
		got := b.chunks()
		if len(got) > 1+maxContributorChunks {
			t.Fatalf("%d chunks", len(got))
		}
		for ssrc, items := range got {
			if ssrc == 0x0a {
				continue
			}
			if want := fmt.Sprint("member", ssrc-100); items[rtcp.SDESCNAME] != want {
				t.Errorf("%d is %v, want %q", ssrc, items, want)
			}
			seen[ssrc] = true
		}
	}
	if len(seen) < 32 {
		t.Errorf("only %d of 40 had their turn", len(seen))
	}
	b.m.own.describe(100, SDES{})
	b.now = b.now.Add(contributorTold + time.Second)
	if got := b.chunks(); len(got) != 1 {
		t.Errorf("still described: %v", got)
	}
}

// A receiver counts those in a CSRC list as members, and learns their names
// from the mixer.
func TestContributorsAreMembers(t *testing.T) {
	b := newBench(t, true, nil)
	b.rtp(nat, Header{SSRC: 7, SequenceNumber: 1, CSRC: []uint32{100, 101}})
	b.rtp(nat, Header{SSRC: 7, SequenceNumber: 2, CSRC: []uint32{100, 101}})
	if st := b.m.snapshot().Members; st.Members != 4 || st.Senders != 1 {
		t.Fatalf("%+v", st)
	}
	b.rtcp(nat, &rtcp.SenderReport{SSRC: 7}, &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{
		{Source: 7, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "mixer"}}},
		{Source: 100, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "ann"}}},
	}})
	if got := b.m.sources[100].SDES().CNAME; got != "ann" {
		t.Errorf("CNAME %q", got)
	}
	if st := b.m.snapshot().Members; st.Members != 4 {
		t.Errorf("%+v", st)
	}
}
