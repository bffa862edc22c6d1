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
// only some lines of one address are written, and only some addresses; the
// next line after a pause tells how many were left out.
func (b *Bridge) Refused(wire Wire, conference, address string, cause error) {
	b.mu.Lock()
	log := b.cfg.Log
	b.mu.Unlock()
	ok, unsaid := b.refused.allow(guesser(address), time.Now())
	if !ok {
		return
	}
	log = log.With("wire", wire, "conference", clean(conference, maxIDLength), "address", clean(address, maxTextLength))
	if unsaid > 0 {
		log = log.With("left_out", unsaid)
	}
	log.Info("refused", "cause", clean(cause.Error(), maxTextLength))
}

// lines bounds what is logged of strangers. The zero value is ready for use.
type lines struct {
	mu     sync.Mutex
	since  time.Time
	said   map[string]int // by who they are of
	unsaid int
}

// allow reports whether one more line of who may be written, and how many of
// anybody were left out since the last pause.
func (l *lines) allow(who string, now time.Time) (ok bool, unsaid int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.said == nil || now.Sub(l.since) >= refusedInterval {
		l.since, l.said = now, make(map[string]int)
		unsaid, l.unsaid = l.unsaid, 0
	}
	if n := l.said[who]; n >= maxRefusedLines || (n == 0 && len(l.said) >= maxRefusedAddresses) {
		l.unsaid++
		return false, 0
	}
	l.said[who]++
	return true, unsaid
}
