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
	members shared[onlooker, *onlooker]
	seed    maphash.Seed // of the hash of hosts
	// reflector is the host of a distribution source, which speaks for all
	// members (RFC 5760); not valid: none.
	reflector netip.Addr
}

func newCrowd(now time.Time) crowd {
	return crowd{epoch: now, seed: maphash.MakeSeed(), members: shared[onlooker, *onlooker]{limit: maxMembersCrowd}}
}

// onlooker is one member. It holds no pointer.
type onlooker struct {
	host uint32 // hash of the address that it speaks from
	seen uint32 // in tenths of a second since the crowd's epoch
	left bool   // said BYE, at seen
	// lowest is the layer of the session in which it was heard.
	lowest uint8
}

func (l *onlooker) tenure() (host, seen uint32, vacant bool) { return l.host, l.seen, l.left }

func crowdKey(ssrc uint32) uint64 { return 1<<32 | uint64(ssrc) }

func (c *crowd) since(now time.Time, l *onlooker) time.Duration {
	return now.Sub(c.epoch) - time.Duration(l.seen)*100*time.Millisecond
}

// hash tells hosts apart, but for a few.
func (c *crowd) hash(a netip.Addr) uint32 {
	b := a.As16()
	return uint32(maphash.Bytes(c.seed, b[:]))
}

// present is how many members are there and have not said BYE.
func (c *crowd) present() int { return c.members.len() - c.members.gone }

// hear takes RTCP of a member that has no Source, and reports whether it is to
// be believed: not one from elsewhere, nor what follows a BYE, nor one for
// whom there is no place.
func (c *crowd) hear(now time.Time, from netip.Addr, ssrc uint32, layer int) (ok, foreign bool) {
	host := c.hash(from)
	l := c.members.get(crowdKey(ssrc))
	if l == nil {
		if from != c.reflector && c.members.count(host) >= maxMembersHost {
			return false, false
		}
		return c.members.enter(crowdKey(ssrc), host, onlooker{host: host, seen: tenths(c.epoch, now), lowest: uint8(layer)}), false
	}
	if l.left {
		if c.since(now, l) <= byeLinger {
			return false, false // a straggler (RFC 3550 6.3.4)
		}
		l.left = false
		c.members.gone--
	}
	if l.host != host {
		return false, true
	}
	l.seen, l.lowest = tenths(c.epoch, now), min(l.lowest, uint8(layer))
	return true, false
}

// remove forgets a member, as when it gets a Source.
func (c *crowd) remove(ssrc uint32) { c.members.remove(crowdKey(ssrc)) }

// bye marks a member as gone, unless it only left a layer.
func (c *crowd) bye(now time.Time, ssrc uint32, layer int) {
	if l := c.members.get(crowdKey(ssrc)); l != nil && !l.left && layer <= int(l.lowest) {
		l.left, l.seen = true, tenths(c.epoch, now)
		c.members.gone++
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
		return silent <= timeout && (!l.left || silent <= byeLinger)
	})
}
