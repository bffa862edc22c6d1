package sipbridge

import "time"

// liveness tells whether a peer is still there, by hand-fed time.
type liveness struct {
	timeout time.Duration
	// since is when media began to be expected; expecting whether it is.
	since     time.Time
	expecting bool
	pinged    time.Time
}

type verdict uint8

// The verdicts.
const (
	peerThere verdict = iota
	peerLost
	peerDoubtful // ask it
)

// check judges at now a peer from which the last packet came at last (zero:
// none yet). expecting is whether it is to send media at all. A peer on hold
// need not, and many send no RTCP then either: it is asked every holdPing, and
// its answer counts as a packet would.
func (l *liveness) check(now, last time.Time, expecting bool) verdict {
	if expecting != l.expecting {
		l.expecting, l.since = expecting, now
	}
	if last.After(l.since) {
		l.since = last
	}
	quiet := now.Sub(l.since)
	switch {
	case quiet >= l.timeout:
		return peerLost
	case !expecting && quiet >= holdPing && now.Sub(l.pinged) >= holdPing:
		l.pinged = now
		return peerDoubtful
	}
	return peerThere
}

// answered notes that the peer answered a request.
func (l *liveness) answered(now time.Time) {
	if now.After(l.since) {
		l.since = now
	}
}
