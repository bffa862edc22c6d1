package multicast

import (
	"cmp"
	"errors"
	"net/netip"

	"parley/conference"
)

// Replace has the group that uses at leave its conference and another take its
// place, under its name unless it has one: a session that moved, or has another
// codec or key. The error is ErrNoGroup, ErrJoined, or of what cannot be joined;
// then the group is in its place as before.
func (s *Server) Replace(at netip.AddrPort, g GroupConfig) error {
	s.joining.Lock()
	defer s.joining.Unlock()
	old := s.find(at)
	if old == nil {
		return ErrNoGroup
	}
	g.Conference, g.Name, g.Optional = old.cfg.Conference, cmp.Or(g.Name, old.info.Name), false
	if err := g.Validate(s.deps.Codecs); err != nil {
		return err
	}
	if s.taken(&g, old) {
		return ErrJoined
	}
	old.Disconnect(conference.Cause{Code: conference.CauseLeft})
	<-old.done // at most CloseTimeout; both may have the same sockets
	group, err := s.open(g)
	if err != nil {
		// It could be joined before, so that it can be again.
		_, undone := s.open(old.cfg)
		return errors.Join(err, undone)
	}
	group.log().Info("multicast group joined", "instead of", old.info.Address, "ttl", g.ttl(), "interfaces", g.interfaces(), "listenOnly", g.listensOnly())
	return nil
}

// taken reports whether a group but except already uses an address of g.
func (s *Server) taken(g *GroupConfig, except *Group) bool {
	for _, other := range s.joined() {
		if other == except {
			continue
		}
		if _, same := g.Overlap(other.cfg); same {
			return true
		}
	}
	return false
}
