package doctor

import (
	"net"
	"net/netip"
	"slices"
	"sync"
)

// Interface is where was looked.
type Interface struct {
	Name      string         `json:"name"`
	Addresses []netip.Prefix `json:"addresses"`
	Up        bool           `json:"up"`
	Multicast bool           `json:"multicast"` // the MULTICAST flag
	Loopback  bool           `json:"loopback"`
	MTU       int            `json:"mtu"`
}

func interfaceOf(ifi *net.Interface) Interface {
	return Interface{
		Name: ifi.Name, Addresses: prefixesOf(ifi), MTU: ifi.MTU,
		Up: ifi.Flags&net.FlagUp != 0, Multicast: ifi.Flags&net.FlagMulticast != 0, Loopback: ifi.Flags&net.FlagLoopback != 0,
	}
}

// Observation is all that was found out, for Judge.
type Observation struct {
	Group     netip.AddrPort `json:"group"`
	TTL       int            `json:"ttl"` // the highest that was sent with
	Seconds   float64        `json:"seconds"`
	Interface Interface      `json:"interface"`
	// Others are the names of the other interfaces that are up, but the loopback.
	Others []string `json:"others,omitempty"`
	// Route is the interface by which the system sends to the group when nobody
	// names one; RouteError why there is none.
	Route      string `json:"route,omitempty"`
	RouteError string `json:"routeError,omitempty"`
	// JoinError is why the group could not be joined, SendError why nothing can be
	// sent there.
	JoinError string   `json:"joinError,omitempty"`
	SendError string   `json:"sendError,omitempty"`
	System    System   `json:"system"`
	Firewall  Firewall `json:"firewall"`
	// Sniffed tells that packets were seen before the system's filters; else
	// SniffError tells why not.
	Sniffed    bool    `json:"sniffed"`
	SniffError string  `json:"sniffError,omitempty"`
	Queries    []Query `json:"queries,omitempty"`
	// Looped is how many of our own probes came back, Sent how many went out.
	Sent   int `json:"sent"`
	Looped int `json:"looped"`
	// Reached are those that answered.
	Reached []Reach `json:"reached,omitempty"`
	// Largest is the size in bytes, IP included, of the largest probe that went
	// out; it is less than the MTU where that is not Ethernet's.
	Largest int `json:"largest,omitempty"`
}

// Reach is one doctor that answered.
type Reach struct {
	Address netip.Addr `json:"address"`
	run     uint64
	// Hops are the routers between, -1 where they do not tell; LeastTTL the least
	// TTL with which it was reached.
	Hops     int `json:"hops"`
	LeastTTL int `json:"leastTTL"`
	// ToGroup and ToUs are how many of its answers arrived, to the group and to us
	// alone; Seen how many of the former were at the interface, before the
	// system filtered them.
	ToGroup int `json:"toGroup"`
	ToUs    int `json:"toUs"`
	Seen    int `json:"seen"`
	// Largest is the largest probe that arrived there, in bytes with IP.
	Largest int    `json:"largest"`
	Marks   []Mark `json:"marks,omitempty"`
	// Away is the interface by which we send to it, where that is another than
	// that of the group.
	Away string `json:"away,omitempty"`
}

// Mark is what became of a DSCP: on the way there, and on the way back; -1: not
// known.
type Mark struct {
	Sent  int `json:"sent"`
	There int `json:"there"`
	Back  int `json:"back"`
}

// collector takes what arrives.
type collector struct {
	run  uint64
	port uint16

	mu  sync.Mutex
	obs *Observation
}

// take takes a packet of the group, or to us alone.
func (c *collector) take(d *datagram) {
	var p packet
	if p.unmarshal(d.data) != nil || p.asker != c.run {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.kind == kindProbe {
		c.obs.Looped++
		return
	}
	r := c.reachLocked(p.answerer, d.from.Addr())
	if r == nil {
		return
	}
	if p.kind == kindToGroup {
		r.ToGroup++
	} else {
		r.ToUs++
	}
	r.LeastTTL = min(r.LeastTTL, int(p.ttl))
	r.Largest = max(r.Largest, int(p.gotSize))
	if p.gotTTL > 0 && p.gotTTL <= p.ttl {
		r.Hops = int(p.ttl - p.gotTTL)
	}
	r.mark(&p, d.dscp)
}

func (r *Reach) mark(p *packet, back int) {
	i := slices.IndexFunc(r.Marks, func(m Mark) bool { return m.Sent == int(p.dscp) })
	if i < 0 {
		i = len(r.Marks) // at most 64
		r.Marks = append(r.Marks, Mark{Sent: int(p.dscp), There: int(p.gotDSCP), Back: -1})
	}
	if back >= 0 && (p.kind == kindToGroup || r.Marks[i].Back < 0) {
		r.Marks[i].Back = back
	}
}

func (c *collector) reachLocked(run uint64, addr netip.Addr) *Reach {
	for i := range c.obs.Reached {
		if c.obs.Reached[i].run == run {
			return &c.obs.Reached[i]
		}
	}
	if len(c.obs.Reached) >= maxAnswerers {
		return nil
	}
	c.obs.Reached = append(c.obs.Reached, Reach{Address: addr.WithZone(""), run: run, Hops: -1, LeastTTL: 255})
	return &c.obs.Reached[len(c.obs.Reached)-1]
}

// see takes a packet as it arrived at the interface.
func (c *collector) see(b []byte) {
	if q, ok := parseQuery(b); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		known := slices.ContainsFunc(c.obs.Queries, func(o Query) bool { return o.From == q.From && o.Version == q.Version })
		if !known && len(c.obs.Queries) < maxQueries {
			c.obs.Queries = append(c.obs.Queries, q)
		}
		return
	}
	p, from, ok := parseSeen(b, c.port)
	if !ok || p.kind != kindToGroup || p.asker != c.run {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.reachLocked(p.answerer, from.Addr()); r != nil {
		r.Seen++
	}
}
