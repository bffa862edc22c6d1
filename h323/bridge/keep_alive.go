package bridge

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"parley/h323/h460"
	"parley/h323/media"
	"parley/qos/rtp"
	"parley/qos/rtp/leg"
)

// keepAlive keeps the way of a session's media open from behind a firewall
// (H.460.19).
type keepAlive struct {
	to      netip.AddrPort // not valid: nobody wants it
	machine h460.KeepAlive
}

// hidden reports whether the peer is behind a firewall.
func (p *pair) hidden() bool {
	return p.receive != nil && p.receive.Traversal.Hidden || p.send != nil && p.send.Traversal.Hidden
}

// multiplexID is by what the peer knows the session's packets; nil: by nothing.
func (p *pair) multiplexID() *uint32 {
	for _, ch := range [...]*media.Channel{p.send, p.receive} {
		if ch != nil && ch.Remote.Multiplexed {
			return &ch.Remote.MultiplexID
		}
	}
	return nil
}

// wanted is what the peer wants of keep-alives: that of the channel it sends, which
// nothing else keeps open, before that of the one it receives.
func (p *pair) wanted() (t media.Traversal) {
	for _, ch := range [...]*media.Channel{p.receive, p.send} {
		if ch != nil && ch.Traversal.KeepAlive.IsValid() {
			return ch.Traversal
		}
	}
	return t
}

// due appends the packet that is to be sent at now.
func (k *keepAlive) due(dst []byte, t media.Traversal, now time.Time) []byte {
	if t.KeepAlive != k.to {
		*k = keepAlive{to: t.KeepAlive, machine: h460.KeepAlive{
			PayloadType: t.PayloadType, SSRC: rand.Uint32(), Interval: t.Interval,
		}}
	}
	if !k.to.IsValid() {
		return dst
	}
	dst, _ = k.machine.Next(dst, now)
	return dst
}

// keptAlive is what the peer may have of what it wants: nothing is sent to this host,
// or on a link alone, for who is not there.
func (c *call) keptAlive(t media.Traversal) media.Traversal {
	if to := t.KeepAlive.Addr(); to.IsValid() && !leg.IsAimable(to, c.source) {
		t.KeepAlive = netip.AddrPort{}
	}
	return t
}

// keepAlive sends what is due.
func (c *channels) keepAlive(now time.Time, of *call) {
	for _, m := range [...]struct {
		pair *pair
		from func() *rtp.Session
	}{
		{&c.audio, of.audio.Session}, {&c.video, of.video.main.Session}, {&c.slides, of.video.slides.Session},
		{&c.second, of.video.second.Session},
	} {
		s := m.from()
		if s == nil {
			continue
		}
		var buf [12]byte
		if packet := m.pair.alive.due(buf[:0], of.keptAlive(m.pair.wanted()), now); len(packet) > 0 {
			if err := s.KeepAlive(m.pair.alive.to, packet); err != nil {
				of.logger().Debug("keep-alive not sent", "to", m.pair.alive.to, "error", err)
			}
		}
	}
}
