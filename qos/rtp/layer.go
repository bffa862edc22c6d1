package rtp

import (
	"net/netip"
	"time"

	"github.com/pion/rtcp"

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
		src.heardInLocked(m.layer)
		src.addr = from
		src.seq.start(p.SequenceNumber)
	}
	return true
}

// receiveLayerRTCP is receiveRTCP for one layer. Each has a session of its own, with
// one SSRC and one member for all (RFC 3550 8.3).
func (m *machine) receiveLayerRTCP(now time.Time, layer int, from netip.AddrPort, b []byte) {
	m.mu.Lock()
	m.layer = layer
	m.mu.Unlock()
	m.receiveRTCP(now, from, b)
}

// heardInLocked has a sender be heard in a layer from now on. What was told of its
// clock in another is of other timestamps (RFC 3550 5.1).
func (s *Source) heardInLocked(layer int) {
	if s.layer = layer; s.reportLayer != layer {
		s.reportAt, s.reportNTP, s.reportRTP, s.reportStamp = time.Time{}, 0, 0, 0
	}
	s.lowest = min(s.lowest, layer)
}

// clockedLocked reports whether a sender report of a layer tells of what is heard:
// of one that is not heard yet, that of the lowest layer.
func (s *Source) clockedLocked(layer int) bool {
	if s.announced {
		return layer == s.layer
	}
	return s.reportAt.IsZero() || layer <= s.reportLayer
}

// reportLayersLocked reports on those that are heard in higher layers in the sessions
// of these, at the time of the report to the base: there are no more members in any,
// so that it is never too soon.
func (m *machine) reportLayersLocked(now time.Time) {
	for layer := 1; layer <= m.layers; layer++ {
		if blocks := m.blocksLocked(now, layer, maxReports); len(blocks) > 0 {
			m.toLayerLocked(layer, &rtcp.ReceiverReport{SSRC: m.ssrc.Load(), Reports: blocks}, m.descriptionLocked(nil))
		}
	}
}

// leaveLayers says BYE to those sessions to which we reported.
func (m *machine) leaveLayers(now time.Time, reason string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own := m.ssrc.Load()
	for layer := 1; layer <= m.layers; layer++ {
		if m.reported&(1<<layer) != 0 {
			m.toLayerLocked(layer, &rtcp.ReceiverReport{SSRC: own, Reports: m.blocksLocked(now, layer, maxReports)}, m.descriptionLocked(nil),
				&rtcp.Goodbye{Sources: []uint32{own}, Reason: cut(reason)})
		}
	}
}

func (m *machine) toLayerLocked(layer int, packets ...rtcp.Packet) {
	if packet := marshalCompound(packets); packet != nil {
		m.reported |= 1 << layer
		m.actions = append(m.actions, action{kind: actReport, layer: layer, packet: packet})
	}
}
