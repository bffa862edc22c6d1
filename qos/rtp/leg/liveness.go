package leg

import "time"

// Liveness tells whether a peer is still there, by hand-fed time.
type Liveness struct {
	// Timeout is how long nothing may come; Since when media began to be
	// expected, at first the call's begin.
	Timeout time.Duration
	Since   time.Time

	expecting bool
	asked     time.Time
}

// Verdict is what Liveness says of a peer.
type Verdict uint8

// The verdicts.
const (
	There Verdict = iota
	Lost
	Doubtful // ask it
)

// Check judges at now a peer from which the last packet came at last (zero:
// none yet). expecting is whether it is to send media at all. A peer on hold
// need not, and many send no RTCP then either: it is asked every AskInterval,
// and its answer counts as a packet would.
func (l *Liveness) Check(now, last time.Time, expecting bool) Verdict {
	if expecting != l.expecting {
		l.expecting, l.Since = expecting, now
	}
	if last.After(l.Since) {
		l.Since = last
	}
	quiet := now.Sub(l.Since)
	switch {
	case quiet >= l.Timeout:
		return Lost
	case !expecting && quiet >= AskInterval && now.Sub(l.asked) >= AskInterval:
		l.asked = now
		return Doubtful
	}
	return There
}

// Answered notes that the peer answered a request.
func (l *Liveness) Answered(now time.Time) {
	if now.After(l.Since) {
		l.Since = now
	}
}
