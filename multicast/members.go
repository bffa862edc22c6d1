package multicast

import (
	"net/netip"

	"parley/qos/rtp"
)

// GroupMembers is who is in a group, and what they receive of what it is sent.
type GroupMembers struct {
	Address string // as in the roster
	// TTL is with what parley sends there, and Scope that of its address; ListenOnly:
	// it sends nothing.
	TTL        int
	Scope      Scope
	ListenOnly bool
	// Loops counts packets that were cut off, as in GroupStats.
	Loops        uint64
	Audio, Video *SessionMembers // nil: none
}

// SessionMembers is the same of one of its RTP sessions.
type SessionMembers struct {
	Group netip.AddrPort
	SSRC  uint32 // parley's own
	Stats rtp.Stats
	// Feedback is where members' RTCP is taken by unicast (RFC 5760); not valid:
	// nowhere.
	Feedback netip.AddrPort
	Members  []rtp.Member
	// Bridging is how the group is shared with other bridges.
	Bridging BridgeState
	// Receptions is the loss map: those who lose most first.
	Receptions []rtp.Reception
}

// Members tells of each group of a conference, in the order of the
// configuration, with at most limit entries of each loss map. The error is
// ErrNoGroup when there is none.
func (s *Server) Members(conferenceID string, limit int) ([]GroupMembers, error) {
	var out []GroupMembers
	for _, g := range s.joined() {
		if g.cfg.Conference != conferenceID {
			continue
		}
		m := GroupMembers{
			Address: g.info.Address, TTL: g.cfg.ttl(), Scope: ScopeOf(g.cfg.first().Addr()), ListenOnly: g.cfg.listensOnly(),
			Loops: g.loops.Load(),
		}
		if g.audio != nil {
			m.Audio = g.audio.sessionMembers(g.cfg.Audio.Addr, limit)
			m.Loops += m.Audio.Stats.Loops
		}
		if g.video != nil {
			m.Video = g.video.sessionMembers(g.cfg.Video.Addr, limit)
			m.Loops += m.Video.Stats.Loops
		}
		out = append(out, m)
	}
	if len(out) == 0 {
		return nil, ErrNoGroup
	}
	return out, nil
}

func (l *leg) sessionMembers(group netip.AddrPort, limit int) *SessionMembers {
	return &SessionMembers{
		Group: group, Feedback: l.session.FeedbackAddr(), SSRC: l.session.SSRC(), Stats: l.session.Stats(),
		Bridging: l.paths.bridging.state(l),
		Members:  l.session.Members(), Receptions: l.session.Receptions(limit),
	}
}
