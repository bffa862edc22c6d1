package rtp

import "time"

// shared is a table of at most limit entries that anybody in the session can fill.
// What is entered into a full one takes the place of another's entry only if that one's
// host has more than its own would then have: a host that enters more than others
// displaces its own, and never theirs.
type shared[V any, P tenant[V]] struct {
	limit   int
	entries table[V]
	// hosts counts the entries by host, in buckets of a seeded hash. A table that is
	// looked through at once needs none.
	hosts []uint16
	gone  int // entries that are vacant, but not yet removed
	hand  int // where the search for who has to go went on
}

// tenant is an entry of a shared table.
type tenant[V any] interface {
	*V
	// tenure is by what it is judged who has to go: the hash of the entry's host;
	// when it was heard, the earliest first; and whether its place is vacant.
	tenure() (host, seen uint32, vacant bool)
}

func (s *shared[V, P]) len() int { return s.entries.len() }

// octets is the memory that it takes.
func (s *shared[V, P]) octets() int { return s.entries.octets() + 2*len(s.hosts) }

// get returns the entry of key; nil: there is none. It is valid until the table
// changes.
func (s *shared[V, P]) get(key uint64) P { return s.entries.get(key) }

// count is how many entries a host has; in a large table, with those of its bucket.
func (s *shared[V, P]) count(host uint32) (n int) {
	if s.hosts != nil {
		return int(s.hosts[host%hostBuckets])
	}
	s.each(func(_ uint64, v P) {
		if h, _, _ := v.tenure(); h == host {
			n++
		}
	})
	return n
}

// tally counts an entry of a host more, or less.
func (s *shared[V, P]) tally(host uint32, more int) {
	if s.limit <= crowdProbes {
		return
	}
	if s.hosts == nil {
		s.hosts = make([]uint16, hostBuckets)
	}
	s.hosts[host%hostBuckets] = uint16(int(s.hosts[host%hostBuckets]) + more)
}

// tenths is the time since an epoch as tables keep it, in tenths of a second.
func tenths(epoch, now time.Time) uint32 {
	return uint32(max(0, now.Sub(epoch)) / (100 * time.Millisecond))
}

// each calls f with every entry, in no order; f changes none's key.
func (s *shared[V, P]) each(f func(key uint64, v P)) {
	s.entries.each(func(key uint64, v *V) { f(key, v) })
}

// enter makes v, which is of host, the entry of key, if need be in the place of
// another's. It reports whether there is a place.
func (s *shared[V, P]) enter(key uint64, host uint32, v V) bool {
	if old := s.get(key); old != nil {
		s.leave(old)
	} else if s.len() >= s.limit && !s.yield(s.count(host)) {
		return false
	}
	*s.entries.put(key) = v
	s.tally(host, 1)
	return true
}

// yield makes room for somebody of a host that has n entries: of some looked at, a
// vacant one has to go, or one of the host that has the most, the one heard longest
// ago.
func (s *shared[V, P]) yield(n int) bool {
	victim := -1
	for range min(crowdProbes, len(s.entries.slots)) {
		s.hand = (s.hand + 1) % len(s.entries.slots)
		at := &s.entries.slots[s.hand]
		if at.key == 0 {
			continue
		}
		if _, _, vacant := P(&at.value).tenure(); vacant {
			victim = s.hand
			break
		}
		if victim < 0 || s.heavier(&at.value, &s.entries.slots[victim].value) {
			victim = s.hand
		}
	}
	if victim < 0 {
		return false
	}
	v := P(&s.entries.slots[victim].value)
	if host, _, vacant := v.tenure(); !vacant && s.count(host) <= n+1 {
		return false
	}
	s.leave(v)
	s.entries.removeAt(victim)
	return true
}

func (s *shared[V, P]) heavier(a, b P) bool {
	hostA, seenA, _ := a.tenure()
	hostB, seenB, _ := b.tenure()
	m, n := s.count(hostA), s.count(hostB)
	return m > n || m == n && seenA < seenB
}

// leave keeps the counts when an entry goes.
func (s *shared[V, P]) leave(v P) {
	host, _, vacant := v.tenure()
	s.tally(host, -1)
	if vacant {
		s.gone--
	}
}

// remove forgets an entry.
func (s *shared[V, P]) remove(key uint64) {
	if v := s.get(key); v != nil {
		s.leave(v)
		s.entries.remove(key)
	}
}

// sweep removes what keep refuses, and gives memory back that is not needed any more.
func (s *shared[V, P]) sweep(keep func(key uint64, v P) bool) {
	s.entries.sweep(func(key uint64, v *V) bool {
		if keep(key, v) {
			return true
		}
		s.leave(v)
		return false
	})
	if s.len() == 0 {
		s.clear()
	}
}

// clear removes everything.
func (s *shared[V, P]) clear() { *s = shared[V, P]{limit: s.limit} }
