package rtp

import "time"

// SourceStats is reception from one source (RFC 3550 6.4.1, A.3, A.8).
type SourceStats struct {
	Packets, Octets  uint64
	Lost             int64   // expected minus received; negative on duplicates
	FractionLost     float64 // 0 to 1, in the last complete RTCP interval
	Jitter           time.Duration
	RoundTrip        time.Duration // 0: unknown
	LastPacket       time.Time
	RemoteLost       int64   // what it reports of our stream
	RemoteFraction   float64 // 0 to 1
	RemoteJitter     time.Duration
	KeyframeRequests uint64 // PLI and FIR from it
}

// MemberStats counts the members of a session (RFC 3550 6.2), ourselves
// included.
type MemberStats struct {
	Members int
	Senders int // of whom RTP was received and who are still members
	// Crowd is how many of a large group are only counted; CrowdOctets and
	// ReceptionOctets the memory that they and the loss map take.
	Crowd                        int
	CrowdOctets, ReceptionOctets int
	// Interval is what RFC 3550 6.3.1 makes of it between two reports of ours,
	// before it is randomised.
	Interval time.Duration
}

// Stats is a snapshot of a Session.
type Stats struct {
	Sent, SentOctets         uint64
	SendErrors               uint64 // full socket buffer, no route, nowhere to send
	Received, ReceivedOctets uint64 // delivered RTP; octets of whole packets
	// Lost is that of all sources together, those that left included. Like
	// theirs it may fall, by duplicates (RFC 3550 6.4.1).
	Lost                      int64
	Malformed, UnknownPayload uint64
	Foreign                   uint64 // from an address that is not the peer's
	Filtered                  uint64 // of a sender that the group's filter does not admit
	Enhancements              uint64 // of a higher layer of a sender whose lower one is heard
	BelowHopFloor             uint64 // from further away than the group's hop floor allows
	Undecrypted               uint64 // not of the key that was agreed
	Loops                     uint64
	Reflected                 uint64 // feedback that was passed on to the group (RFC 5760)
	FeedbackDropped           uint64 // feedback beyond the session's share for RTCP
	Collisions                uint64 // SSRCs given up since another has them
	Refused                   uint64 // on probation, out of sequence, a copy, table full
	ReadErrors                uint64
	// RTCP is the octets of compound packets, without UDP and IP.
	RTCPSent, RTCPReceived uint64
	Members                MemberStats
	Receptions             ReceptionSummary // of a group
	Sources                map[uint32]SourceStats
}
