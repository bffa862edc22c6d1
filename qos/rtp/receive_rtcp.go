package rtp

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// receiveRTCP takes a compound packet from from.
func (m *machine) receiveRTCP(now time.Time, from netip.AddrPort, b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.group && m.isOwn(from) {
		return
	}
	b, ok := m.ciphers.Load().openReport(b)
	if !ok {
		m.undecryptedLocked(now, from, 0)
		return
	}
	ssrc, err := checkCompound(b)
	if err != nil {
		m.stats.Malformed++
		return
	}
	if m.group {
		if m.isOwn(from) {
			return
		}
	} else {
		src := m.sources[ssrc]
		if !m.reports.accept(from, &m.latch, src != nil && src.announced) {
			m.stats.Foreign++
			return
		}
		if m.dest.Load().rtcp.addr != m.reports.current {
			m.updateDestination()
		}
		m.lastHear = now
	}
	m.schedule.observe(len(b))
	for rest := b; len(rest) > 0; {
		var p reportPacket
		p, rest, _ = nextReport(rest) // checked above
		m.reportLocked(now, from, p)
	}
}

// reportLocked takes one packet of a compound.
func (m *machine) reportLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	switch p.kind {
	case typeSenderReport, typeReceiverReport:
		m.receptionLocked(now, from, p)
	case typeSDES:
		m.describeLocked(now, from, p)
	case typeBye:
		m.byeLocked(now, from, p)
	case typePayloadFB:
		m.feedbackLocked(now, from, p)
	case typeTransportFB:
		m.rateLocked(now, from, p)
	}
	// Others (APP, XR, other transport feedback) are not for us (RFC 3550 6.1).
}

// memberLocked finds or makes the member that speaks, or nil where the table
// is full, the SSRC is ours or not from where it was.
func (m *machine) memberLocked(now time.Time, from netip.AddrPort, ssrc uint32) *Source {
	if m.isOurs(ssrc) {
		m.ownSSRCLocked(now, from, ssrc, nil)
		return nil
	}
	src := m.sources[ssrc]
	if src == nil {
		limit := maxMembersUnicast
		if m.group {
			limit = maxMembersGroup
		}
		if len(m.sources) >= limit {
			m.stats.Refused++
			return nil
		}
		src = m.newSourceLocked(now, ssrc)
	}
	if !src.left.IsZero() {
		return nil
	}
	// In a group a member keeps to one host, the one its RTP comes from:
	// nobody else says its name or its BYE.
	home := src.addr
	if !home.IsValid() {
		home = src.rtcpAddr
	}
	if m.group && home.IsValid() && home.Addr() != from.Addr() && now.Sub(src.lastSeen) < addressHold {
		m.stats.Foreign++
		return nil
	}
	src.rtcpAddr = from
	src.lastSeen = now
	if m.group {
		m.lastHear = now
	}
	return src
}

// receptionLocked takes a sender or receiver report (RFC 3550 6.4).
func (m *machine) receptionLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	if len(p.body) < 4 {
		return
	}
	src := m.memberLocked(now, from, binary.BigEndian.Uint32(p.body))
	if src == nil {
		return
	}
	body := p.body[4:]
	if p.kind == typeSenderReport {
		if len(body) < 20 {
			return
		}
		src.reportStamp = uint32(binary.BigEndian.Uint64(body) >> 16)
		src.reportAt = now
		body = body[20:]
	}
	for range p.count {
		if len(body) < blockSize {
			return
		}
		m.blockLocked(now, src, parseBlock(body))
		body = body[blockSize:]
	}
}

// blockLocked takes what src says of a stream of ours.
func (m *machine) blockLocked(now time.Time, src *Source, b receptionBlock) {
	stream, ours := m.own.sent(b.ssrc)
	if !ours {
		return
	}
	src.remoteFraction = float64(b.fraction) / 256
	src.remoteLost = int64(b.lost)
	if stream.rate > 0 {
		src.remoteJitter = time.Duration(float64(b.jitter) / float64(stream.rate) * float64(time.Second))
	}
	if b.lsr == 0 {
		return
	}
	// Round trip in units of 1/65536 s (RFC 3550 6.4.1). A negative one is a
	// peer whose clock is not what it says.
	if rtt := int32(uint32(m.ntp(now)>>16) - b.lsr - b.dlsr); rtt >= 0 {
		src.roundTrip = max(1, time.Duration(rtt)*time.Second>>16)
	}
}

// describeLocked takes an SDES packet.
func (m *machine) describeLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	for body, n := p.body, p.count; n > 0 && len(body) > 0; n-- {
		var src *Source
		first, changed := true, false
		var ok bool
		body, ok = nextChunk(body, func(ssrc uint32, kind uint8, text []byte) {
			if first {
				src, first = m.memberLocked(now, from, ssrc), false
			}
			if src != nil && m.itemLocked(now, from, src, kind, text) {
				changed = true
			}
		})
		if changed {
			m.tell(src, SourceDescribed)
		}
		if !ok {
			return
		}
	}
}

// itemLocked takes one SDES item and reports whether it is new.
func (m *machine) itemLocked(now time.Time, from netip.AddrPort, src *Source, kind uint8, text []byte) bool {
	var field *string
	switch kind {
	case sdesCNAME:
		if string(text) == m.sdes.CNAME && len(text) > 0 {
			// Ours, and not from us: somebody carries our packets back
			// under an SSRC of its own.
			src.looped = true
			m.reportLoopLocked(now, loopCNAME, from)
			return false
		}
		src.looped = false
		field = &src.sdes.CNAME
	case sdesName:
		field = &src.sdes.Name
	case sdesTool:
		field = &src.sdes.Tool
	default:
		return false
	}
	if *field == string(text) {
		return false
	}
	*field = string(text)
	return true
}

// byeLocked takes a BYE packet (RFC 3550 6.6).
func (m *machine) byeLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	for body, n := p.body, p.count; n > 0 && len(body) >= 4; body, n = body[4:], n-1 {
		ssrc := binary.BigEndian.Uint32(body)
		if m.leaving {
			m.byes++
		}
		if m.sources[ssrc] == nil || m.isOurs(ssrc) {
			continue
		}
		src := m.memberLocked(now, from, ssrc)
		if src == nil {
			continue
		}
		src.left = now
		m.tell(src, SourceBye)
	}
	if !m.leaving {
		m.schedule.reverse(now, m.populationLocked(now).members)
	}
}

// feedbackLocked takes PLI and FIR (RFC 4585 6.3.1, RFC 5104 4.3.1).
func (m *machine) feedbackLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	if len(p.body) < 8 {
		return
	}
	src := m.memberLocked(now, from, binary.BigEndian.Uint32(p.body))
	media := binary.BigEndian.Uint32(p.body[4:])
	switch p.count {
	case formatPLI:
		m.keyframeLocked(src, media)
	case formatFIR:
		for fci := p.body[8:]; len(fci) >= 8; fci = fci[8:] {
			m.keyframeLocked(src, binary.BigEndian.Uint32(fci))
		}
	}
}

// keyframeLocked passes on a request for a stream of ours. In unicast, 0
// stands for the only one there is, as some phones have it.
func (m *machine) keyframeLocked(src *Source, media uint32) {
	if media == 0 && !m.group {
		media = m.ssrc.Load()
	}
	if !m.isOurs(media) {
		return
	}
	if src != nil {
		src.keyframeRequests++
	}
	m.actions = append(m.actions, action{kind: actKeyframe, ssrc: media})
}
