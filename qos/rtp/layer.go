package rtp

import (
	"net/netip"
	"time"

	"parley/codecs"
)

// receiveLayer is receiveRTP for one layer of a session; 0 is the base. The caller
// has Session.turn, so that the layer stays that of the packet.
func (m *machine) receiveLayer(now time.Time, layer int, from netip.AddrPort, b []byte, p *codecs.Packet) *Source {
	m.mu.Lock()
	m.layer = layer
	m.mu.Unlock()
	return m.receiveRTP(now, from, b, p)
}

// lowestLayerLocked reports whether a packet is of the lowest layer in which its
// sender is heard. A sender has one SSRC in all layers (RFC 3550 2.4), and other
// sequence numbers in each. No format of ours has layers of its own: what comes in
// the higher ones is counted. A sender that is heard in a lower layer than before is
// followed there.
func (m *machine) lowestLayerLocked(from netip.AddrPort, p *codecs.Packet, src *Source) bool {
	switch {
	case src == nil || !src.announced || src.layer == m.layer:
	case src.layer < m.layer:
		m.stats.Enhancements++
		return false
	case src.addr.Addr() == from.Addr(): // who else uses its SSRC does not move it
		src.layer, src.addr = m.layer, from
		src.seq.start(p.SequenceNumber)
	}
	return true
}
