package rtp

import (
	"hash/maphash"
	"net/netip"
	"time"
)

// crowd is the members of a group that only listen, beyond those few that have
// a Source: all that RFC 3550 6.3 asks of them is to be counted and timed out.
// Each costs a slot of 24 octets (32 to 64 with the free ones between).
type crowd struct {
	epoch   time.Time // seen counts from here
	members table[onlooker]
	gone    int // of members: said BYE
	// hosts counts the members by host, in buckets of a seeded hash.
	hosts *[hostBuckets]uint16
	seed  maphash.Seed
	// reflector is the host of a distribution source, which speaks for all
	// members (RFC 5760); not valid: none.
	reflector netip.Addr
	hand      int // where the search for who has to go went on
}

// onlooker is one member. It holds no pointer.
type onlooker struct {
	host uint32 // hash of the address that it speaks from
	seen uint32 // in tenths of a second since the crowd's epoch
	left bool   // said BYE, at seen
}

func crowdKey(ssrc uint32) uint64 { return 1<<32 | uint64(ssrc) }

func (c *crowd) stamp(now time.Time) uint32 {
	return uint32(max(0, now.Sub(c.epoch)) / (100 * time.Millisecond))
}

func (c *crowd) since(now time.Time, l *onlooker) time.Duration {
	return now.Sub(c.epoch) - time.Duration(l.seen)*100*time.Millisecond
}

func (c *crowd) hash(a netip.Addr) uint32 {
	if c.hosts == nil {
		c.hosts, c.seed = new([hostBuckets]uint16), maphash.MakeSeed()
	}
	b := a.As16()
	return uint32(maphash.Bytes(c.seed, b[:]))
}

func (c *crowd) bucket(host uint32) *uint16 { return &c.hosts[host%hostBuckets] }

// present is how many members are there and have not said BYE.
func (c *crowd) present() int { return c.members.len() - c.gone }

// hear takes RTCP of a member that has no Source, and reports whether it is to
// be believed: not one from elsewhere, nor what follows a BYE, nor one for
// whom there is no place.
func (c *crowd) hear(now time.Time, from netip.Addr, ssrc uint32) (ok, foreign bool) {
	host := c.hash(from)
	l := c.members.get(crowdKey(ssrc))
	if l == nil {
		if from != c.reflector && *c.bucket(host) >= maxMembersHost || !c.enter(now, host, ssrc) {
			return false, false
		}
		return true, false
	}
	if l.left {
		if c.since(now, l) <= byeLinger {
			return false, false // a straggler (RFC 3550 6.3.4)
		}
		l.left = false
		c.gone--
	}
	if l.host != host {
		return false, true
	}
	l.seen = c.stamp(now)
	return true, false
}

// enter makes a member, if need be in the place of another.
func (c *crowd) enter(now time.Time, host, ssrc uint32) bool {
	if c.members.len() >= maxMembersCrowd && !c.yield(*c.bucket(host)) {
		return false
	}
	*c.members.put(crowdKey(ssrc)) = onlooker{host: host, seen: c.stamp(now)}
	*c.bucket(host)++
	return true
}

// yield makes room in a full crowd for somebody of a host that has n members
// in it: of some members looked at, the one that left has to go, or one of the
// host that has the most, the one heard longest ago. A host that has more than
// others thus takes places from itself, and never from them.
func (c *crowd) yield(n uint16) bool {
	victim := -1
	for range crowdProbes {
		c.hand = (c.hand + 1) % len(c.members.slots)
		s := &c.members.slots[c.hand]
		if s.key == 0 {
			continue
		}
		if s.value.left {
			victim = c.hand
			break
		}
		if victim < 0 || c.heavier(&s.value, &c.members.slots[victim].value) {
			victim = c.hand
		}
	}
	if victim < 0 {
		return false
	}
	v := &c.members.slots[victim]
	if !v.value.left && *c.bucket(v.value.host) <= n+1 {
		return false
	}
	c.drop(&v.value)
	c.members.removeAt(victim)
	return true
}

func (c *crowd) heavier(a, b *onlooker) bool {
	m, n := *c.bucket(a.host), *c.bucket(b.host)
	return m > n || m == n && a.seen < b.seen
}

// drop keeps the counts when l goes.
func (c *crowd) drop(l *onlooker) {
	*c.bucket(l.host)--
	if l.left {
		c.gone--
	}
}

// remove forgets a member, as when it gets a Source. It reports whether there
// was one.
func (c *crowd) remove(ssrc uint32) bool {
	l := c.members.get(crowdKey(ssrc))
	if l == nil {
		return false
	}
	c.drop(l)
	c.members.remove(crowdKey(ssrc))
	return true
}

// bye marks a member as gone.
func (c *crowd) bye(now time.Time, ssrc uint32) {
	if l := c.members.get(crowdKey(ssrc)); l != nil && !l.left {
		l.left, l.seen = true, c.stamp(now)
		c.gone++
	}
}

// has reports whether ssrc is a member and did not say BYE.
func (c *crowd) has(ssrc uint32) bool {
	l := c.members.get(crowdKey(ssrc))
	return l != nil && !l.left
}

// sweep forgets those who are silent for longer than timeout (RFC 3550 6.3.5)
// or said BYE.
func (c *crowd) sweep(now time.Time, timeout time.Duration) {
	c.members.sweep(func(_ uint64, l *onlooker) bool {
		silent := c.since(now, l)
		if silent <= timeout && (!l.left || silent <= byeLinger) {
			return true
		}
		c.drop(l)
		return false
	})
}

// octets is the memory that the crowd takes.
func (c *crowd) octets() int {
	if c.hosts == nil {
		return 0
	}
	return c.members.octets() + 2*hostBuckets
}
