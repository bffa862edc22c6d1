package conference

import (
	"sync"
	"time"
)

// Refused logs that somebody was not let in: over which wire, to which
// conference, from which address (without port), and why. A wire calls it for
// every join and call that it turns down.
//
// Addresses may be forged and conferences are what strangers wrote, so that
// only some lines of one address are written, and only some addresses; a line
// at the end of the interval tells how many were left out.
func (b *Bridge) Refused(wire Wire, conference, address string, cause error) {
	b.mu.Lock()
	log := b.cfg.Log
	b.mu.Unlock()
	if !b.refused.allow(guesser(address), time.Now(), func(unsaid int) { log.Info("refused", "left_out", unsaid) }) {
		return
	}
	log.Info("refused", "wire", wire, "conference", clean(conference, maxIDLength),
		"address", clean(address, maxTextLength), "cause", clean(cause.Error(), maxTextLength))
}

// lines bounds what is logged of strangers. The zero value is ready for use.
type lines struct {
	mu     sync.Mutex
	since  time.Time
	said   map[string]int // by who they are of
	unsaid int
	tell   func(unsaid int) // of the last that was left out
	timer  *time.Timer      // until what was left out is told; nil: nothing was
	closed bool
}

// allow reports whether one more line of who may be written. How many of anybody
// were not is told by tell a refusedInterval after the first of them, also where
// nobody comes any more.
func (l *lines) allow(who string, now time.Time, tell func(unsaid int)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.said == nil || now.Sub(l.since) >= refusedInterval {
		l.since, l.said = now, make(map[string]int)
	}
	if n := l.said[who]; n < maxRefusedLines && (n > 0 || len(l.said) < maxRefusedAddresses) {
		l.said[who]++
		return true
	}
	l.unsaid++
	l.tell = tell
	if l.timer == nil && !l.closed {
		l.timer = time.AfterFunc(refusedInterval, l.summarize)
	}
	return false
}

// summarize tells how many lines were left out.
func (l *lines) summarize() {
	l.mu.Lock()
	unsaid, tell := l.unsaid, l.tell
	l.unsaid, l.timer = 0, nil
	l.mu.Unlock()
	if unsaid > 0 {
		tell(unsaid)
	}
}

// close tells what is left to tell. Nothing is told by itself any more.
func (l *lines) close() {
	l.mu.Lock()
	l.closed = true
	if l.timer != nil {
		l.timer.Stop()
	}
	l.mu.Unlock()
	l.summarize()
}
