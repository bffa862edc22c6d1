package rtp

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// machine is the session without its sockets, goroutines and clock: what
// arrives and what time it is go in, actions come out.
type machine struct {
	group bool
	mux   bool
	sdes  SDES
	// isOwn tells the addresses that our own packets come back from.
	isOwn  func(netip.AddrPort) bool
	random func() uint32

	ssrc    atomic.Uint32
	resting atomic.Bool                // see Session.Rest
	rates   atomic.Pointer[[128]int32] // by payload type; 0: not received
	ciphers atomic.Pointer[Ciphers]
	dest    atomic.Pointer[destination]
	own     *ownStreams

	layers int // higher ones that have RTCP of their own to which we report

	mu       sync.Mutex // guards all below
	latch    latch
	reports  reportLatch
	schedule schedule
	feedback feedback
	// references are the times asked back by XR.
	references references
	sources    map[uint32]*Source
	losses     losses
	crowd      crowd // the members of a group without a Source
	proving    []probation
	proveAt    int
	conflict   [maxConflicts]conflict
	looped     [loopKinds]time.Time
	stats      Stats
	wall       time.Time // the session's NTP clock runs on from here
	lastHear   time.Time
	layer      int       // of the packet that is being received
	reported   uint64    // higher layers, by bit, to which a report went
	notified   time.Time // of a TMMBR, last
	turns      uint64    // RTCP reports made
	sender     bool      // by the interval that was drawn last
	ceased     time.Time // when we were found to be no sender
	proved     uint64    // entries made in proving
	applied    bool      // an APP packet was sent
	leaving    bool
	byes       int // heard while leaving

	strangers notice // packets of another key
	unknown   notice // packets of a payload type without a clock rate

	// actions is what the last input asks for. It is emptied by whoever
	// carries them out, under Session.turn.
	actions []action
}

// destination is where to send; either may be invalid.
type destination struct{ rtp, rtcp target }

// action is what an input asks the session to do.
type action struct {
	kind   actionKind
	source *Source
	change SourceChange
	ssrc   uint32
	addr   netip.AddrPort
	what   string
	packet []byte
	rate   int // bit/s
	layer  int // to which packet goes

	payloadType uint8
}

type actionKind uint8

const (
	actSource actionKind = iota
	actKeyframe
	actRate // ssrc is to be held to rate
	actLoop
	actUndecrypted    // packets of ssrc from addr are of another key
	actUnknownPayload // packets of ssrc from addr are of payloadType
	actReport         // send packet as RTCP, to the session of layer
	actReflect        // send packet as it came, RTCP of somebody else
	actCollision      // ssrc is the one given up
	actApplication    // of source: subtype ssrc, name what, data packet
	actApplicantLeft
)

// notice bounds what is told of packets that are dropped.
type notice struct {
	packets int       // since it was told
	at      time.Time // when it was
}

// due counts a packet, and reports whether it is time to tell.
func (n *notice) due(now time.Time) bool {
	if n.packets++; n.packets < noticeLeast || now.Sub(n.at) < noticeEvery && !n.at.IsZero() {
		return false
	}
	n.packets, n.at = 0, now
	return true
}

// probation is an SSRC in a group that has to prove itself (RFC 3550 A.1).
type probation struct {
	ssrc  uint32
	addr  netip.AddrPort
	layer int
	next  uint16
	used  bool
	turn  uint64 // in which it was entered
}

// newMachine returns the machine of cfg, started at now.
func newMachine(cfg *Config, group bool, now time.Time, random func() uint32) *machine {
	m := &machine{
		group:   group,
		mux:     cfg.RTCPMux,
		sdes:    cfg.SDES,
		isOwn:   func(netip.AddrPort) bool { return false },
		random:  random,
		own:     newOwnStreams(),
		sources: make(map[uint32]*Source),
		crowd:   newCrowd(now),
		losses:  newLosses(now),

		references: newReferences(now),
		wall:       now,
	}
	m.ssrc.Store(cfg.SSRC)
	for m.ssrc.Load() == 0 {
		m.ssrc.Store(random())
	}
	if cfg.Feedback != nil && group {
		m.feedback.Feedback, m.feedback.on = *cfg.Feedback, true
		if !cfg.Feedback.Distribute {
			m.crowd.reflector = cfg.Feedback.source()
		}
	}
	m.setClockRates(cfg.ClockRates)
	m.ciphers.Store(&cfg.Ciphers)
	m.latch.learn, m.reports.learn = cfg.Learn, cfg.Learn
	m.dest.Store(&destination{})
	m.schedule = newSchedule(cfg.Bandwidth, cfg.RTCPBandwidth, !group, func() float64 {
		return float64(random()) / (1 << 32)
	})
	m.schedule.start(now, population{members: 1})
	return m
}

func (m *machine) setClockRates(rates map[uint8]int) {
	table := new([128]int32)
	for pt, rate := range rates {
		if pt < 128 && rate > 0 {
			table[pt] = int32(min(rate, 1<<30))
		}
	}
	m.rates.Store(table)
}

