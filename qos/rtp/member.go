package rtp

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// Member is one SSRC of a session that there is more to tell of than that it is
// there: all senders, and as many who only listen as have a name kept.
type Member struct {
	SSRC    uint32
	Addr    netip.AddrPort // of RTP where it sends, else of RTCP
	SDES    SDES
	Sending bool // RTP was received of it
	Heard   time.Time
	Stats   SourceStats
	// Extended is what it told by RTCP XR.
	Extended ExtendedReport
}

// Members tells who is in the session, by SSRC. MemberStats counts the others. Of
// who is not among them the Receiver has been told that it left; so Members waits
// for what it is being told, and a Receiver's methods do not call it.
func (s *Session) Members() []Member {
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.machine.members()
}

func (m *machine) members() []Member {
	m.mu.Lock()
	out := make([]Member, 0, len(m.sources))
	for _, s := range m.sources {
		if !s.left.IsZero() {
			continue
		}
		e := Member{
			SSRC: s.ssrc, Addr: s.addr, SDES: s.sdes, Sending: s.announced, Heard: s.lastSeen,
			Stats: s.statsLocked(), Extended: s.extended,
		}
		if !e.Addr.IsValid() {
			e.Addr = s.rtcpAddr
		}
		out = append(out, e)
	}
	m.mu.Unlock()
	slices.SortFunc(out, func(a, b Member) int { return cmp.Compare(a.SSRC, b.SSRC) })
	return out
}
