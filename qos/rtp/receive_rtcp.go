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
	if b, ssrc, ok := m.openReportLocked(now, from, b); ok {
		m.compoundReceivedLocked(now, from, ssrc, b)
	}
}

// openReportLocked decrypts and checks a compound packet, and returns the SSRC
// that speaks. In a group, our own is passed over.
func (m *machine) openReportLocked(now time.Time, from netip.AddrPort, b []byte) (plain []byte, ssrc uint32, ok bool) {
	if m.group && m.isOwn(from) {
		return nil, 0, false
	}
	b, err := m.ciphers.Load().openReport(b)
	if err != nil {
		m.undecryptedLocked(now, from, 0, err)
		return nil, 0, false
	}
	if ssrc, err = checkCompound(b); err != nil {
		m.stats.Malformed++
		return nil, 0, false
	}
	return b, ssrc, true
}

// compoundReceivedLocked takes a checked compound packet.
func (m *machine) compoundReceivedLocked(now time.Time, from netip.AddrPort, ssrc uint32, b []byte) {
	if !m.group {
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
	m.stats.RTCPReceived += uint64(len(b))
	if m.layer == 0 && (!m.leaving || hasBye(b)) { // RFC 3550 6.3.7; others have a share of their own
		m.schedule.observe(len(b))
	}
	for rest := b; len(rest) > 0; {
		var p reportPacket
		p, rest, _ = nextReport(rest) // checked above
		m.reportLocked(now, from, p)
	}
}

// reportLocked takes one packet of a compound. What is said of streams of ours, and
// to us, is said in the session of the base, to which we send.
func (m *machine) reportLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	switch p.kind {
	case typeSenderReport, typeReceiverReport:
		m.receptionLocked(now, from, p)
		return
	case typeSDES:
		m.describeLocked(now, from, p)
		return
	case typeBye:
		m.byeLocked(now, from, p)
		return
	}
	if m.layer != 0 {
		return
	}
	switch p.kind {
	case typePayloadFB:
		m.feedbackLocked(now, from, p)
	case typeTransportFB:
		m.rateLocked(now, from, p)
	case typeExtended:
		if len(p.body) >= 4 {
			ssrc := binary.BigEndian.Uint32(p.body)
			if src, ok := m.memberLocked(now, from, ssrc); ok {
				m.extendedLocked(now, from, src, ssrc, p.body[4:])
			}
		}
	case typeApplication:
		m.applicationLocked(now, from, p)
	case typeRSI:
		m.summarizedLocked(now, from, p.body)
	}
	// Others (other transport feedback) are not for us (RFC 3550 6.1).
}

// memberLocked finds or makes the member that speaks, and reports whether it is
// to be believed: not where the table is full, the SSRC is ours or not from
// where it was. Of a member of the crowd, src is nil.
func (m *machine) memberLocked(now time.Time, from netip.AddrPort, ssrc uint32) (src *Source, ok bool) {
	if m.isOurs(ssrc) {
		return nil, false // its CNAME tells whether it is ours: see ownNameLocked
	}
	src = m.sources[ssrc]
	if src != nil && m.group && !src.left.IsZero() && now.Sub(src.left) > byeLinger {
		m.forgetLocked(src) // it is back, as somebody new
		src = nil
	}
	if src == nil {
		if src, ok = m.arriveLocked(now, from, ssrc); src == nil {
			return nil, ok
		}
	}
	if !src.left.IsZero() {
		return nil, false
	}
	// In a group a member keeps to one host, the one its RTP comes from, until it
	// times out (RFC 3550 8.2): nobody else says its name or its BYE, however long
	// it is silent between its reports.
	home := src.homeLocked()
	if m.group && home.IsValid() && home != from.Addr() {
		m.stats.Foreign++
		return nil, false
	}
	src.rtcpAddr = from
	src.lastSeen = now
	src.lowest = min(src.lowest, m.layer)
	if m.group {
		m.lastHear = now
	}
	return src, true
}

// arriveLocked finds a place for an SSRC that has no Source: in unicast one of
// few, in a group a Source while there are few members, then one in the crowd,
// in which those stay who are there.
func (m *machine) arriveLocked(now time.Time, from netip.AddrPort, ssrc uint32) (src *Source, ok bool) {
	limit := maxMembersUnicast
	if m.group {
		limit = maxDescribed
	}
	room := len(m.sources) < limit && (!m.group || m.describedLocked(from.Addr()) < maxDescribedHost)
	known := m.crowd.members.get(crowdKey(ssrc)) != nil
	if room && !known {
		return m.newSourceLocked(now, ssrc), true
	}
	if !m.group {
		m.stats.Refused++
		return nil, false
	}
	ok, foreign := m.crowd.hear(now, from.Addr(), ssrc, m.layer)
	switch {
	case ok && room:
		return m.newSourceLocked(now, ssrc), true
	case ok:
		m.lastHear = now
	case foreign:
		m.stats.Foreign++
	default:
		m.stats.Refused++
	}
	return nil, ok
}

// describedLocked is how many members that only listen a host has in the table.
// The source of a group (RFC 5760) speaks for those of all hosts.
func (m *machine) describedLocked(host netip.Addr) (n int) {
	if host == m.crowd.reflector {
		return 0
	}
	for _, s := range m.sources {
		if !s.announced && s.rtcpAddr.Addr() == host {
			n++
		}
	}
	return n
}

// roomLocked reports whether one of the crowd may leave it for what it says.
func (m *machine) roomLocked(host netip.Addr) bool {
	return len(m.sources) < maxMembersGroup && m.describedLocked(host) < maxDescribedHost
}

