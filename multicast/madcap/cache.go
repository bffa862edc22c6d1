package madcap

import (
	"net/netip"
	"time"
)

// exchange tells a message from all others, but those that repeat it (RFC 2730
// 2.1.4). The client belongs to it, so that none is told what another was.
type exchange struct {
	kind   MessageType
	xid    uint32
	lease  string
	client netip.AddrPort
}

// cached is an answer.
type cached struct {
	exchange
	reply []byte
	until time.Time
}

// cache gives the same answer to a message that is repeated.
type cache struct {
	replies map[exchange][]byte
	queue   []cached // by age
}

func (c *cache) put(e exchange, reply []byte, now time.Time) {
	c.expire(now)
	if len(c.queue) >= maxCached {
		c.drop()
	}
	c.replies[e] = reply
	c.queue = append(c.queue, cached{e, reply, now.Add(cacheInterval)})
}

func (c *cache) expire(now time.Time) {
	for len(c.queue) > 0 && !now.Before(c.queue[0].until) {
		c.drop()
	}
}

func (c *cache) drop() {
	delete(c.replies, c.queue[0].exchange)
	c.queue = c.queue[1:]
}
