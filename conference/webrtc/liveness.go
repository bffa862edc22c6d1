package webrtc

import "time"

// liveness decides when to ask a page whether it is there, when its socket is
// lost and when its seat is.
type liveness struct {
	window time.Duration // for which the seat waits

	online   bool      // a socket is there
	changed  time.Time // when online changed
	answered time.Time // when the page last said anything
	pinged   time.Time
	reported time.Time // when quality was last told

	stalled time.Time // since when media has no path; zero: it has one, or none was asked for
}

// due is what liveness asks for at one moment.
type due struct {
	ping, quality bool
	dropSocket    bool // the page does not answer
	timeout       bool // nobody came back to the seat
	mediaFailed   bool // no path was found
}

func (l *liveness) connected(now time.Time) {
	l.online, l.changed, l.answered, l.pinged = true, now, now, now
}

func (l *liveness) disconnected(now time.Time) {
	if l.online {
		l.online, l.changed = false, now
	}
}

func (l *liveness) heard(now time.Time) { l.answered = now }

// media tells whether there is a path for it.
func (l *liveness) media(ok bool, now time.Time) {
	switch {
	case ok:
		l.stalled = time.Time{}
	case l.stalled.IsZero():
		l.stalled = now
	}
}

// tick is called about once a second.
func (l *liveness) tick(now time.Time) due {
	if !l.online {
		return due{timeout: now.Sub(l.changed) >= l.window}
	}
	var d due
	if now.Sub(l.answered) >= pongWithin {
		d.dropSocket = true
		return d
	}
	// The window for media begins with the socket, so that a page that came
	// back has its time to restart ICE.
	if !l.stalled.IsZero() && now.Sub(l.stalled) >= l.window && now.Sub(l.changed) >= l.window {
		d.mediaFailed = true
		return d
	}
	if now.Sub(l.pinged) >= pingEvery {
		l.pinged, d.ping = now, true
	}
	if now.Sub(l.reported) >= qualityEvery {
		l.reported, d.quality = now, true
	}
	return d
}
