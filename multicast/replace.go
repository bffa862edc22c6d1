package multicast

import (
	"cmp"
	"errors"
	"fmt"

	"parley/conference"
)

// Replace has the group that uses c leave its conference and another take its
// place, under its name unless it has one: a session that moved, or has another
// codec or key. The error is ErrNoGroup, ErrJoined, ErrSent, or of what cannot be joined;
// then the group is in its place as before.
func (s *Server) Replace(c Channel, g GroupConfig) error {
	s.joining.Lock()
	defer s.joining.Unlock()
	old := s.find(c)
	if old == nil {
		return ErrNoGroup
	}
	g.Conference, g.Name, g.Optional = old.cfg.Conference, cmp.Or(g.Name, old.info.Name), false
	if err := g.Validate(s.deps.Codecs); err != nil {
		return err
	}
	if err := s.taken(&g, old); err != nil {
		return err
	}
	old.Disconnect(conference.Cause{Code: conference.CauseLeft})
	<-old.done // at most CloseTimeout; both may have the same sockets
	group, err := s.open(g)
	if err != nil {
		// It could be joined before, so that it can be again.
		_, undone := s.open(old.cfg)
		return errors.Join(err, undone)
	}
	group.log().Info("multicast group joined", "instead of", old.info.Address, "ttl", g.ttl(), "interfaces", g.where(), "listenOnly", g.listensOnly())
	return nil
}

// taken is ErrJoined or ErrSent where another group than except has something in
// common with g.
func (s *Server) taken(g *GroupConfig, except *Group) error {
	for _, other := range s.joined() {
		if other == except {
			continue
		}
		if both, ok := g.Overlap(other.cfg); ok {
			if both.Sent {
				return ErrSent
			}
			return fmt.Errorf("%w: %v is in %s", ErrJoined, both.At, other.cfg.Conference)
		}
	}
	return nil
}
