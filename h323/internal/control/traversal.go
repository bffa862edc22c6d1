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

// SetSide says what this end is, before channels are opened.
func (m *Machine) SetSide(s Side) { m.side = s }

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

// traverse reads what the peer says of a channel.
func (m *Machine) traverse(information []h245.GenericMessage) media.Traversal {
	switch m.side {
	case SideServer:
		return media.Traversal{Hidden: true}
	case SideClient:
		p, err := h460.Traversal(information)
		if err != nil || p.KeepAliveChannel == nil {
			return media.Traversal{}
		}
		t := media.Traversal{KeepAlive: address(p.KeepAliveChannel), Interval: keepAliveInterval, PayloadType: keepAlivePayloadType}
		if p.KeepAliveInterval != nil {
			t.Interval = time.Duration(*p.KeepAliveInterval) * time.Second
		}
		return t
	}
	return media.Traversal{}
}
