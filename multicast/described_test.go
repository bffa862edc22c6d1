package multicast

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/pion/rtcp"

	"parley/conference"
)

// The roster has what a member says of itself (RFC 3550 6.5), cut and cleaned.
func TestMembersSayWhoTheyAre(t *testing.T) {
	g := testGroup(t, "239.255.77.45", "PCMU")
	h := openHouse(t, g)
	_, watch := h.conf.Watch()
	defer watch.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	sound := spout(t, g.Audio.Addr)
	for n := range uint16(5) {
		send(sound, 77, 0, false, n, 160*uint32(n), make([]byte, 160))
	}
	raw, err := rtcp.Marshal([]rtcp.Packet{
		&rtcp.ReceiverReport{SSRC: 77},
		&rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{Source: 77, Items: []rtcp.SourceDescriptionItem{
			{Type: rtcp.SDESCNAME, Text: "ann@studio"}, {Type: rtcp.SDESName, Text: "Ann"}, {Type: rtcp.SDESEmail, Text: "ann@example.net"},
			{Type: rtcp.SDESTool, Text: "mic 2\x00"}, {Type: rtcp.SDESNote, Text: "back at noon" + strings.Repeat(" and later", 24)},
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := spout(t, netip.AddrPortFrom(g.Audio.Addr.Addr(), g.Audio.Addr.Port()+1)).Write(raw); err != nil {
		t.Fatal(err)
	}
	for {
		event, err := watch.Next(ctx)
		if err != nil {
			t.Fatalf("the member says nothing: %v", err)
		}
		if event.Kind != conference.EventSourceUpdated && event.Kind != conference.EventSourceAdded {
			continue
		}
		for _, s := range event.Member.Sources {
			if s.CNAME == "" { // not yet
				continue
			}
			if s.Name != "Ann" || s.CNAME != "ann@studio" || s.Email != "ann@example.net" || s.Tool != "mic 2" || !strings.HasPrefix(s.Note, "back at noon and later") {
				t.Errorf("described as %+v", s)
			}
			return
		}
	}
}
