package rtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"parley/codecs"
)

// FeedbackModel is what a distribution source does with the RTCP that its
// receivers send to it (RFC 5760 6, 7).
type FeedbackModel string

// The models, as in a=rtcp-unicast (RFC 5760 10.1).
const (
	FeedbackReflection FeedbackModel = "reflection" // pass it on to the group
	FeedbackSummary    FeedbackModel = "rsi"        // tell the group what all say together
)

// Feedback is how RTCP goes in a group of one source, whose members cannot send
// to the group (RFC 5760): by unicast to the feedback target.
type Feedback struct {
	// Target is the feedback target: where members' RTCP goes to. For the
	// distribution source it is a local address to listen at.
	Target netip.AddrPort
	// Distribute makes the session the distribution source.
	Distribute bool
	Model      FeedbackModel
	// Source is the distribution source's host, for a member: what comes from
	// there may be reflected, and its summaries are believed. Not valid:
	// Target's host.
	Source netip.Addr
}

// source is the host of the distribution source.
func (f *Feedback) source() netip.Addr {
	if f.Source.IsValid() {
		return f.Source.Unmap()
	}
	return f.Target.Addr().Unmap()
}

// feedback is the machine's part of it.
type feedback struct {
	Feedback
	on bool

	// Of the distribution source: how many octets may still be reflected.
	tokens   float64
	filledAt time.Time
	asItCame []byte // the packet that is being received

	// collided are SSRCs that several members have, to be told in the next
	// summary: they do not hear each other.
	collided []uint32

	// Of a member: what the latest summary told, and when an SSRC was given up
	// for its sake.
	renamedAt time.Time
	members   int
	toldAt    time.Time
}

// listenFeedback opens the feedback target; nil where there is none here.
func listenFeedback(f *Feedback) (*net.UDPConn, error) {
	if f == nil || !f.Distribute {
		return nil, nil
	}
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(f.Target))
	if err != nil {
		return nil, fmt.Errorf("rtp: feedback target: %w", err)
	}
	return c, nil
}

// readFeedback receives at the feedback target until the session is closed.
func (s *Session) readFeedback(c *net.UDPConn) {
	buf := make([]byte, codecs.MaxPacket+1)
	for failed := 0; failed < maxReadErrors; {
		n, from, err := c.ReadFromUDPAddrPort(buf)
		if err != nil {
			if s.closed.Load() || errors.Is(err, net.ErrClosed) {
				return
			}
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				failed++
				s.countReadError()
			}
			continue
		}
		failed = 0
		s.turn.Lock()
		if !s.ended && n < len(buf) {
			next := s.machine.next()
			s.machine.receiveFeedback(time.Now(), unmapped(from), buf[:n])
			s.hurry(next)
			s.carryOut()
		}
		s.turn.Unlock()
	}
	s.log.Error("RTCP feedback target given up after repeated read errors", "local", c.LocalAddr().String())
}

// FeedbackAddr is where the session listens for unicast feedback; not valid:
// nowhere.
func (s *Session) FeedbackAddr() netip.AddrPort {
	if s.feedback == nil {
		return netip.AddrPort{}
	}
	return unmapped(s.feedback.LocalAddr().(*net.UDPAddr).AddrPort())
}

// receiveFeedback takes what came to the feedback target, and has it reflected
// where that is the model (RFC 5760 6.2): only what a member said who is believed,
// never our own, and not more than the session's share for RTCP, so that nobody
// has a group flooded by us. It goes out as it came, encrypted by who sent it:
// encrypted anew, it would have one of the member's own pairs of SSRC and index,
// and by that its keystream (RFC 3711 9.1).
func (m *machine) receiveFeedback(now time.Time, from netip.AddrPort, b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.layer = 0
	m.feedback.asItCame = append(m.feedback.asItCame[:0], b...)
	b, ssrc, ok := m.openReportLocked(now, from, b)
	if !ok {
		return
	}
	was, home := m.thereLocked(ssrc), m.homeLocked(ssrc, from.Addr())
	m.compoundReceivedLocked(now, from, ssrc, b)
	switch {
	case m.feedback.Model != FeedbackReflection, m.isOurs(ssrc), was && !home, !was && !m.thereLocked(ssrc):
	case !speaksOnlyFor(b, ssrc):
		m.stats.FeedbackDropped++
	case !m.mayReflectLocked(now, len(m.feedback.asItCame)):
		m.stats.FeedbackDropped++
	default:
		m.stats.Reflected++
		m.actions = append(m.actions, action{kind: actReflect, packet: slices.Clone(m.feedback.asItCame)})
	}
}

// homeLocked reports whether a member is of this host.
func (m *machine) homeLocked(ssrc uint32, host netip.Addr) bool {
	if s := m.sources[ssrc]; s != nil {
		return s.homeLocked() == host
	}
	l := m.crowd.members.get(crowdKey(ssrc))
	return l != nil && l.host == m.crowd.hash(host)
}

