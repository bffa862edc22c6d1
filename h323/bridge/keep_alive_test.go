package bridge

import (
	"net/netip"
	"testing"
	"time"

	"parley/h323/h460"
	"parley/h323/media"
	"parley/qos/rtp"
)

// A client's keep-alives go to where the channel that it receives wants them, three
// at once and then as often as the server said; none where nobody wants any.
func TestKeepAlive(t *testing.T) {
	server := netip.MustParseAddrPort("198.51.100.1:4000")
	receive := &media.Channel{Traversal: media.Traversal{KeepAlive: server, Interval: 19 * time.Second, PayloadType: 127}}
	send := &media.Channel{Traversal: media.Traversal{KeepAlive: netip.MustParseAddrPort("198.51.100.1:5000")}}
	p := pair{receive: receive, send: send}
	start := time.Unix(1_000_000_000, 0)
	sent := 0
	for at := range 40 * 10 {
		now := start.Add(time.Duration(at) * 100 * time.Millisecond)
		if packet := p.alive.due(nil, p.wanted(), now); packet != nil {
			sent++
			if !h460.IsKeepAlive(packet) || packet[1]&0x7f != 127 || p.alive.to != server {
				t.Errorf("%x to %v", packet, p.alive.to)
			}
		}
	}
	if sent != 5 {
		t.Errorf("%d packets in 40 s", sent)
	}
	if p.receive = nil; p.wanted().KeepAlive.Port() != 5000 {
		t.Errorf("without a channel of the peer: %+v", p.wanted())
	}
	p.send = &media.Channel{}
	if packet := p.alive.due(nil, p.wanted(), start.Add(time.Hour)); packet != nil || p.alive.to.IsValid() {
		t.Errorf("%x to %v, who did not ask", packet, p.alive.to)
	}
}

// What a peer behind a firewall tells is not sent to: only its host, from where
// its media comes.
func TestHiddenPeer(t *testing.T) {
	c := &call{source: netip.MustParseAddr("203.0.113.7"), server: &Server{}}
	told := media.Addresses{RTP: netip.MustParseAddrPort("192.168.1.2:5000"), RTCP: netip.MustParseAddrPort("192.168.1.2:5001")}
	open := &media.Channel{Remote: told}
	if x := c.terms(&pair{send: open, receive: open}); x.Remote != told.RTP || x.RemoteRTCP != told.RTCP {
		t.Errorf("in the open: %v, %v", x.Remote, x.RemoteRTCP)
	}
	hidden := &media.Channel{Remote: told, Traversal: media.Traversal{Hidden: true}}
	for name, p := range map[string]*pair{"both": {send: hidden, receive: hidden}, "heard": {receive: hidden}, "hears": {send: hidden}} {
		if x := c.terms(p); x.Remote != netip.AddrPortFrom(c.source, rtp.DiscardPort) || x.RemoteRTCP.IsValid() {
			t.Errorf("%s: %v, %v", name, x.Remote, x.RemoteRTCP)
		}
	}
}

// Nor does a peer have this host send keep-alives to itself.
func TestKeepAliveToOneself(t *testing.T) {
	c := &call{source: netip.MustParseAddr("203.0.113.7"), server: &Server{}}
	for to, want := range map[string]bool{"203.0.113.9:4000": true, "127.0.0.1:4000": false, "[::ffff:127.0.0.1]:4000": false} {
		at := netip.MustParseAddrPort(to)
		if got := c.keptAlive(media.Traversal{KeepAlive: at}).KeepAlive.IsValid(); got != want {
			t.Errorf("%s: %v", to, got)
		}
	}
}
