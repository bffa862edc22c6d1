package rtp

import (
	"net/netip"
	"time"
)

// latch decides from which address a unicast peer's RTP is accepted: the
// signalled one or, behind NAT, one that is learned once. It has no clock.
//
// The order of trust is this. The signalled address is always right, and its
// first packet ends the learning. Another address is believed while the latch
// is open, after LearnPackets consecutive packets of one SSRC within
// LearnWindow. Until the latch closes, the signalled address still overrules
// it, so that a stranger who was faster than the peer is thrown out by the
// peer's first packet.
type latch struct {
	signalled netip.AddrPort
	current   netip.AddrPort // where to send, and from where to accept
	// held is what was learned before the same signalling was repeated. It is
	// trusted like the signalled address until that is heard.
	held    netip.AddrPort
	learn   bool
	opened  time.Time // when signalling opened the latch
	locked  bool
	learned bool
	alive   time.Time // last packet from current

	candidates [learnCandidates]candidate
}

// candidate is a foreign address that may turn out to be the peer's. A host
// has one at a time, so that who sends from many ports pushes nobody out.
type candidate struct {
	addr  netip.AddrPort
	ssrc  uint32
	next  uint16
	count int
	began time.Time // its window: the first packet that counts
	seen  time.Time
}

// set takes the address that signalling gave. It reports whether that is
// another one. The same again does not open the latch while the peer is heard,
// and moves nothing: a muted peer behind NAT still is where it was learned,
// but if it has moved meanwhile it may be learned anew.
func (l *latch) set(now time.Time, addr netip.AddrPort) bool {
	if addr != l.signalled {
		*l = latch{signalled: addr, current: addr, learn: l.learn, opened: now}
		return true
	}
	if l.locked && now.Sub(l.alive) < lockSilence {
		return false
	}
	held := l.held
	if l.learned {
		held = l.current
	}
	*l = latch{signalled: addr, current: l.current, held: held, learn: l.learn, opened: now}
	return false
}

// open reports whether another address may be learned, or overruled.
func (l *latch) open(now time.Time) bool {
	return l.learn && l.signalled.IsValid() && now.Sub(l.opened) <= LearnWithin
}

// accept reports whether a valid packet from from is the peer's.
func (l *latch) accept(now time.Time, from netip.AddrPort, ssrc uint32, seq uint16) bool {
	switch {
	case !l.signalled.IsValid():
		return false
	case from == l.signalled && (!l.learned || l.open(now)):
		l.lock(now, from)
		l.held = netip.AddrPort{}
		return true
	case from == l.held && (!l.learned || l.open(now)):
		l.lock(now, from)
		return true
	case l.locked:
		if from == l.current {
			l.alive = now
			return true
		}
		return false
	case !l.open(now) || !l.hostAlone(from) && !l.consider(now, from, ssrc, seq):
		return false
	}
	l.lock(now, from)
	return true
}

// hostAlone reports whether signalling told the peer's host alone, which is
// from's: by which port it comes, its first packet tells, be it only one that
// opens the way (H.460.19 has three of them).
func (l *latch) hostAlone(from netip.AddrPort) bool {
	return l.signalled.Port() == DiscardPort && l.signalled.Addr() == from.Addr()
}

func (l *latch) lock(now time.Time, from netip.AddrPort) {
	l.current, l.locked, l.learned, l.alive = from, true, from != l.signalled, now
}

// consider counts a packet for its address and reports whether that address
// has proven itself. The window is each host's own: a stray packet of one does
// not use up the time of another that is still muted.
func (l *latch) consider(now time.Time, from netip.AddrPort, ssrc uint32, seq uint16) bool {
	// An unknown address takes the place of the weakest: the fewest
	// consecutive packets, and the oldest of those.
	weakest := &l.candidates[0]
	for i := range l.candidates {
		c := &l.candidates[i]
		if c.addr.Addr() == from.Addr() {
			if c.addr != from || c.ssrc != ssrc || c.next != seq || now.Sub(c.began) > LearnWindow {
				c.addr, c.ssrc, c.count, c.began = from, ssrc, 0, now
			}
			c.next, c.seen = seq+1, now
			c.count++
			return c.count >= LearnPackets
		}
		if c.count < weakest.count || c.count == weakest.count && c.seen.Before(weakest.seen) {
			weakest = c
		}
	}
	*weakest = candidate{addr: from, ssrc: ssrc, next: seq + 1, count: 1, began: now, seen: now}
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
