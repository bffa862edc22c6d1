package rtp

import (
	"net/netip"
	"time"
)

// latch decides from which address a unicast peer's RTP is accepted: the
// signalled one or, behind NAT, one that is learned once. It has no clock.
//
// The order of trust is this. The signalled address is always right, and its
// first packet ends the learning. Another address is believed only within the
// window, after LearnPackets consecutive packets of one SSRC; until the window
// ends the signalled address still overrules it, so that a stranger who was
// faster than the peer is thrown out by the peer's first packet.
type latch struct {
	signalled netip.AddrPort
	current   netip.AddrPort // where to send, and from where to accept
	learn     bool
	opened    time.Time // when the window began
	locked    bool
	learned   bool
	alive     time.Time // last packet from current

	candidates [learnCandidates]candidate
}

// candidate is a foreign address that may turn out to be the peer's. A host
// has one at a time, so that who sends from many ports pushes nobody out.
type candidate struct {
	addr  netip.AddrPort
	ssrc  uint32
	next  uint16
	count int
	seen  time.Time
}

// set takes the address that signalling gave. It reports whether anything
// changed: the same address again does not unlock a peer that is alive.
func (l *latch) set(now time.Time, addr netip.AddrPort) bool {
	if addr == l.signalled && l.locked && now.Sub(l.alive) < lockSilence {
		return false
	}
	*l = latch{signalled: addr, current: addr, learn: l.learn, opened: now}
	return true
}

// open reports whether the window for learning is open.
func (l *latch) open(now time.Time) bool {
	return l.learn && l.signalled.IsValid() && now.Sub(l.opened) <= LearnWindow
}

// accept reports whether a valid packet from from is the peer's.
func (l *latch) accept(now time.Time, from netip.AddrPort, ssrc uint32, seq uint16) bool {
	if !l.signalled.IsValid() {
		return false
	}
	if from == l.signalled && (!l.learned || l.open(now)) {
		l.current, l.locked, l.learned, l.alive = from, true, false, now
		return true
	}
	if l.locked {
		if from == l.current {
			l.alive = now
			return true
		}
		return false
	}
	if !l.open(now) || !l.consider(now, from, ssrc, seq) {
		return false
	}
	l.current, l.locked, l.learned, l.alive = from, true, true, now
	return true
}

// consider counts a packet for its address and reports whether that address
// has proven itself.
func (l *latch) consider(now time.Time, from netip.AddrPort, ssrc uint32, seq uint16) bool {
	// An unknown address takes the place of the weakest: the fewest
	// consecutive packets, and the oldest of those.
	weakest := &l.candidates[0]
	for i := range l.candidates {
		c := &l.candidates[i]
		if c.addr.Addr() == from.Addr() {
			if c.addr != from || c.ssrc != ssrc || c.next != seq {
				c.addr, c.ssrc, c.count = from, ssrc, 0
			}
			c.next, c.seen = seq+1, now
			c.count++
			return c.count >= LearnPackets
		}
		if c.count < weakest.count || c.count == weakest.count && c.seen.Before(weakest.seen) {
			weakest = c
		}
	}
	*weakest = candidate{addr: from, ssrc: ssrc, next: seq + 1, count: 1, seen: now}
	return false
}

// reportLatch decides the same for RTCP. RTCP is rare, so nothing is counted;
// it is believed from the signalled address, from where RTP comes (RFC 5761),
// and once from another port of the host that sends RTP, if it speaks for an
// SSRC that was received from there. Where to send follows only a peer whose
// RTP had to be learned too: one that is where signalling says, and sends RTCP
// from elsewhere (udpsink of GStreamer), still listens where it said.
type reportLatch struct {
	signalled netip.AddrPort
	current   netip.AddrPort // where to send
	heard     netip.AddrPort // the other port, once learned
	learn     bool
}

func (l *reportLatch) set(addr netip.AddrPort) {
	*l = reportLatch{signalled: addr, current: addr, learn: l.learn}
}

// accept reports whether RTCP from from is the peer's. known tells whether
// its sender's SSRC was received in RTP.
func (l *reportLatch) accept(from netip.AddrPort, rtp *latch, known bool) bool {
	switch {
	case !rtp.signalled.IsValid():
		return false
	case from == l.heard, from == rtp.current, from == l.signalled:
		return true
	case !l.learn || l.heard.IsValid() || !known || !rtp.locked || from.Addr() != rtp.current.Addr():
		return false
	}
	l.heard = from
	if rtp.learned {
		l.current = from
	}
	return true
}
