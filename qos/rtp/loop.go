package rtp

import (
	"encoding/binary"
	"net/netip"
	"time"

	"parley/codecs"
)

// loopKind is what of ours came back.
type loopKind uint8

const (
	loopSSRC loopKind = iota
	loopCSRC
	loopCNAME
	loopKinds
)

// String names it for LoopDetected.
func (k loopKind) String() string {
	return [...]string{"SSRC", "CSRC", "CNAME"}[k]
}

// conflict is an address that used an SSRC of ours (RFC 3550 8.2).
type conflict struct {
	addr netip.AddrPort
	at   time.Time
}

// isOurs reports whether ssrc is one that we send under.
func (m *machine) isOurs(ssrc uint32) bool {
	if ssrc == m.ssrc.Load() {
		return true
	}
	_, sent := m.own.sent(ssrc)
	return sent
}

// loopLocked reports whether p is ours: as we sent it to a group, or carried
// back by somebody.
func (m *machine) loopLocked(now time.Time, from netip.AddrPort, p *codecs.Packet, csrc []byte) bool {
	if m.group && m.isOwn(from) {
		return true
	}
	if m.isOurs(p.SSRC) {
		m.ownSSRCLocked(now, from, p)
		return true
	}
	for ; len(csrc) >= 4; csrc = csrc[4:] {
		c := binary.BigEndian.Uint32(csrc)
		if c == m.ssrc.Load() || m.own.contributed(now, c) {
			m.reportLoopLocked(now, loopCSRC, from, p.SSRC)
			return true
		}
	}
	return false
}

// ownSSRCLocked decides whether p, under an SSRC of ours but from elsewhere, is a
// loop or a collision. A loop repeats what we sent. In a collision the session
// takes another SSRC, once per address (RFC 3550 8.2): who collides again
// follows us, and that is a loop.
func (m *machine) ownSSRCLocked(now time.Time, from netip.AddrPort, p *codecs.Packet) {
	stream, sent := m.own.sent(p.SSRC)
	repeated := sent && stream.seq-p.SequenceNumber < maxDropout && stream.stamp-p.Timestamp < loopSpan
	if repeated || m.conflictLocked(now, from) {
		m.reportLoopLocked(now, loopSSRC, from, 0)
		return
	}
	m.renameLocked(now, p.SSRC)
}

// ownNameLocked is the same for what an SDES tells of an SSRC of ours: under our
// CNAME it is ours, under another it is somebody else, even one who never sends
// (RFC 3550 8.2).
func (m *machine) ownNameLocked(now time.Time, from netip.AddrPort, ssrc uint32, cname []byte) {
	if string(cname) == m.sdes.CNAME && m.feedback.member(from) {
		return // reflected to all, us included (RFC 5760 6.2)
	}
	if string(cname) == m.sdes.CNAME || len(cname) == 0 || m.conflictLocked(now, from) {
		m.reportLoopLocked(now, loopSSRC, from, 0)
		return
	}
	m.renameLocked(now, ssrc)
}

// conflictLocked reports whether addr is in the list of conflicts, and enters
// it. When all entries are live, nothing is changed for a stranger's sake.
func (m *machine) conflictLocked(now time.Time, addr netip.AddrPort) bool {
	free := -1
	for i := range m.conflict {
		c := &m.conflict[i]
		old := c.at.IsZero() || now.Sub(c.at) > conflictLife
		if c.addr == addr && !old {
			c.at = now
			return true
		}
		if old {
			free = i
		}
	}
	if free < 0 {
		return true
	}
	m.conflict[free] = conflict{addr: addr, at: now}
	return false
}

// renameLocked gives up ssrc with a BYE. The session takes a new one for its own
// at once, so that the next packet goes out under it; for a stream's, the
// receiver has to, who chose it.
func (m *machine) renameLocked(now time.Time, ssrc uint32) {
	if bye := m.byeCompoundLocked(now, []uint32{ssrc}, "SSRC collision"); bye != nil {
		m.actions = append(m.actions, action{kind: actReport, packet: bye})
	}
	if ssrc == m.ssrc.Load() {
		next := m.random()
		for next == 0 || next == ssrc || m.sources[next] != nil || m.crowd.members.get(crowdKey(next)) != nil {
			next = m.random()
		}
		m.ssrc.Store(next)
	}
	m.own.forget(ssrc)
	m.stats.Collisions++
	m.actions = append(m.actions, action{kind: actCollision, ssrc: ssrc})
}

// reportLoopLocked counts, and tells at most once per loopReportEvery and kind.
// ssrc is who sent it, as far as it is of interest.
func (m *machine) reportLoopLocked(now time.Time, kind loopKind, from netip.AddrPort, ssrc uint32) {
	if m.resting.Load() && kind != loopSSRC {
		return
	}
	m.stats.Loops++
	if last := m.looped[kind]; !last.IsZero() && now.Sub(last) < loopReportEvery {
		return
	}
	m.looped[kind] = now
	m.actions = append(m.actions, action{kind: actLoop, addr: from, what: kind.String(), ssrc: ssrc, source: m.sources[ssrc]})
}
