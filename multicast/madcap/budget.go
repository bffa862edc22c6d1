package madcap

import (
	"hash/maphash"
	"net/netip"
	"time"
)

// bucket lets through rate messages a second, and burst at once.
type bucket struct {
	tokens float64
	last   time.Time
}

func (b *bucket) take(rate, burst float64, now time.Time) bool {
	if b.last.IsZero() {
		b.tokens = burst
	} else {
		b.tokens = min(burst, b.tokens+rate*now.Sub(b.last).Seconds())
	}
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// budget bounds the messages of each source and of all.
type budget struct {
	total  bucket
	slots  [budgetSlots]bucket
	seed   maphash.Seed
	seeded time.Time
}

func (b *budget) take(source netip.Addr, now time.Time) bool {
	if b.seeded.IsZero() || now.Sub(b.seeded) > reseedEvery {
		b.seed, b.seeded = maphash.MakeSeed(), now
	}
	slot := &b.slots[maphash.Comparable(b.seed, source)%budgetSlots]
	return slot.take(sourceRate, sourceBurst, now) && b.total.take(totalRate, totalBurst, now)
}
