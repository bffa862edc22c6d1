package bridge

import (
	"sync/atomic"

	"parley/h323"
	"parley/qos/rtp"
	"parley/qos/rtp/leg"
)

// Stats are counters since start and gauges of now.
type Stats struct {
	Calls  int // that are up or being set up
	Lobby  int // of them, that are asked for a number or PIN
	Setups uint64
	// Answered are calls let in or to the lobby, Refused those that policy
	// turned down.
	Answered, Refused             uint64
	Dialled, DialFailed           uint64
	Lost                          uint64 // ended since nothing was heard of the peer
	FastUpdatesIn, FastUpdatesOut uint64 // videoFastUpdatePicture
	Presentations                 uint64 // channels of H.239, both directions
	FlowControlled, Withheld      uint64 // orders of peers; packets not sent for them
	Audio, Video, Slides          leg.Stats
	Data                          leg.Stats // H.224
	// Multiplexed is of the ports that calls share (H.460.19).
	Multiplexed rtp.MultiplexStats
	// Signalling is the endpoint's own.
	Signalling h323.Stats
}

type counters struct {
	setups, answered, refused, dialled, dialFailed, lost atomic.Uint64
	fastIn, fastOut, presentations, flow, withheld       atomic.Uint64
}

// Stats returns a snapshot.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	calls := len(s.calls)
	s.mu.Unlock()
	c := &s.counters
	var shared rtp.MultiplexStats
	if s.multiplex != nil {
		shared = s.multiplex.Stats()
	}
	return Stats{
		Calls: calls, Lobby: int(s.lobby.Load()), Setups: c.setups.Load(),
		Answered: c.answered.Load(), Refused: c.refused.Load(),
		Dialled: c.dialled.Load(), DialFailed: c.dialFailed.Load(), Lost: c.lost.Load(),
		FastUpdatesIn: c.fastIn.Load(), FastUpdatesOut: c.fastOut.Load(),
		Presentations: c.presentations.Load(), FlowControlled: c.flow.Load(), Withheld: c.withheld.Load(),
		Audio: s.audio.Snapshot(), Video: s.video.Snapshot(), Slides: s.slides.Snapshot(), Data: s.data.Snapshot(),
		Multiplexed: shared,
		Signalling:  s.endpoint.Stats(),
	}
}
