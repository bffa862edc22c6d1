package sipbridge

import (
	"net/netip"
	"time"
)

// rateLimiter is a token bucket per source address. It is not safe for
// concurrent use.
type rateLimiter struct {
	rate    float64 // tokens per second; a bucket holds two seconds' worth
	buckets map[netip.Addr]bucket
	swept   time.Time // when the idle were last forgotten
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newRateLimiter(rate float64) *rateLimiter {
	return &rateLimiter{rate: rate, buckets: make(map[netip.Addr]bucket)}
}

// allow takes a token of addr.
func (l *rateLimiter) allow(addr netip.Addr, now time.Time) bool {
	full := 2 * l.rate
	b, ok := l.buckets[addr]
	if !ok {
		if len(l.buckets) >= maxRateSources && now.Sub(l.swept) >= sweepInterval {
			l.swept = now
			l.forget(now)
		}
		if len(l.buckets) >= maxRateSources {
			return false
		}
		b = bucket{tokens: full, at: now}
	}
	b.tokens = min(full, b.tokens+l.rate*now.Sub(b.at).Seconds())
	b.at = now
	if b.tokens < 1 {
		l.buckets[addr] = b
		return false
	}
	b.tokens--
	l.buckets[addr] = b
	return true
}

// forget drops the buckets that are full again.
func (l *rateLimiter) forget(now time.Time) {
	for addr, b := range l.buckets {
		if now.Sub(b.at) >= 2*time.Second {
			delete(l.buckets, addr)
		}
	}
}
