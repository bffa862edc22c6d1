package multicast

import (
	"errors"
	"net/netip"

	"parley/conference"
)

// What Join and Leave may answer.
var (
	// ErrJoined: the same group and port, of RTP or RTCP, already takes part in a
	// conference. In a second one, what is said in one would come back in the
	// other.
	ErrJoined = errors.New("multicast: this group takes part in a conference already")
	// ErrTooMany: MaxGroups take part.
	ErrTooMany = errors.New("multicast: as many groups as may already take part in conferences")
)

// Join lets a group take part in a conference while the Server runs, until
// Leave, a host's kick or Close.
func (s *Server) Join(g GroupConfig) error {
	s.joining.Lock()
	defer s.joining.Unlock()
	if len(s.joined()) >= MaxGroups {
		return ErrTooMany
	}
	if s.taken(&g, nil) {
		return ErrJoined
	}
	g.Optional = false
	group, err := s.open(g)
	if err == nil {
		group.log().Info("multicast group joined", "ttl", g.ttl(), "interfaces", g.interfaces(), "listenOnly", g.listensOnly())
	}
	return err
}

// Leave has the group that uses at leave its conference. The error is
// ErrNoGroup when there is none.
func (s *Server) Leave(at netip.AddrPort) error {
	// While Replace is at work, there is neither the old group nor the new one.
	s.joining.Lock()
	defer s.joining.Unlock()
	g := s.find(at)
	if g == nil {
		return ErrNoGroup
	}
	g.Disconnect(conference.Cause{Code: conference.CauseLeft})
	<-g.done // at most CloseTimeout
	return nil
}

// Membership is how a group takes part.
type Membership struct {
	Conference string
	// Senders are the group's members that are heard.
	Senders int
}

// Membership tells how the group that uses at takes part in a conference; not
// ok: in none.
func (s *Server) Membership(at netip.AddrPort) (Membership, bool) {
	g := s.find(at)
	if g == nil {
		return Membership{}, false
	}
	m := Membership{Conference: g.cfg.Conference}
	if g.audio != nil {
		m.Senders += g.audio.senders()
	}
	if g.video != nil {
		m.Senders += g.video.senders()
	}
	return m, true
}

// find returns the group that uses at, or nil.
func (s *Server) find(at netip.AddrPort) *Group {
	at = plain(at)
	for _, g := range s.joined() {
		for _, own := range g.cfg.addresses() {
			if own == at {
				return g
			}
		}
	}
	return nil
}

// senders is how many members are heard.
func (l *leg) senders() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.members)
}
