package api

import (
	"errors"
	"net/http"
	"strconv"

	"parley/multicast"
)

// Sessions describes the multicast groups of a conference: the multicast wire.
type Sessions interface {
	// SDP returns a description of each group; with bridgeOnly, one that admits
	// no sender but parley. ErrNoGroup when there is none.
	SDP(conferenceID string, bridgeOnly bool) ([]multicast.Session, error)
}

// describeGroup answers GET /c/{conference}/session.sdp: the file that players
// want in order to listen to a group. "?group=2" is the second group of the
// conference, "?all" admits the group's own members besides parley.
func (s *Server) describeGroup(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("conference")
	c, err := s.find(id)
	if err != nil {
		http.Error(w, "no such conference", http.StatusNotFound)
		return
	}
	if c.NeedsPIN() {
		if d := s.guard.check(r); d != nil {
			http.Error(w, d.text, d.status)
			return
		}
	}
	query := r.URL.Query()
	sessions, err := s.deps.Sessions.SDP(id, !query.Has("all"))
	if errors.Is(err, multicast.ErrNoGroup) {
		http.Error(w, "no multicast group takes part in this conference", http.StatusNotFound)
		return
	}
	if err != nil {
		s.deps.Log.Error("multicast group is not described", "conference", id, "error", err)
		http.Error(w, "the group cannot be described; the log says why", http.StatusInternalServerError)
		return
	}
	group := 1
	if query.Has("group") {
		group, err = strconv.Atoi(query.Get("group"))
	}
	if err != nil || group < 1 || group > len(sessions) {
		http.Error(w, "group is a number from 1 to "+strconv.Itoa(len(sessions)), http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/sdp")
	h.Set("Content-Disposition", "attachment; filename=\""+id+".sdp\"")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(sessions[group-1].SDP) // who hung up wants it no more
}
