package rtp

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"time"
)

// SourceChange is what happened to a Source.
type SourceChange uint8

// The changes.
const (
	SourceNew SourceChange = iota + 1
	SourceDescribed
	SourceBye
	SourceTimeout
)

// Source is one remote SSRC. Its methods are safe for concurrent use.
type Source struct {
	ssrc uint32

	mu       *sync.Mutex // the machine's; guards all below
	addr     netip.AddrPort
	rtcpAddr netip.AddrPort
	sdes     SDES
	seq      sequence
	jitter   jitter
	packets  uint64
	octets   uint64
	csrc     [maxCSRC]uint32 // of the latest packet
	csrcs    int
	// announced is set when RTP was received, and so SourceNew was told.
	// Without it, the Source is a member that only listens.
	announced bool
	sending   bool // one of the senders of RFC 3550 6.3
	looped    bool // told our CNAME
	applied   bool // sent APP
	layer     int  // in which it is heard: the lowest
	lowest    int  // layer in which anything of it was heard, RTCP too
	// describedAt is when SourceDescribed was last told; untold: not of the latest.
	describedAt time.Time
	untold      bool
	left        time.Time
	lastPacket  time.Time // RTP
	lastSeen    time.Time // RTP or RTCP

	// The last sender report, for LSR and DLSR (RFC 3550 6.4.1).
	reportStamp uint32
	reportAt    time.Time
	reportNTP   uint64
	reportRTP   uint32
	reportLayer int
	// blockAt is when we last reported on it.
	blockAt time.Time

	roundTrip        time.Duration
	remoteLost       int64
	remoteFraction   float64
	remoteJitter     time.Duration
	keyframeRequests uint64
	firSequence      uint8
	extended         ExtendedReport
}

// SSRC is its identifier.
func (s *Source) SSRC() uint32 { return s.ssrc }

// Addr is where its packets come from.
func (s *Source) Addr() netip.AddrPort {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

// SDES is what it told of itself so far.
func (s *Source) SDES() SDES {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sdes
}

// Extended is what it last told by RTCP XR. What it points to does not change.
func (s *Source) Extended() ExtendedReport {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.extended
}

// Captured is when, by the sender's clock, what has this RTP timestamp was
// captured (RFC 3550 6.4.1); rate is that of the RTP clock in Hz. Sound and
// pictures of one canonical name share that clock, which is nobody else's. It is
// not ok before a sender report has told, or when the sender has no clock.
func (s *Source) Captured(timestamp uint32, rate int) (at time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reportAt.IsZero() || s.reportNTP == 0 || rate <= 0 {
		return at, false
	}
	at = time.Unix(int64(s.reportNTP>>32)-unixToNTP, int64(s.reportNTP&0xffffffff*uint64(time.Second)>>32))
	return at.Add(time.Duration(int32(timestamp-s.reportRTP)) * time.Second / time.Duration(rate)), true
}

// AppendContributors appends the CSRC list of its latest packet to dst: who
// was heard in what a mixer sent (RFC 3550 5.1). In Receiver.ReceiveRTP that
// is the packet which is passed.
func (s *Source) AppendContributors(dst []uint32) []uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(dst, s.csrc[:s.csrcs]...)
}

// contributeLocked takes the CSRC list of a packet as it stands there.
func (s *Source) contributeLocked(list []byte) {
	s.csrcs = 0
	for ; len(list) >= 4 && s.csrcs < maxCSRC; list = list[4:] {
		s.csrc[s.csrcs] = binary.BigEndian.Uint32(list)
		s.csrcs++
	}
}

// Stats is a snapshot of its reception.
func (s *Source) Stats() SourceStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.statsLocked()
}

// homeLocked is the host that it is of: where its RTP comes from, else its RTCP.
func (s *Source) homeLocked() netip.Addr {
	if s.addr.IsValid() {
		return s.addr.Addr()
	}
	return s.rtcpAddr.Addr()
}

// lostLocked is what was lost of a source that sends.
func (s *Source) lostLocked() int64 {
	if !s.announced {
		return 0
	}
	return s.seq.lost()
}

func (s *Source) statsLocked() SourceStats {
	return SourceStats{
		Packets:          s.packets,
		Octets:           s.octets,
		Lost:             s.seq.lost(),
		FractionLost:     float64(s.seq.fraction) / 256,
		Jitter:           s.jitter.duration(),
		RoundTrip:        s.roundTrip,
		LastPacket:       s.lastPacket,
		RemoteLost:       s.remoteLost,
		RemoteFraction:   s.remoteFraction,
		RemoteJitter:     s.remoteJitter,
		KeyframeRequests: s.keyframeRequests,
	}
}
