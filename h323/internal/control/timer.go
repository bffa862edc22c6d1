package control

import "time"

// timer is one of the standard's, in hand-fed time.
type timer struct {
	at      time.Time
	running bool
}

func (t *timer) start(now time.Time, d time.Duration) { *t = timer{now.Add(d), true} }

func (t *timer) stop() { *t = timer{} }

// expired reports whether the timer has run out, and stops it then.
func (t *timer) expired(now time.Time) bool {
	if !t.running || now.Before(t.at) {
		return false
	}
	t.stop()
	return true
}

// earliest keeps the first of the timers.
type earliest timer

func (e *earliest) add(t timer) {
	if t.running && (!e.running || t.at.Before(e.at)) {
		*e = earliest(t)
	}
}

// bucket bounds a rate: one each interval, and burst at once.
type bucket struct {
	tokens int
	last   time.Time
	filled bool
}

func (b *bucket) take(now time.Time, burst int, interval time.Duration) bool {
	if !b.filled {
		*b = bucket{burst, now, true}
	}
	if n := int(now.Sub(b.last) / interval); n > 0 {
		b.tokens = min(burst, b.tokens+n)
		b.last = b.last.Add(time.Duration(n) * interval)
	}
	if b.tokens == 0 {
		return false
	}
	b.tokens--
	return true
}