// receptionLocked takes a sender or receiver report (RFC 3550 6.4).
func (m *machine) receptionLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	if len(p.body) < 4 {
		return
	}
	ssrc := binary.BigEndian.Uint32(p.body)
	src, ok := m.memberLocked(now, from, ssrc)
	if !ok {
		return
	}
	body := p.body[4:]
	if p.kind == typeSenderReport {
		if len(body) < 20 {
			return
		}
		// Who sends is not one of the crowd.
		if src == nil && m.roomLocked(from.Addr()) {
			src = m.newSourceLocked(now, ssrc)
			src.rtcpAddr = from
		}
		if src != nil && src.clockedLocked(m.layer) {
			src.reportLayer = m.layer
			src.reportStamp = uint32(binary.BigEndian.Uint64(body) >> 16)
			src.reportAt = now
			src.reportNTP, src.reportRTP = binary.BigEndian.Uint64(body), binary.BigEndian.Uint32(body[8:])
		}
		body = body[20:]
	}
	for range p.count {
		if len(body) < blockSize || m.layer != 0 {
			return
		}
		m.blockLocked(now, from, ssrc, src, parseBlock(body))
		body = body[blockSize:]
	}
}

// blockLocked takes what a member, whose Source may be nil, says of a stream of
// ours.
func (m *machine) blockLocked(now time.Time, from netip.AddrPort, receiver uint32, src *Source, b receptionBlock) {
	stream, ours := m.own.sent(b.ssrc)
	if !ours {
		return
	}
	r := Reception{Receiver: receiver, Stream: b.ssrc, Fraction: float64(b.fraction) / 256, Lost: int64(b.lost), At: now}
	if stream.rate > 0 {
		r.Jitter = time.Duration(float64(b.jitter) / float64(stream.rate) * float64(time.Second))
	}
	// Round trip in units of 1/65536 s (RFC 3550 6.4.1). A negative one is a
	// peer whose clock is not what it says.
	if rtt := int32(uint32(m.ntp(now)>>16) - b.lsr - b.dlsr); b.lsr != 0 && rtt >= 0 {
		r.RoundTrip = max(1, time.Duration(rtt)*time.Second>>16)
	}
	if m.group {
		m.losses.take(now, m.crowd.hash(from.Addr()), &r)
	}
	if src == nil {
		return
	}
	src.remoteFraction, src.remoteLost = r.Fraction, r.Lost
	if stream.rate > 0 {
		src.remoteJitter = r.Jitter
	}
	if r.RoundTrip > 0 {
		src.roundTrip = r.RoundTrip
	}
}

// describeLocked takes an SDES packet.
func (m *machine) describeLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	for body, n := p.body, p.count; n > 0 && len(body) > 0; n-- {
		var src *Source
		first, known, changed := true, false, false
		var ok bool
		body, ok = nextChunk(body, func(ssrc uint32, kind uint8, text []byte) {
			if first {
				src, known = m.memberLocked(now, from, ssrc)
				first = false
			}
			if known && m.itemLocked(now, from, src, kind, text) {
				changed = true
			}
			switch {
			case kind != sdesCNAME || known:
			case m.isOurs(ssrc):
				m.ownNameLocked(now, from, ssrc, text)
			default:
				m.collidedLocked(ssrc, text)
			}
		})
		if src != nil && (changed || src.untold) {
			src.untold = now.Sub(src.describedAt) < describeEvery
			if !src.untold {
				src.describedAt = now
				m.tell(src, SourceDescribed)
			}
		}
		if !ok {
			return
		}
	}
}

// itemLocked takes one SDES item and reports whether it is new. src is nil for a
// member of the crowd, whose name is not kept.
func (m *machine) itemLocked(now time.Time, from netip.AddrPort, src *Source, kind uint8, text []byte) bool {
	if kind == sdesCNAME {
		if string(text) == m.sdes.CNAME && len(text) > 0 {
			// Ours, and not from us: somebody carries our packets back
			// under an SSRC of its own.
			if src != nil {
				src.looped = !m.resting.Load()
			}
			m.reportLoopLocked(now, loopCNAME, from, 0)
			return false
		}
	}
	if src == nil {
		return false
	}
	if kind == sdesCNAME {
		src.looped = false
	}
	// PRIV and what is not known are passed over (RFC 3550 6.5.8).
	field := src.sdes.item(kind)
	if field == nil || *field == string(text) {
		return false
	}
	*field = string(text)
	return true
}

// byeLocked takes a BYE packet (RFC 3550 6.6). One to a higher layer says that a
// member left that, or sends no more there: in the lower ones it stays.
func (m *machine) byeLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	for body, n := p.body, p.count; n > 0 && len(body) >= 4; body, n = body[4:], n-1 {
		ssrc := binary.BigEndian.Uint32(body)
		if m.leaving {
			m.byes++
		}
		if m.sources[ssrc] == nil && !m.crowd.has(ssrc) || m.isOurs(ssrc) {
			continue
		}
		src, ok := m.memberLocked(now, from, ssrc)
		switch {
		case !ok:
		case src == nil:
			m.crowd.bye(now, ssrc, m.layer)
		case m.layer > src.lowest:
		default:
			src.left = now
			m.tell(src, SourceBye)
		}
	}
	if !m.leaving {
		m.schedule.reverse(now, m.sizeLocked(now))
	}
}

// feedbackLocked takes PLI and FIR (RFC 4585 6.3.1, RFC 5104 4.3.1).
func (m *machine) feedbackLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	if len(p.body) < 8 {
		return
	}
	src, _ := m.memberLocked(now, from, binary.BigEndian.Uint32(p.body))
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
