package rtp

import "time"

// The constants of RFC 3550 6.2, 6.3 and A.7.
const (
	rtcpShare       = 0.05
	senderShare     = 0.25 // of rtcpShare
	minimumInterval = 5 * time.Second
	minimumReduced  = time.Second
	// compensation is e-1.5: reconsideration converges below the intended
	// bandwidth.
	compensation = 2.71828 - 1.5
	// timeoutIntervals is M of RFC 3550 6.3.5.
	timeoutIntervals = 5
	// senderIntervals is after how many intervals without RTP a member is no
	// sender any more.
	senderIntervals = 2
	// byeMembers is the size of a session that BYE may be sent to at once
	// (RFC 3550 6.3.7).
	byeMembers = 50
	// datagramOverhead is IPv4 and UDP, counted in sizes (RFC 3550 6.2).
	datagramOverhead  = 28
	defaultBandwidth  = 64000
	initialReportSize = 128
)

// population is who is in the session, ourselves included.
type population struct {
	members, senders int
	weSent           bool
}

// schedule decides when RTCP is sent (RFC 3550 6.3, A.7). It has no clock:
// every call is told the time.
type schedule struct {
	// What RTCP of senders and of all others may take, in octets per second.
	senders, receivers float64

	minimum time.Duration
	random  func() float64 // in [0, 1)

	initial    bool
	averageLen float64
	last, next time.Time // tp, tn
	pmembers   int
	told       int           // members at our latest report
	current    time.Duration // Td of the latest interval
}

// RTCPBandwidth is what RTCP may take, in bit/s (RFC 3556): all that send
// together, and all others. Without Receivers, nobody who does not send reports.
type RTCPBandwidth struct{ Senders, Receivers int }

// newSchedule returns the schedule of a session of bandwidth bits per second,
// of which RTCP takes its usual share where told is nil.
func newSchedule(bandwidth int, told *RTCPBandwidth, unicast bool, random func() float64) schedule {
	if bandwidth <= 0 {
		bandwidth = defaultBandwidth
	}
	minimum := minimumInterval
	if unicast {
		// The reduced minimum (RFC 3550 6.2): 360 divided by kb/s, in seconds.
		// It is never longer than the fixed one here, for it exists to report
		// sooner, and not below what anybody who watches can make use of.
		reduced := 360 * time.Second * 1000 / time.Duration(bandwidth)
		minimum = min(minimum, max(reduced, minimumReduced))
	}
	total := float64(bandwidth) * rtcpShare
	senders, receivers := total*senderShare, total*(1-senderShare)
	if told != nil {
		senders, receivers = float64(max(told.Senders, 0)), float64(max(told.Receivers, 0))
	}
	return schedule{
		senders:   senders / 8,
		receivers: receivers / 8,
		minimum:   minimum,
		random:    random,
	}
}

// bandwidth is what RTCP may take in all, in octets per second.
func (s *schedule) bandwidth() float64 { return s.senders + s.receivers }

// mute reports whether there is nothing that we may send RTCP with (RFC 3556 2).
func (s *schedule) mute(p population) bool {
	return s.bandwidth() <= 0 || s.receivers <= 0 && !p.weSent
}

// start begins the session.
func (s *schedule) start(now time.Time, p population) {
	s.initial, s.averageLen, s.pmembers, s.told = true, initialReportSize, 1, 1
	s.last, s.next = now, now.Add(s.interval(p))
}

// deterministic is Td, the interval before it is randomised. For those who may
// not report it is the minimum.
func (s *schedule) deterministic(p population, minimum time.Duration) time.Duration {
	n, bandwidth := p.members, s.bandwidth()
	// Senders are few: they share what is theirs (RFC 3550 6.3.1, RFC 3556 2).
	if float64(p.senders)*bandwidth <= float64(p.members)*s.senders {
		if p.weSent {
			bandwidth = s.senders
			n = p.senders
		} else {
			bandwidth = s.receivers
			n -= p.senders
		}
	}
	if bandwidth <= 0 {
		return minimum
	}
	t := min(s.averageLen*float64(n)/bandwidth, maximumInterval.Seconds())
	return max(minimum, time.Duration(t*float64(time.Second)))
}

// interval is T.
func (s *schedule) interval(p population) time.Duration {
	minimum := s.minimum
	if s.initial {
		minimum /= 2
	}
	s.current = s.deterministic(p, minimum)
	if s.current > minimum && 2*p.members > 3*s.told {
		// The session has grown by half since our latest report. RFC 3550's
		// draws, repeated while members arrive, let through up to 2.4 times the
		// bandwidth until all were heard; an interval that is never below Td
		// keeps to it.
		return time.Duration(float64(s.current) * (1 + s.random()))
	}
	t := float64(s.current) * (s.random() + 0.5) / compensation
	return time.Duration(t)
}

// timeout is after what silence a member is gone (RFC 3550 6.3.5). It is told
// apart from our own rhythm: as of a receiver, with the full minimum; as of a
// sender where receivers do not report.
func (s *schedule) timeout(p population) time.Duration {
	p.weSent = s.receivers <= 0
	return timeoutIntervals * s.deterministic(p, minimumInterval)
}

// senderTimeout is after what silence a member is no sender: two of our own
// intervals (RFC 3550 6.3.5). Who ceases to send in a large group thus does not
// go on reporting as often as a sender.
func (s *schedule) senderTimeout() time.Duration {
	return senderIntervals * max(s.current, minimumInterval)
}

// expire is called at next and reports whether a report is due now. If not,
// the members have become more and next is later (RFC 3550 6.3.6).
func (s *schedule) expire(now time.Time, p population) bool {
	if s.mute(p) {
		s.pmembers, s.next = p.members, now.Add(s.minimum)
		return false
	}
	next := s.last.Add(s.interval(p))
	s.pmembers = p.members
	if next.After(now) {
		s.next = next
		return false
	}
	s.last = now
	s.initial = false
	s.told = p.members
	s.next = now.Add(s.interval(p))
	return true
}

// reverse is called when members became fewer (RFC 3550 6.3.4).
func (s *schedule) reverse(now time.Time, members int) {
	if members >= s.pmembers || s.pmembers == 0 {
		return
	}
	share := float64(members) / float64(s.pmembers)
	s.next = now.Add(time.Duration(share * float64(s.next.Sub(now))))
	s.last = now.Add(-time.Duration(share * float64(now.Sub(s.last))))
	s.pmembers = members
}

// hasten draws the interval anew for who began to send, where a sender's is much
// shorter.
func (s *schedule) hasten(now time.Time, p population) {
	if 2*s.deterministic(p, s.minimum) > s.current {
		return
	}
	if next := s.last.Add(s.interval(p)); next.Before(s.next) {
		s.next = next
		if next.Before(now) {
			s.next = now
		}
	}
}

// observe takes the size in octets of a compound packet, sent or received.
func (s *schedule) observe(size int) {
	s.averageLen += (float64(size+datagramOverhead) - s.averageLen) / 16
}

// leave begins the back-off before BYE to a large session (RFC 3550 6.3.7).
// From here on, members are those who say BYE.
func (s *schedule) leave(now time.Time, size int) {
	s.initial, s.pmembers, s.told = true, 1, 1
	s.averageLen = float64(size + datagramOverhead)
	if s.receivers <= 0 {
		s.receivers = s.senders // who said something may say that it goes
	}
	s.last = now
	s.next = now.Add(s.interval(population{members: 1}))
}
