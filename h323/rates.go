package h323

import (
	"net/netip"
	"sync"
	"time"
)

// rates counts the SETUPs of each source: a bucket that fills at a rate and
// takes a burst.
type rates struct {
	rate, burst float64

	mu      sync.Mutex
	buckets map[netip.Addr]*bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newRates(rate, burst float64) *rates {
	return &rates{rate: rate, burst: burst, buckets: make(map[netip.Addr]*bucket)}
}

// allow takes one of source's tokens, if it has any.
func (r *rates) allow(source netip.Addr, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.buckets[source]
	if b == nil {
		if len(r.buckets) >= maxSources {
			r.forgetLocked(now)
		}
		b = &bucket{tokens: r.burst, at: now}
		r.buckets[source] = b
	}
	b.tokens = min(r.burst, b.tokens+r.rate*now.Sub(b.at).Seconds())
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// forgetLocked drops the sources whose bucket is full again; where none is, all:
// a flood from so many sources is not held by a limit per source.
func (r *rates) forgetLocked(now time.Time) {
	for a, b := range r.buckets {
		if b.tokens+r.rate*now.Sub(b.at).Seconds() >= r.burst {
			delete(r.buckets, a)
		}
	}
	if len(r.buckets) >= maxSources {
		clear(r.buckets)
	}
}