// setRemote takes the addresses that signalling gave.
func (m *machine) setRemote(now time.Time, rtp, rtcp netip.AddrPort) {
	rtp, rtcp = sendable(rtp), sendable(rtcp)
	if !rtcp.IsValid() && rtp.IsValid() && rtp.Port() != DiscardPort {
		rtcp = rtp
		if !m.mux {
			rtcp = netip.AddrPortFrom(rtp.Addr(), rtp.Port()+1) // RFC 3550 11
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.latch.set(now, rtp) || rtcp != m.reports.signalled {
		m.reports.set(rtcp)
	}
	m.updateDestination()
}

// sendable returns a, or nothing where it is no address of a peer: 0.0.0.0
// means hold (RFC 3264 8.4) and would reach this very host; and no signalling
// may aim us at a whole network.
func sendable(a netip.AddrPort) netip.AddrPort {
	a = unmapped(a)
	if !a.IsValid() || a.Addr().IsUnspecified() || a.Addr().IsMulticast() || a.Port() == 0 ||
		a.Addr() == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return netip.AddrPort{}
	}
	return a
}

// peer is where RTP goes; not valid: nowhere yet.
func (m *machine) peer() netip.AddrPort {
	if m.latch.current.Port() == DiscardPort {
		return netip.AddrPort{}
	}
	return m.latch.current
}

// updateDestination publishes where the latches say the peer is.
func (m *machine) updateDestination() {
	d := destination{rtp: newTarget(m.peer()), rtcp: newTarget(m.reports.current)}
	if m.mux {
		d.rtcp = d.rtp
	}
	if *m.dest.Load() != d {
		m.dest.Store(&d)
	}
}

// unmapped returns a with an IPv4-mapped IPv6 address as IPv4.
func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// populationLocked counts the session. Who was silent for too long is no sender
// until it sends again, even if that time is longer by then.
func (m *machine) populationLocked(now time.Time) population {
	p := population{members: m.sizeLocked(now)}
	limit := m.schedule.senderTimeout()
	for _, s := range m.sources {
		if s.sending = s.sending && now.Sub(s.lastPacket) < limit; s.sending && s.left.IsZero() {
			p.senders++
		}
	}
	if p.weSent = m.own.sentSince(m.sendingSinceLocked(now)); p.weSent {
		p.senders++
	} else {
		m.ceased = now
	}
	return p
}

// sendingSinceLocked is when something must have been sent to make us a sender.
func (m *machine) sendingSinceLocked(now time.Time) time.Time {
	since := now.Add(-m.schedule.senderTimeout())
	if m.ceased.After(since) {
		return m.ceased
	}
	return since
}

// membersLocked is how many are in the session, ourselves included.
func (m *machine) membersLocked() int {
	n := 1 + m.crowd.present()
	for _, s := range m.sources {
		if s.left.IsZero() {
			n++
		}
	}
	return n
}

// memberStatsLocked counts for the Stats.
func (m *machine) memberStatsLocked() MemberStats {
	st := MemberStats{
		Members: m.membersLocked(), Crowd: m.crowd.present(),
		Interval:    m.schedule.current,
		CrowdOctets: m.crowd.members.octets(), ReceptionOctets: m.losses.entries.octets(),
	}
	for _, s := range m.sources {
		if s.left.IsZero() && s.announced {
			st.Senders++
		}
	}
	return st
}

// forgetLocked takes a source out of the table; what was lost of it stays
// counted.
func (m *machine) forgetLocked(s *Source) {
	m.stats.Lost += s.lostLocked()
	delete(m.sources, s.ssrc)
}

// sweepLocked drops members that fell silent (RFC 3550 6.3.5) or said BYE.
func (m *machine) sweepLocked(now time.Time) {
	timeout := m.schedule.timeout(m.populationLocked(now))
	for _, s := range m.sources {
		switch {
		case !s.left.IsZero():
			if now.Sub(s.left) > byeLinger {
				m.forgetLocked(s)
			}
		case now.Sub(s.lastSeen) > timeout:
			m.forgetLocked(s)
			m.tell(s, SourceTimeout)
		}
	}
	m.crowd.sweep(now, timeout)
	m.losses.entries.sweep(func(key uint64, _ *loss) bool { return m.thereLocked(uint32(key >> 32)) })
	m.schedule.reverse(now, m.sizeLocked(now))
	m.own.sweep(now)
}

// tell asks for SourceChanged, for sources that the receiver knows.
func (m *machine) tell(s *Source, change SourceChange) {
	if s.announced {
		m.actions = append(m.actions, action{kind: actSource, source: s, change: change})
	}
	if s.applied && (change == SourceBye || change == SourceTimeout) {
		m.actions = append(m.actions, action{kind: actApplicantLeft, source: s})
	}
}

// snapshot returns the Stats.
func (m *machine) snapshot() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	st := m.stats
	st.Sources = make(map[uint32]SourceStats, len(m.sources))
	st.Members = m.memberStatsLocked()
	st.Receptions = m.losses.summary(m.thereLocked)
	for ssrc, s := range m.sources {
		st.Lost += s.lostLocked()
		if s.announced && s.left.IsZero() {
			st.Sources[ssrc] = s.statsLocked()
		}
	}
	return st
}

// unixToNTP is from 1900 to 1970 in seconds.
const unixToNTP = 2208988800

// ntp is now as an NTP timestamp (RFC 3550 4). It runs on the monotonic clock
// from where the wall clock stood when the session began, since a step of the
// wall clock would tear sound and picture apart at the receiver.
func (m *machine) ntp(now time.Time) uint64 {
	t := m.wall.Add(now.Sub(m.wall))
	seconds := uint64(t.Unix() + unixToNTP)
	fraction := uint64(t.Nanosecond()) << 32 / uint64(time.Second)
	return seconds<<32 | fraction
}
