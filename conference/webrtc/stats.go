package webrtc

import "sync/atomic"

// counters are what Stats shows.
type counters struct {
	joins, resumes, badMessages, originsRefused        atomic.Uint64
	audioReceived, audioSent, videoReceived, videoSent traffic
	audioLost                                          atomic.Int64
	keyframesAsked                                     atomic.Uint64
}

// traffic counts packets of one kind and direction.
type traffic struct{ packets, octets atomic.Uint64 }

func (t *traffic) count(octets int) {
	t.packets.Add(1)
	t.octets.Add(uint64(octets))
}

// Stats are counters since start and gauges of now.
type Stats struct {
	Sockets, Participants       int
	Joins, Resumes              uint64
	BadMessages, OriginsRefused uint64
	AudioReceived, AudioSent    uint64 // packets
	VideoReceived, VideoSent    uint64 // packets
	// Octets received are of whole packets, those sent of payloads.
	AudioReceivedOctets, AudioSentOctets uint64
	VideoReceivedOctets, VideoSentOctets uint64
	AudioLost                            int64  // may fall (RFC 3550 6.4.1)
	KeyframeRequests                     uint64 // from browsers
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
		AudioReceived: c.audioReceived.packets.Load(), AudioSent: c.audioSent.packets.Load(),
		VideoReceived: c.videoReceived.packets.Load(), VideoSent: c.videoSent.packets.Load(),
		AudioReceivedOctets: c.audioReceived.octets.Load(), AudioSentOctets: c.audioSent.octets.Load(),
		VideoReceivedOctets: c.videoReceived.octets.Load(), VideoSentOctets: c.videoSent.octets.Load(),
		AudioLost:        c.audioLost.Load(),
		KeyframeRequests: c.keyframesAsked.Load(),
	}
}
