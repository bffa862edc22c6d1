package webrtc

import "sync/atomic"

// counters are what Stats shows.
type counters struct {
	joins, resumes, badMessages, originsRefused        atomic.Uint64
	audioReceived, audioSent, videoReceived, videoSent atomic.Uint64
	keyframesAsked                                     atomic.Uint64
}

// Stats are counters since start and gauges of now.
type Stats struct {
	Sockets, Participants       int
	Joins, Resumes              uint64
	BadMessages, OriginsRefused uint64
	AudioReceived, AudioSent    uint64 // packets
	VideoReceived, VideoSent    uint64 // packets
	KeyframeRequests            uint64 // from browsers
}

// Stats returns a snapshot.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	sockets, clients := len(s.sockets), len(s.clients)
	s.mu.Unlock()
	c := &s.counters
	return Stats{
		Sockets: sockets, Participants: clients,
		Joins: c.joins.Load(), Resumes: c.resumes.Load(),
		BadMessages: c.badMessages.Load(), OriginsRefused: c.originsRefused.Load(),
		AudioReceived: c.audioReceived.Load(), AudioSent: c.audioSent.Load(),
		VideoReceived: c.videoReceived.Load(), VideoSent: c.videoSent.Load(),
		KeyframeRequests: c.keyframesAsked.Load(),
	}
}
