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
	p.a.SetSide(SideServer, false)
	p.b.SetSide(SideClient, false)
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
	p.b.SetSide(SideClient, false)
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

// A server with shared ports tells them and an identifier to a client that can send
// to them, in every channel; the client sends its media and reports there. One that
// cannot is told nothing of the kind.
func TestTraversalMultiplexed(t *testing.T) {
	for _, can := range []bool{true, false} {
		shared := media.Addresses{
			RTP: netip.MustParseAddrPort("198.51.100.1:30000"), RTCP: netip.MustParseAddrPort("198.51.100.1:30001"),
			Multiplexed: true, MultiplexID: 4_000_000_000,
		}
		server := newSide(t, "server", 190, func(c *Config) {
			own := c.Local
			c.Local = func(ch *media.Channel) (media.Addresses, error) {
				if !ch.Traversal.Hidden || ch.Traversal.Multiplexes != can {
					t.Errorf("%v: %+v", ch, ch.Traversal)
				}
				if ch.Traversal.Multiplexes {
					return shared, nil
				}
				return own(ch)
			}
		})
		p := newPair(t, server, newSide(t, "client", 50, nil))
		p.a.SetSide(SideServer, can)
		p.b.SetSide(SideClient, true)
		p.start()
		opens, acks := p.a.traversals(t)
		for _, x := range append(opens, acks...) {
			if !can {
				if x.MultiplexID != nil || x.MultiplexedMediaChannel != nil || x.MultiplexedMediaControlChannel != nil {
					t.Errorf("to who cannot: %+v", x)
				}
				continue
			}
			if x.MultiplexID == nil || *x.MultiplexID != shared.MultiplexID || address(x.KeepAliveChannel) != shared.RTP ||
				address(x.MultiplexedMediaChannel) != shared.RTP || address(x.MultiplexedMediaControlChannel) != shared.RTCP {
				t.Errorf("told: %+v", x)
			}
		}
		out := p.b.find(t, media.Send, media.KindAudio, media.RoleMain)
		in := p.b.find(t, media.Receive, media.KindAudio, media.RoleMain)
		for _, c := range []media.Channel{out, in} {
			if c.Remote.Multiplexed != can || can && (c.Remote.MultiplexID != shared.MultiplexID || c.Remote.RTCP != shared.RTCP) {
				t.Errorf("%v of the client: %+v", &c, c.Remote)
			}
		}
		if can && out.Remote.RTP != shared.RTP || in.Remote.RTP.IsValid() {
			t.Errorf("the client sends to %v, and is sent from %v", out.Remote.RTP, in.Remote.RTP)
		}
	}
}

// A client that takes several channels at one port tells its identifier; its
// addresses are of its own network.
func TestTraversalMultiplexedClient(t *testing.T) {
	id, private := uint32(7), netip.MustParseAddrPort("192.168.1.2:5000")
	told := h460.TraversalParameters{MultiplexID: &id, MultiplexedMediaChannel: transport(private), MultiplexedMediaControlChannel: transport(private)}
	g, err := told.Message()
	if err != nil {
		t.Fatal(err)
	}
	of := func(s Side, d media.Direction) media.Channel {
		m := New(Config{})
		m.SetSide(s, true)
		c := media.Channel{Direction: d}
		m.traverse(&c, []h245.GenericMessage{*g})
		return c
	}
	if c := of(SideServer, media.Send); !c.Remote.Multiplexed || c.Remote.MultiplexID != 7 || c.Remote.RTP.IsValid() || c.Remote.RTCP.IsValid() ||
		c.Traversal != (media.Traversal{Hidden: true, Multiplexes: true}) {
		t.Errorf("to a server: %+v, %+v", c.Remote, c.Traversal)
	}
	if c := of(SideClient, media.Receive); c.Remote.RTP.IsValid() || c.Remote.RTCP != private {
		t.Errorf("from a server: %+v", c.Remote)
	}
	if c := of(SideNone, media.Send); c.Remote != (media.Addresses{}) || c.Traversal != (media.Traversal{}) {
		t.Errorf("where nobody is behind a firewall: %+v, %+v", c.Remote, c.Traversal)
	}
}

// A client that announced that it multiplexes, and says nothing of it in what it
// opens, is given ports of the call's own.
func TestTraversalAnnouncedOnly(t *testing.T) {
	m := New(Config{})
	m.SetSide(SideServer, true)
	c := media.Channel{Direction: media.Send}
	m.traverse(&c, nil)
	if !c.Traversal.Multiplexes {
		t.Error("its acknowledgement may be silent")
	}
	c = media.Channel{Direction: media.Receive}
	m.traverse(&c, nil)
	if c.Traversal != (media.Traversal{Hidden: true}) || m.expected().Multiplexes {
		t.Errorf("%+v, and then %+v", c.Traversal, m.expected())
	}
}
