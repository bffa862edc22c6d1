package sap

import (
	"slices"
	"strconv"
	"strings"
)

// Succeeds reports whether a session is old in a later version, announced by the
// same host.
func (s *Session) Succeeds(old *Session) bool {
	if s.From != old.From || s.Origin != old.Origin {
		return false
	}
	return s.identity() == old.identity() && s.Version > old.Version || s.renumbers(&old.Description)
}

// renumbers reports whether d is old under a later session id: VLC gives its
// session another with each stream that it adds, and takes none back.
func (d *Description) renumbers(old *Description) bool {
	if !strings.HasPrefix(d.Tool, "vlc ") || d.Tool != old.Tool || d.Title != old.Title || d.Owner != old.Owner || d.Address != old.Address {
		return false
	}
	id, err := strconv.ParseUint(d.SessionID, 10, 64)
	before, wrong := strconv.ParseUint(old.SessionID, 10, 64)
	if err != nil || wrong != nil || id <= before {
		return false
	}
	return slices.ContainsFunc(d.Media, func(m Medium) bool {
		return slices.ContainsFunc(old.Media, func(o Medium) bool { return o.Group == m.Group })
	})
}
