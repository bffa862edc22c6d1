package control

import (
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/h460"
	"parley/h323/media"
)

// Side is what this end is in traversal of media (H.460.19).
type Side uint8

// The sides.
const (
	SideNone   Side = iota
	SideServer      // learns where the peer's media comes from
	SideClient      // opens the ways from behind a firewall
)

// SetSide says what this end is, before channels are opened, and whether the peer
// can send several channels to one port.
func (m *Machine) SetSide(s Side, multiplexes bool) { m.side, m.multiplexes = s, multiplexes }

// expected is what is known of a channel's traversal before the peer said
// anything of that channel.
func (m *Machine) expected() media.Traversal {
	if m.side == SideServer {
		return media.Traversal{Hidden: true, Multiplexes: m.multiplexes}
	}
	return media.Traversal{}
}

// traversalOf is what this end says in the open request or the acknowledgement of
// a channel: a server where keep-alives shall go, a client of which payload type
// they are. nil: nothing.
func (m *Machine) traversalOf(local media.Addresses) []h245.GenericMessage {
	p := &h460.TraversalParameters{}
	rtp := local.RTP
	if !rtp.IsValid() && local.RTCP.IsValid() {
		rtp = netip.AddrPortFrom(local.RTCP.Addr(), local.RTCP.Port()-1) // RFC 3550 section 11
	}
	switch {
	case m.side == SideServer && rtp.IsValid():
		interval := h225.TimeToLive(keepAliveInterval / time.Second)
		p.KeepAliveChannel, p.KeepAliveInterval = transport(rtp), &interval
		if local.Multiplexed {
			// Of both directions all of them, as others tell them: some clients look
			// for each in either.
			p.MultiplexedMediaChannel, p.MultiplexedMediaControlChannel = transport(rtp), transport(local.RTCP)
			p.MultiplexID = &local.MultiplexID
		}
	case m.side == SideClient:
		pt := uint8(keepAlivePayloadType)
		p.KeepAlivePayloadType = &pt
	default:
		return nil
	}
	g, err := p.Message()
	if err != nil {
		return nil // of no address that cannot be told
	}
	return []h245.GenericMessage{*g}
}

// traverse reads what the peer says of a channel, and of where it wants its media
// multiplexed.
func (m *Machine) traverse(c *media.Channel, information []h245.GenericMessage) {
	c.Traversal = m.expected()
	if m.side == SideNone {
		return
	}
	p, err := h460.Traversal(information)
	if err != nil {
		if c.Direction&media.Receive != 0 {
			// Who says nothing of H.460.19 in what it opens does not do it there,
			// whatever it announced: H323Plus by H.460.17 does not.
			m.multiplexes = false
			c.Traversal.Multiplexes = false
		}
		return
	}
	if p.MultiplexID != nil {
		c.Remote.Multiplexed, c.Remote.MultiplexID = true, *p.MultiplexID
	}
	if m.side == SideServer {
		return // the addresses are of a network that is not ours
	}
	if c.Remote.Multiplexed {
		m.multiplexed(c, p)
	}
	if p.KeepAliveChannel == nil {
		return
	}
	c.Traversal.KeepAlive, c.Traversal.PayloadType = address(p.KeepAliveChannel), keepAlivePayloadType
	c.Traversal.Interval = keepAliveInterval
	if p.KeepAliveInterval != nil {
		c.Traversal.Interval = time.Duration(*p.KeepAliveInterval) * time.Second
	}
}

// multiplexed takes a server's addresses for what is multiplexed in the place of
// the channel's own.
func (m *Machine) multiplexed(c *media.Channel, p *h460.TraversalParameters) {
	if a := address(p.MultiplexedMediaChannel); a.IsValid() && c.Direction&media.Send != 0 {
		c.Remote.RTP = a // of what it sends itself, no address is told
	}
	if a := address(p.MultiplexedMediaControlChannel); a.IsValid() {
		c.Remote.RTCP = a
	}
}
