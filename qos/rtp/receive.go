package rtp

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"time"

	"parley/codecs"
)

// receiveRTP takes a datagram from from. When it returns a Source, p is to be
// delivered after the actions are carried out.
func (m *machine) receiveRTP(now time.Time, from netip.AddrPort, b []byte, p *codecs.Packet) *Source {
	m.mu.Lock()
	defer m.mu.Unlock()
	ciphers := m.ciphers.Load()
	csrc, err := unmarshal(p, b, ciphers.Receive != nil)
	if err != nil {
		m.stats.Malformed++
		return nil
	}
	// Our own, as they come back from the group, are not worth the effort.
	if ciphers.Authentic && !m.isOwn(from) {
		if err := ciphers.open(p, b); err != nil {
			m.undecryptedLocked(now, from, p.SSRC, err)
			return nil
		}
	}
	rate := int(m.rates.Load()[p.PayloadType])
	if !m.group {
		// A stranger's packet costs a count. Only one that could be played
		// takes part in the learning.
		if !m.fromPeerLocked(now, from, p, rate != 0) {
			m.stats.Foreign++
			return nil
		}
		m.lastHear = now
	}
	if m.loopLocked(now, from, p, csrc) {
		return nil
	}
	src := m.sources[p.SSRC]
	if !m.lowestLayerLocked(from, p, src) {
		return nil
	}
	if rate == 0 {
		m.unknownLocked(now, from, p, src)
		return nil
	}
	if src = m.admitLocked(now, from, p, src); src == nil {
		return nil
	}
	if !ciphers.Authentic {
		if err := ciphers.open(p, b); err != nil {
			m.undecryptedLocked(now, from, p.SSRC, err)
			return nil
		}
	}
	m.lastHear = now
	src.lastPacket, src.lastSeen, src.sending = now, now, true
	src.contributeLocked(csrc)
	if m.group {
		m.contributorsLocked(now, from, csrc)
	}
	src.packets++
	src.octets += uint64(len(p.Payload))
	src.jitter.update(now, p.Timestamp, rate)
	m.stats.Received++
	m.stats.ReceivedOctets += uint64(len(b))
	p.Arrival = now
	return src
}

// undecryptedLocked counts a packet that could not be opened, for err. Of those
// that are not of the session's key, it tells now and then.
func (m *machine) undecryptedLocked(now time.Time, from netip.AddrPort, ssrc uint32, err error) {
	if errors.Is(err, ErrCopy) {
		m.stats.Refused++
		return
	}
	m.stats.Undecrypted++
	if errors.Is(err, ErrUnproven) {
		return
	}
	if m.strangers.due(now) {
		m.actions = append(m.actions, action{kind: actUndecrypted, addr: from, ssrc: ssrc})
	}
}

// unknownLocked counts a packet that has no clock rate. Who sends others, too, such
// as comfort noise in pauses, is heard; who in a group sends nothing else is told of
// now and then.
func (m *machine) unknownLocked(now time.Time, from netip.AddrPort, p *codecs.Packet, src *Source) {
	m.stats.UnknownPayload++
	if src != nil && src.addr == from {
		src.seq.update(p.SequenceNumber) // it is no loss
	}
	if m.group && (src == nil || !src.announced) && m.unknown.due(now) {
		m.actions = append(m.actions, action{kind: actUnknownPayload, addr: from, ssrc: p.SSRC, payloadType: p.PayloadType})
	}
}

// fromPeerLocked applies the latch of a unicast session.
func (m *machine) fromPeerLocked(now time.Time, from netip.AddrPort, p *codecs.Packet, playable bool) bool {
	if !playable && from != m.latch.signalled && from != m.latch.current && !m.latch.hostAlone(from) {
		return false
	}
	if !m.latch.accept(now, from, p.SSRC, p.SequenceNumber) {
		return false
	}
	if m.dest.Load().rtp.addr != m.peer() {
		m.reports.set(m.reports.signalled) // what was learned went with the other address
		m.updateDestination()
	}
	return true
}

// admitLocked finds or makes the Source of a valid packet and checks its
// sequence number. Nil: not to be used.
func (m *machine) admitLocked(now time.Time, from netip.AddrPort, p *codecs.Packet, src *Source) *Source {
	switch {
	case src == nil || !src.announced:
		return m.admitNewLocked(now, from, p, src)
	case src.looped:
		m.reportLoopLocked(now, loopCNAME, from, 0)
		return nil
	case !src.left.IsZero():
		linger := byeLingerUnicast
		if m.group {
			linger = byeLinger
		}
		if now.Sub(src.left) <= linger {
			m.stats.Refused++
			return nil
		}
		// It is back, as somebody new.
		m.forgetLocked(src)
		return m.admitNewLocked(now, from, p, nil)
	case src.addr != from:
		if m.group && now.Sub(src.lastPacket) < addressHold {
			// Somebody else uses its SSRC, or a loop that is not ours: keep to
			// the first (RFC 3550 8.2).
			m.stats.Foreign++
			return nil
		}
		src.addr = from
		src.seq.start(p.SequenceNumber)
	}
	if !src.seq.update(p.SequenceNumber) {
		m.stats.Refused++
		return nil
	}
	return src
}

