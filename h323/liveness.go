package h323

import (
	"time"

	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

// liveness finds out whether a silent peer is still there. TCP tells of a host
// that is gone; a program that has stopped is asked for, by H.245's round trip
// delay, or else by STATUS ENQUIRY.
type liveness struct {
	up       bool      // the call is answered
	h245     bool      // H.245 runs
	heard    time.Time // the last message of the peer
	next     time.Time // when to look again; zero: not yet
	probes   int       // unanswered
	answers  bool      // the peer has answered a probe
	enquired bool
}

func (l *liveness) start(now time.Time) { l.heard = now }

func (l *liveness) hear(now time.Time) { l.heard, l.probes = now, 0 }

func (l *liveness) alive() { l.answers = true }

// answered notes that the peer answers enquiries.
func (l *liveness) answered(t q931.MessageType) {
	if t == q931.Status && l.enquired {
		l.answers = true
	}
}

// connected begins probing: at once, so that it is known whether the peer
// answers.
func (l *liveness) connected(now time.Time) {
	l.up, l.heard = true, now
	l.next = now.Add(time.Second)
}

func (l *liveness) control(now time.Time) {
	l.h245 = true
	if l.up {
		l.next = now.Add(time.Second)
	}
}

func (l *liveness) deadline() (time.Time, bool) { return l.next, !l.next.IsZero() }

// probe asks a silent peer, and sends what keeps a connection open.
func (c *Call) probe(now time.Time) {
	l := &c.liveness
	if l.next.IsZero() || now.Before(l.next) || c.over || c.releasing {
		return
	}
	silent := now.Sub(l.heard) >= probeAfter
	first := l.h245 && !l.answers && l.probes == 0
	switch {
	case silent && l.answers && l.probes >= maxProbes:
		c.signal.Release(signalling.Release{Cause: q931.RecoveryOnTimerExpiry, Text: "the peer is silent"})
		return
	case silent || first:
		l.probes++
		c.ask(now)
	}
	// An empty TPKT holds connections open through NAT. chan_ooh323 ends the call
	// on one, so only who sends them gets them; TCP's own keep-alives do for
	// the others.
	if s := c.connection.stream; c.connection.keepsAlive() && now.Sub(s.quiet()) >= keepAlivePacket {
		s.send(nil)
	}
	l.next = now.Add(probeAfter)
	if !silent {
		l.next = earliest(l.next, l.heard.Add(probeAfter))
	}
	if !l.next.After(now) {
		l.next = now.Add(probeAfter)
	}
}

func (c *Call) ask(now time.Time) {
	on, _ := c.signal.Tunnels()
	if c.control != nil && c.started && (on || c.link.stream != nil) {
		c.control.RequestRoundTrip(now)
		return
	}
	c.liveness.enquired = true
	c.signal.Enquire()
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
