package control

import (
	"math/bits"
	"net/netip"

	"parley/h323/h245"
	"parley/h323/media"
	"parley/h323/per"
)

// openMessage returns the request that opens a channel of ours.
func (m *Machine) openMessage(c *media.Channel) (*h245.OpenLogicalChannel, error) {
	data, err := c.DataType()
	if err != nil {
		return nil, err
	}
	return &h245.OpenLogicalChannel{
		ForwardLogicalChannelNumber: c.Number,
		ForwardLogicalChannelParameters: h245.ForwardLogicalChannelParameters{
			DataType: data,
			MultiplexParameters: h245.ForwardMultiplexParameters{
				H2250LogicalChannelParameters: rtpParameters(c),
			},
		},
		GenericInformation: m.traversalOf(c.Local),
	}, nil
}

// rtpParameters are those of clause B.3.1, without the address for media: in an
// open request that is the peer's to say.
func rtpParameters(c *media.Channel) *h245.H2250LogicalChannelParameters {
	p := &h245.H2250LogicalChannelParameters{
		SessionID:           uint8(c.Session),
		MediaControlChannel: transport(c.Local.RTCP),
	}
	c.Describe(p)
	if c.Kind == media.KindAudio {
		p.SilenceSuppression = new(bool)
	}
	if c.Role != media.RoleMain && c.Session != media.SessionVideo {
		// The video that the second one goes with (H.239 clause 9).
		video := uint8(media.SessionVideo)
		p.AssociatedSessionID = &video
	}
	return p
}

func transport(a netip.AddrPort) *h245.TransportAddress {
	if !a.IsValid() {
		return nil
	}
	return h245.NewTransportAddress(a)
}

// address reads an address of the peer's; the zero one where there is none that
// can be used. No peer may aim our media at a whole network.
func address(t *h245.TransportAddress) netip.AddrPort {
	a, ok := t.AddrPort()
	host := a.Addr().Unmap()
	if !ok || a.Port() == 0 || host.IsUnspecified() || host.IsMulticast() || host == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(host, a.Port())
}

// control returns the address for RTCP: the one told, else the port after RTP's
// (RFC 3550 section 11).
func control(rtcp *h245.TransportAddress, rtp netip.AddrPort) netip.AddrPort {
	if a := address(rtcp); a.IsValid() {
		return a
	}
	if !rtp.IsValid() || rtp.Port() == 65535 {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(rtp.Addr(), rtp.Port()+1)
}

// ackAddresses reads where the peer receives.
func ackAddresses(p *h245.H2250LogicalChannelAckParameters) (media.Addresses, bool) {
	if p == nil {
		return media.Addresses{}, false
	}
	rtp := address(p.MediaChannel)
	return media.Addresses{RTP: rtp, RTCP: control(p.MediaControlChannel, rtp)}, rtp.IsValid()
}

// payloadType returns that of a channel of ours: the static one, the one the
// capability names, or the first dynamic one that is free.
func (m *Machine) payloadType(c media.Capability) uint8 {
	// Encrypted packets have a type of their own (H.235.6 clause 8.6).
	if n, ok := media.StaticPayloadType(c.Format); ok && c.Algorithm == "" {
		return n
	}
	var used uint32 // of 96 to 127
	for _, o := range m.out {
		if o.PayloadType >= 96 {
			used |= 1 << (o.PayloadType - 96)
		}
	}
	// Events keep theirs within an audio channel.
	for _, s := range []*media.Set{m.send, m.receive, m.remote} {
		if s != nil && s.TelephoneEvent && s.TelephoneEventPayloadType >= 96 && s.TelephoneEventPayloadType <= 127 {
			used |= 1 << (s.TelephoneEventPayloadType - 96)
		}
	}
	if n := c.PayloadType; n >= 96 && n <= 127 && used&(1<<(n-96)) == 0 {
		return n
	}
	return 96 + uint8(bits.TrailingZeros32(^used))&31
}

// settled gives a channel's capability its static payload type where the
// parameters told none.
func settled(c media.Capability) media.Capability {
	if n, ok := media.StaticPayloadType(c.Format); ok && c.PayloadType < 96 {
		c.PayloadType = n
	}
	return c
}

// isMulticast reports whether the peer wants a group.
func isMulticast(t *h245.TransportAddress) bool { return t != nil && t.MulticastAddress != nil }

// null is the value of an alternative without one.
var null = &per.Null{}
