package srtp

import (
	"time"

	prtp "github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// search finds the rollover counters of senders that began before us: how often
// their sequence numbers have begun anew, which no packet tells and of which
// a=crypto knows nothing (RFC 3711 3.3.1). With the right one a packet is
// authentic, with all others not; so they are tried, from 0 on, some for each
// packet.
//
// One above the first counts once a second packet has confirmed it: with a tag of 32 bits,
// one of 65536 tries under another key would succeed in one of 65536 cases.
type search struct {
	context *srtp.Context
	tried   map[uint32]struct{} // SSRCs that context knows
	senders map[uint32]*candidate
	header  prtp.Header
	scratch []byte

	turn time.Time // begin of the turn
	left int       // tries in it
}

// candidate is an SSRC that is searched for.
type candidate struct {
	next  uint32 // counter to be tried
	found bool   // next was right for one packet
	used  time.Time
	until time.Time // it is young; zero: it never was
}

// find returns the rollover counter of a packet, once it is known; it is first
// or above.
func (s *search) find(o *opener, ssrc, first uint32, packet []byte) (roc uint32, found bool) {
	now := o.now()
	if now.Sub(s.turn) >= searchTurn {
		s.turn, s.left = now, searchPerTurn
	}
	// Always tried, so that no flood keeps out who begins.
	if s.try(o, ssrc, first, packet) {
		delete(s.senders, ssrc)
		return first, true
	}
	c := s.senders[ssrc]
	if c == nil {
		c = s.admit(ssrc, now)
		c.next = first
	}
	c.used = now
	if c.found {
		// The next packet may be the first of the next round.
		for _, roc := range []uint32{c.next, c.next + 1} {
			if s.try(o, ssrc, roc, packet) {
				delete(s.senders, ssrc)
				return roc, true
			}
		}
		c.found = false
	}
	for n := 0; n < searchPerPacket && s.left > 0; n++ {
		if c.next++; c.next > maxRollover {
			c.next = first
		}
		if s.try(o, ssrc, c.next, packet) {
			c.found = true
			break
		}
	}
	return 0, false
}

// admit enters an SSRC, in the place of the one that is longest silent if need
// be.
func (s *search) admit(ssrc uint32, now time.Time) *candidate {
	if s.senders == nil {
		s.senders = make(map[uint32]*candidate)
	}
	c := &candidate{until: now.Add(searchLeast)}
	if len(s.senders) >= maxSearches {
		var oldest uint32
		var at time.Time
		for other, c := range s.senders {
			if at.IsZero() || c.used.Before(at) {
				oldest, at = other, c.used
			}
		}
		delete(s.senders, oldest)
		if now.Sub(at) < searchLeast { // a flood
			c.until = time.Time{}
		}
	}
	s.senders[ssrc] = c
	return c
}

// young reports whether too few counters were tried for an SSRC to say that it
// has another key. None is while SSRCs come faster than they are searched for.
func (s *search) young(ssrc uint32) bool {
	c := s.senders[ssrc]
	return c != nil && c.used.Before(c.until)
}

// try reports whether a packet is authentic with a rollover counter. It leaves
// the packet as it is.
func (s *search) try(o *opener, ssrc, roc uint32, packet []byte) bool {
	s.left--
	if _, known := s.tried[ssrc]; s.context == nil || !known && len(s.tried) >= maxSearches {
		// The library forgets no SSRC.
		context, err := o.crypto.context()
		if err != nil {
			return false
		}
		s.context, s.tried = context, make(map[uint32]struct{})
	}
	s.tried[ssrc] = struct{}{}
	s.context.SetROC(ssrc, roc)
	s.scratch = append(s.scratch[:0], packet...)
	_, err := s.context.DecryptRTP(s.scratch, s.scratch, &s.header)
	return err == nil
}
