package multicast

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"parley/codecs"
	"parley/qos/rtp"
)

// witness is a Monitor that passes on what it is told.
type witness struct {
	heard chan uint32
	left  chan rtp.Member
	group netip.AddrPort
}

func (w *witness) HearMember(ssrc uint32, frame *codecs.Frame) {
	for _, s := range frame {
		if s > 3000 { // somebody speaks
			select {
			case w.heard <- ssrc:
			default: // it is known
			}
			return
		}
	}
}

func (w *witness) MemberLeft(group netip.AddrPort, m rtp.Member) {
	w.group = group
	w.left <- m
}

func TestMonitorHearsMembersAndTheirEnd(t *testing.T) {
	g := testGroup(t, "239.255.77.90", "PCMU")
	speaker, listener := openHouse(t, g), openHouse(t)
	w := &witness{heard: make(chan uint32, 1), left: make(chan rtp.Member, 1)}
	listener.server.deps.Monitor = w // of the groups that join from now on
	if err := listener.server.Join(g); err != nil {
		t.Fatal(err)
	}
	speaker.join(t, newPerson("ann", 440))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var ssrc uint32
	select {
	case ssrc = <-w.heard:
	case <-ctx.Done():
		t.Fatal("nobody was heard")
	}
	if want := speaker.server.joined()[0].audio.session.SSRC(); ssrc != want {
		t.Errorf("heard %#x, want %#x", ssrc, want)
	}
	if err := speaker.server.Close(ctx); err != nil { // says BYE
		t.Fatal(err)
	}
	select {
	case m := <-w.left:
		if m.SSRC != ssrc || m.Stats.Packets == 0 || m.SDES.CNAME == "" || w.group != g.Audio.Addr {
			t.Errorf("%+v of %v has left", m, w.group)
		}
	case <-ctx.Done():
		t.Fatal("nobody was told of the end")
	}
}
