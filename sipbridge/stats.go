package sipbridge

import (
	"sync/atomic"

	"parley/qos/rtp/leg"
)

// Stats are counters since start and gauges of now.
type Stats struct {
	Calls   int // that are up or being set up
	Lobby   int // of them, that are asked for the PIN
	Invites uint64
	// Answered are calls let in or to the lobby, Refused those answered with
	// an error, of which Malformed were no valid request.
	Answered, Refused, Malformed uint64
	Dropped                      uint64 // datagrams of sources that send too many
	Dialled, DialFailed          uint64
	Lost                         uint64 // ended since nothing was heard of the peer
	FastUpdatesIn, FastUpdateOut uint64 // picture_fast_update (RFC 5168)
	Audio, Video                 leg.Stats
}

type counters struct {
	invites, answered, refused, malformed, dropped, dialled, dialFailed, lost, fastIn, fastOut atomic.Uint64
}

// Stats returns a snapshot.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	calls := s.inUse
	s.mu.Unlock()
	c := &s.counters
	return Stats{
		Calls: calls, Lobby: int(s.lobby.Load()),
		Invites: c.invites.Load(), Answered: c.answered.Load(), Refused: c.refused.Load(), Malformed: c.malformed.Load(),
		Dropped: c.dropped.Load(), Dialled: c.dialled.Load(), DialFailed: c.dialFailed.Load(), Lost: c.lost.Load(),
		FastUpdatesIn: c.fastIn.Load(), FastUpdateOut: c.fastOut.Load(),
		Audio: s.audio.Snapshot(), Video: s.video.Snapshot(),
	}
}
