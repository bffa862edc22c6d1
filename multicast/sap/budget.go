package sap

import (
	"hash/maphash"
	"net/netip"
	"time"
)

// budget is how many packets are looked into: a token bucket for each source,
// one for all whose sessions are listed, and one for all others, in a fixed
// amount of memory.
type budget struct {
	seed   maphash.Seed
	seeded time.Time
	slots  [budgetSlots]bucket
	known  bucket
	others bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// take reports whether one more packet of a source may be looked into. known
// sources have sessions that are listed.
func (b *budget) take(from netip.Addr, known bool, now time.Time) bool {
	if now.Sub(b.seeded) > reseedEvery {
		b.seed, b.seeded = maphash.MakeSeed(), now
		b.slots = [budgetSlots]bucket{}
	}
	slot := &b.slots[maphash.Comparable(b.seed, from)%budgetSlots]
	all := &b.others
	if known {
		all = &b.known
	}
	return slot.take(now, sourceRate, sourceBurst) && all.take(now, totalRate, totalBurst)
}

func (k *bucket) take(now time.Time, rate, burst float64) bool {
	if k.at.IsZero() {
		k.tokens = burst
	} else {
		k.tokens = min(burst, k.tokens+rate*now.Sub(k.at).Seconds())
	}
	k.at = now
	if k.tokens < 1 {
		return false
	}
	k.tokens--
	return true
}
