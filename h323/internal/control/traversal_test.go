package control

import (
	"net/netip"
	"testing"
	"time"

	"parley/h323/h245"
	"parley/h323/h460"
	"parley/h323/media"
)

// traversals returns what a side said of its channels, and of those of the peer.
func (s *side) traversals(t *testing.T) (opens, acks []*h460.TraversalParameters) {
	t.Helper()
	read := func(g []h245.GenericMessage) *h460.TraversalParameters {
		p, err := h460.Traversal(g)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, m := range s.sent {
		if m.Request != nil && m.Request.OpenLogicalChannel != nil {
			opens = append(opens, read(m.Request.OpenLogicalChannel.GenericInformation))
		}
		if m.Response != nil && m.Response.OpenLogicalChannelAck != nil {
			acks = append(acks, read(m.Response.OpenLogicalChannelAck.GenericInformation))
		}
	}
	return opens, acks
}

// A server tells where keep-alives go and how often, a client of which type they
// are; each knows of the channels what to do.
func TestTraversalSides(t *testing.T) {
	p := newPair(t, newSide(t, "server", 190, nil), newSide(t, "client", 50, nil))
	p.a.SetSide(SideServer)
	p.b.SetSide(SideClient)
	p.start()
	opens, acks := p.a.traversals(t)
	if len(opens) == 0 || len(acks) == 0 {
		t.Fatalf("%d opened, %d acknowledged", len(opens), len(acks))
	}
	for _, x := range append(opens, acks...) {
		if x.KeepAliveChannel == nil || x.KeepAliveInterval == nil || *x.KeepAliveInterval != 19 || x.KeepAlivePayloadType != nil {
			t.Errorf("of the server: %+v", x)
		}
	}
	opens, acks = p.b.traversals(t)
	for _, x := range append(opens, acks...) {
		if x.KeepAliveChannel != nil || x.KeepAlivePayloadType == nil || *x.KeepAlivePayloadType != keepAlivePayloadType {
			t.Errorf("of the client: %+v", x)
		}
	}
	for _, d := range []media.Direction{media.Send, media.Receive} {
		if c := p.a.find(t, d, media.KindAudio, media.RoleMain); c.Traversal != (media.Traversal{Hidden: true}) {
			t.Errorf("%v of the server: %+v", d, c.Traversal)
		}
	}
	in := p.b.find(t, media.Receive, media.KindAudio, media.RoleMain)
	want := media.Traversal{
		KeepAlive: netip.AddrPortFrom(in.Remote.RTCP.Addr(), in.Remote.RTCP.Port()-1),
		Interval:  19 * time.Second, PayloadType: keepAlivePayloadType,
	}
	if in.Traversal != want {
		t.Errorf("received by the client: %+v, want %+v", in.Traversal, want)
	}
	p.connected(media.KindAudio, media.RoleMain)
}

// Without sides nothing is said, and what a peer says is of no effect.
func TestTraversalUnasked(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "client", 50, nil))
	p.b.SetSide(SideClient)
	p.start()
	for _, m := range p.a.sent {
		if m.Request != nil && m.Request.OpenLogicalChannel != nil && m.Request.OpenLogicalChannel.GenericInformation != nil {
			t.Errorf("%+v", m.Request.OpenLogicalChannel.GenericInformation)
		}
	}
	for _, s := range []*side{p.a, p.b} {
		if c := s.find(t, media.Receive, media.KindAudio, media.RoleMain); c.Traversal != (media.Traversal{}) {
			t.Errorf("%s: %+v", s.name, c.Traversal)
		}
	}
}