// speaksOnlyFor reports whether all of a checked compound is said by ssrc about
// itself. What comes from the source is believed: a BYE, a description or a
// summary (RFC 5760 7.1) that a member slips in must not go out as ours.
func speaksOnlyFor(b []byte, ssrc uint32) bool {
	for len(b) > 0 {
		var p reportPacket
		p, b, _ = nextReport(b) // checked before
		switch p.kind {
		case typeRSI:
			return false
		case typeSDES:
			for body, n := p.body, p.count; n > 0; n-- {
				if len(body) < 4 || binary.BigEndian.Uint32(body) != ssrc {
					return false
				}
				var ok bool
				if body, ok = nextChunk(body, func(uint32, uint8, []byte) {}); !ok {
					return false
				}
			}
		case typeBye:
			if len(p.body) < 4*int(p.count) {
				return false
			}
			for i := range int(p.count) {
				if binary.BigEndian.Uint32(p.body[4*i:]) != ssrc {
					return false
				}
			}
		default: // all others begin with who sends them
			if len(p.body) < 4 || binary.BigEndian.Uint32(p.body) != ssrc {
				return false
			}
		}
	}
	return true
}

// mayReflectLocked takes size octets out of the bucket, if they are in it.
func (m *machine) mayReflectLocked(now time.Time, size int) bool {
	f := &m.feedback
	if size > maxReflected {
		return false
	}
	burst := max(m.schedule.bandwidth()*reflectBurst.Seconds(), 4*maxReflected)
	if f.filledAt.IsZero() {
		f.tokens = burst
	} else {
		f.tokens = min(burst, f.tokens+m.schedule.bandwidth()*now.Sub(f.filledAt).Seconds())
	}
	f.filledAt = now
	cost := float64(size + datagramOverhead)
	if f.tokens < cost {
		return false
	}
	f.tokens -= cost
	return true
}

// member reports whether we are a member that sends its RTCP to a target, and
// from is the distribution source.
func (f *feedback) member(from netip.AddrPort) bool {
	return f.on && !f.Distribute && from.Addr() == f.source()
}

// collidedLocked takes that somebody else said a name under the SSRC of a member:
// two that have one SSRC and different names (RFC 5760 7.1.9), which only the
// source can see.
func (m *machine) collidedLocked(ssrc uint32, cname []byte) {
	f := &m.feedback
	if !f.on || !f.Distribute || f.Model != FeedbackSummary || len(f.collided) >= maxCollisions || slices.Contains(f.collided, ssrc) {
		return
	}
	if src := m.sources[ssrc]; src != nil && src.sdes.CNAME == string(cname) {
		return // it has moved
	}
	f.collided = append(f.collided, ssrc)
}

// appendCollisions appends the collision sub-report block (RFC 5760 7.1.9):
// members are to take other SSRCs.
func (f *feedback) appendCollisions(b []byte) []byte {
	if len(f.collided) == 0 {
		return b
	}
	b = append(b, rsiCollision, byte(1+len(f.collided)), 0, 0)
	for _, ssrc := range f.collided {
		b = binary.BigEndian.AppendUint32(b, ssrc)
	}
	f.collided = f.collided[:0]
	return b
}

// summarizedLocked takes a summary: the size of the group (RFC 5760 7.1.12), and
// whether somebody has our SSRC.
func (m *machine) summarizedLocked(now time.Time, from netip.AddrPort, body []byte) {
	f := &m.feedback
	if !f.member(from) {
		return
	}
	s := parseSummary(body)
	if s.told {
		f.members, f.toldAt = min(s.receivers, maxGroupSize), now
		if s.average >= minAverageReport {
			m.schedule.averageLen = float64(s.average)
		}
		m.schedule.reverse(now, m.sizeLocked(now))
	}
	for c := s.collisions; len(c) >= 4; c = c[4:] {
		ssrc := binary.BigEndian.Uint32(c)
		if recently := !f.renamedAt.IsZero() && now.Sub(f.renamedAt) < conflictLife; m.isOurs(ssrc) && !recently {
			f.renamedAt = now
			m.renameLocked(now, ssrc)
		}
	}
}

// sizeLocked is how many are in the session as far as is known, ourselves
// included.
func (m *machine) sizeLocked(now time.Time) int {
	told := m.feedback.summarized(now)
	if told > 0 {
		told += m.othersSendingLocked() // who is told of are receivers
	}
	return max(m.membersLocked(), told)
}

// othersSendingLocked is how many but us lately sent.
func (m *machine) othersSendingLocked() (n int) {
	for _, s := range m.sources {
		if s.sending && s.left.IsZero() {
			n++
		}
	}
	return n
}

// outdated is when what was told of the group's size counts no more; zero:
// nothing was told.
func (f *feedback) outdated() time.Time {
	if f.toldAt.IsZero() {
		return time.Time{}
	}
	return f.toldAt.Add(groupSizeLife)
}

// summarized is the size of the group as lately told; 0: unknown.
func (f *feedback) summarized(now time.Time) int {
	if f.toldAt.IsZero() || now.Sub(f.toldAt) >= groupSizeLife {
		return 0
	}
	return f.members
}
