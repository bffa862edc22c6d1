package multicast

import (
	"errors"

	"parley/conference"
)

// What Join and Leave may answer.
var (
	// ErrJoined: the same group and port, of RTP or RTCP, already takes part in a
	// conference. In a second one, what is said in one would come back in the
	// other.
	ErrJoined = errors.New("multicast: this group takes part in a conference already")
	// ErrSent: parley sends to this group from a conference already, by another of
	// its channels, as it is to in this one: see Overlap.Sent.
	ErrSent = errors.New("multicast: " + Overlap{Sent: true}.Reason(false))
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
	if err := s.taken(&g, nil); err != nil {
		return err
	}
	g.Optional = false
	group, err := s.open(g)
	if err == nil {
		group.log().Info("multicast group joined", "ttl", g.ttl(), "interfaces", g.where(), "listenOnly", g.listensOnly())
	}
	return err
}

// Leave has the group that uses c leave its conference. The error is ErrNoGroup when
// there is none.
func (s *Server) Leave(c Channel) error {
	// While Replace is at work, there is neither the old group nor the new one.
	s.joining.Lock()
	defer s.joining.Unlock()
	g := s.find(c)
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

// Membership tells how the group that uses c takes part in a conference; not ok: in
// none.
func (s *Server) Membership(c Channel) (Membership, bool) {
	g := s.find(c)
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

// find returns the group that uses c, or nil.
func (s *Server) find(c Channel) *Group {
	for _, g := range s.joined() {
		if g.cfg.uses(c) {
			return g
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