// admitNewLocked makes a Source out of an SSRC from which no RTP was received
// yet; src is set when RTCP was. A unicast peer is who signalling says, so
// its first packet is used; in a group two in sequence are needed.
func (m *machine) admitNewLocked(now time.Time, from netip.AddrPort, p *codecs.Packet, src *Source) *Source {
	limit := maxMembersUnicast
	if m.group {
		limit = maxMembersGroup
	}
	full := src == nil && len(m.sources) >= limit
	if m.group || full {
		if !m.proveLocked(from, p) {
			m.stats.Refused++
			return nil
		}
	}
	if full && !m.evictLocked(now, from.Addr()) {
		m.stats.Refused++
		return nil
	}
	if src == nil {
		src = m.newSourceLocked(now, p.SSRC)
	}
	if m.group && src.rtcpAddr.IsValid() && src.rtcpAddr.Addr() != from.Addr() {
		src.sdes, src.looped = SDES{}, false // somebody else spoke for it
	}
	src.heardInLocked(m.layer)
	src.addr = from
	src.announced = true
	src.seq.start(p.SequenceNumber)
	src.seq.update(p.SequenceNumber)
	if src.looped {
		m.reportLoopLocked(now, loopCNAME, from, 0)
		return nil
	}
	m.tell(src, SourceNew)
	if src.sdes != (SDES{}) {
		m.tell(src, SourceDescribed)
	}
	return src
}

// contributorsLocked counts those as members who are heard in what a mixer sends
// (RFC 3550 6.3.3).
func (m *machine) contributorsLocked(now time.Time, from netip.AddrPort, csrc []byte) {
	for ; len(csrc) >= 4; csrc = csrc[4:] {
		ssrc := binary.BigEndian.Uint32(csrc)
		if src := m.sources[ssrc]; src == nil {
			m.crowd.hear(now, from.Addr(), ssrc, m.layer)
		} else if !src.announced {
			src.lastSeen = now
		}
	}
}

// newSourceLocked enters a member in the table, out of the crowd if it was there.
func (m *machine) newSourceLocked(now time.Time, ssrc uint32) *Source {
	src := &Source{ssrc: ssrc, mu: &m.mu, lastSeen: now, lowest: m.layer}
	if l := m.crowd.members.get(crowdKey(ssrc)); l != nil {
		src.lowest = min(src.lowest, int(l.lowest))
	}
	m.crowd.remove(ssrc)
	m.sources[ssrc] = src
	return src
}

// proveLocked reports whether p is the second in sequence of its SSRC and
// address (RFC 3550 A.1, MIN_SEQUENTIAL).
func (m *machine) proveLocked(from netip.AddrPort, p *codecs.Packet) bool {
	count, oldest := 0, 0 // of the same host
	for i := range m.proving {
		e := &m.proving[i]
		if !e.used || e.addr.Addr() != from.Addr() {
			continue
		}
		if e.ssrc != p.SSRC || e.addr != from || e.layer != m.layer {
			if count++; count == 1 || e.turn < m.proving[oldest].turn {
				oldest = i
			}
			continue
		}
		if e.next == p.SequenceNumber {
			e.used = false
			return true
		}
		e.next = p.SequenceNumber + 1
		return false
	}
	m.proved++
	e := probation{ssrc: p.SSRC, addr: from, layer: m.layer, next: p.SequenceNumber + 1, used: true, turn: m.proved}
	switch {
	case count >= probationHost:
		m.proving[oldest] = e
	case len(m.proving) < probationEntries:
		m.proving = append(m.proving, e)
	default:
		m.proving[m.proveAt] = e
		m.proveAt = (m.proveAt + 1) % len(m.proving)
	}
	return false
}

// evictLocked makes room for one more member, of the host newcomer: first one
// that left, then one that only listens, then the sender that is silent for
// longest: in unicast a peer that changes its SSRC again and again, in a group
// one of many SSRCs that somebody made up. Where all send, it is one of the host
// that has the most.
func (m *machine) evictLocked(now time.Time, newcomer netip.Addr) bool {
	var victim *Source
	rank := func(s *Source) int {
		switch {
		case !s.left.IsZero():
			return 2
		case !s.announced:
			return 1
		}
		return 0
	}
	for _, s := range m.sources {
		if victim == nil || rank(s) > rank(victim) ||
			rank(s) == rank(victim) && s.lastSeen.Before(victim.lastSeen) {
			victim = s
		}
	}
	if victim != nil && m.group && rank(victim) == 0 && now.Sub(victim.lastSeen) < evictableIdle {
		victim = m.heaviestLocked(newcomer)
	}
	if victim == nil {
		return false
	}
	m.forgetLocked(victim)
	if victim.left.IsZero() {
		m.tell(victim, SourceTimeout)
		if home := victim.rtcpAddr; m.group && home.IsValid() {
			m.crowd.hear(now, home.Addr(), victim.ssrc, victim.lowest) // it is still a member
		}
	}
	return true
}

// heaviestLocked returns the sender, of the host that has the most, that is
// silent for longest; nil where newcomer would then have as many.
func (m *machine) heaviestLocked(newcomer netip.Addr) (victim *Source) {
	own := 0
	for _, s := range m.sources {
		if s.addr.Addr() == newcomer {
			own++
		}
	}
	if 2*own+1 >= len(m.sources) {
		return nil // as a flood's own host is told, by one look
	}
	counts := make(map[netip.Addr]int)
	for _, s := range m.sources {
		counts[s.addr.Addr()]++
	}
	most := own + 1
	for _, s := range m.sources {
		if n := counts[s.addr.Addr()]; n > most || victim != nil && n == most && s.lastSeen.Before(victim.lastSeen) {
			victim, most = s, n
		}
	}
	return victim
}
