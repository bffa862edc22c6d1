package ras

import (
	"net/netip"
	"time"
)

// Pace bounds how many datagrams of each source are looked at. A source is a v4
// address, or a /64 of v6, which is what one customer has. It is not safe for
// concurrent use.
type Pace struct {
	rate, burst float64
	sources     map[netip.Addr]*bucket
	rest        bucket // of sources beyond maxSources
	swept       time.Time
}

type bucket struct {
	level float64 // what may still come
	at    time.Time
}

// NewPace allows rate datagrams a second, and burst at once.
func NewPace(rate, burst float64) *Pace {
	return &Pace{rate: rate, burst: burst, sources: map[netip.Addr]*bucket{}}
}

// Allow takes one datagram of a source into account; false: it is too many.
func (p *Pace) Allow(now time.Time, from netip.Addr) bool {
	key := Source(from)
	b := p.sources[key]
	if b == nil {
		if len(p.sources) >= maxSources && now.Sub(p.swept) >= time.Second {
			p.swept = now
			p.forget(now)
		}
		b = &p.rest
		if len(p.sources) < maxSources {
			b = &bucket{level: p.burst, at: now}
			p.sources[key] = b
		}
	}
	b.level = p.levelAt(b, now)
	b.at = now
	if b.level < 1 {
		return false
	}
	b.level--
	return true
}

func (p *Pace) levelAt(b *bucket, now time.Time) float64 {
	if b.at.IsZero() {
		return p.burst
	}
	return min(p.burst, b.level+p.rate*now.Sub(b.at).Seconds())
}

// forget drops sources that are as if they had never come.
func (p *Pace) forget(now time.Time) {
	for k, b := range p.sources {
		if p.levelAt(b, now) >= p.burst {
			delete(p.sources, k)
		}
	}
}

// Source returns what limits by source count under: the v4 address, or the /64.
func Source(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a
	}
	prefix, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return prefix.Addr()
}
