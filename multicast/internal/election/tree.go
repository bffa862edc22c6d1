package election

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Order is what the operator wants.
type Order uint8

// The orders.
const (
	Elect  Order = iota // the lowest identity carries
	Always              // carry, whoever else does: others have to step back
	Never               // carry nothing: stand by in all groups but the first
)

// Tree is the bridging of one medium of one conference, as far as this bridge
// knows of it. A port is a group that it takes part in. It is not safe for
// concurrent use.
type Tree struct {
	id    Identity
	tag   Tag
	order Order
	links map[Tag]bool // of conferences to which calls lead
	ports map[string]*port
	last  time.Time // of Step
	told  rootward  // what was so then
}

// port is one group.
type port struct {
	key     string
	peers   map[uint32]*peer // by SSRC
	suspect map[uint32]*evidence
	rivals  map[Identity]*evidence // who carries it as well
	state   State
	hasty   int // eager hellos left
	sentAt  time.Time
	due     time.Time
}

// peer is another bridge in a group.
type peer struct {
	Hello
	cname string
	at    time.Time
}

// State is what a port does.
type State struct {
	// Standby: the group is reached by another bridge. Nothing is sent there but
	// RTCP, and nothing heard.
	Standby bool
	// By is who carries it instead; 0: nobody that says a hello, or our order.
	By Identity
	// Foreign is the SSRC of a bridge that says no hello; 0: none.
	Foreign uint32
}

// Action is what an input asks for: Hello is to be sent to the group, or where
// it is nil, State has changed.
type Action struct {
	Port  string
	Hello *Hello
	State State
}

// Bridge is another bridge, as Status shows it.
type Bridge struct {
	Identity Identity
	SSRC     uint32
	CNAME    string
	Single   bool
	Heard    time.Time
}

// New returns the tree of a bridge. Who is to carry always does so with the
// identity of priority 0.
func New(id Identity, tag Tag, order Order) *Tree {
	if order == Always {
		id = id << 8 >> 8
	}
	return &Tree{id: id, tag: tag, order: order, ports: make(map[string]*port)}
}

// Identity is the bridge's own.
func (t *Tree) Identity() Identity { return t.id }

// Add enters a group. Keys order the groups: of two by which the same bridge is
// reached, it is the lower one that is kept.
func (t *Tree) Add(now time.Time, key string) []Action {
	if t.ports[key] == nil {
		t.ports[key] = &port{key: key, peers: make(map[uint32]*peer), suspect: make(map[uint32]*evidence), rivals: make(map[Identity]*evidence)}
		for _, p := range t.ports {
			p.hasty, p.due = eager, now // also those that were single up to now
		}
	}
	return t.Step(now)
}

// Remove leaves a group.
func (t *Tree) Remove(now time.Time, key string) []Action {
	delete(t.ports, key)
	return t.Step(now)
}

// Link takes the Tags of all conferences that are called from this one, or call it.
// Such a call is a port, too, and the first that is kept: what it leads to is
// heard and reached by it.
func (t *Tree) Link(now time.Time, links map[Tag]bool) []Action {
	if maps.Equal(links, t.links) {
		return nil
	}
	t.links = links
	for _, p := range t.ports {
		p.hurry(now, minGap)
	}
	return t.Step(now)
}

// Linked reports whether a call leads to a bridge in a group.
func (t *Tree) Linked(key string, ssrc uint32) bool {
	p := t.ports[key]
	return p != nil && p.peers[ssrc] != nil && t.links[p.peers[ssrc].Tag]
}

// Hear takes a hello of ssrc, whose canonical name is cname.
func (t *Tree) Hear(now time.Time, key string, ssrc uint32, cname string, h Hello) []Action {
	p := t.ports[key]
	if p == nil || h.Bridge == t.id { // our own, reflected: for loop detection
		return nil
	}
	old := p.peers[ssrc]
	if old == nil {
		if len(p.peers) >= maxPeers && !p.evict(h) {
			return nil
		}
		old = &peer{}
		p.peers[ssrc] = old
	}
	isNew := old.at.IsZero() || old.Single != h.Single
	*old = peer{Hello: h, cname: cname, at: now}
	t.acquit(ssrc, cname)
	if isNew || !h.Single && h.Root > t.root(now).root { // it does not know us
		p.hurry(now, minGap)
	}
	if root := t.root(now); root.peer == old && !h.Single {
		for _, o := range t.ports {
			if o != p && t.designated(now, o, root) {
				o.hurry(now, relayGap)
			}
		}
	}
	return t.Step(now)
}

// Gone takes a BYE or the time-out of ssrc.
func (t *Tree) Gone(now time.Time, key string, ssrc uint32) []Action {
	p := t.ports[key]
	if p == nil || p.peers[ssrc] == nil && p.suspect[ssrc] == nil {
		return nil
	}
	delete(p.peers, ssrc)
	delete(p.suspect, ssrc)
	return t.Step(now)
}

// Next is when Step is due; zero: never.
func (t *Tree) Next() time.Time {
	var next time.Time
	sooner := func(at time.Time) {
		if at.After(t.last) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, p := range t.ports {
		sooner(p.due)
		for _, o := range p.peers {
			sooner(o.until())
			sooner(o.at.Add(SeenFor))
		}
		for _, e := range p.suspect {
			sooner(e.until())
		}
		for _, e := range p.rivals {
			sooner(e.until())
		}
	}
	return next
}

// Step does what is due.
func (t *Tree) Step(now time.Time) []Action {
	t.last = now
	for _, p := range t.ports {
		p.forget(now)
	}
	var actions []Action
	root := t.root(now)
	if root.root != t.told.root || root.cost != t.told.cost {
		for _, p := range t.ports {
			p.hurry(now, minGap)
		}
	}
	t.told = root
	states := t.states(now, root)
	for _, key := range slices.Sorted(maps.Keys(t.ports)) {
		p := t.ports[key]
		if s := states[key]; s != p.state {
			p.state = s
			actions = append(actions, Action{Port: key, State: s})
			p.hurry(now, minGap)
		}
	}
	// What stands by is told first, so that no two carry at once.
	slices.SortStableFunc(actions, func(a, b Action) int { return -cmp.Compare(bit(a.State.Standby), bit(b.State.Standby)) })
	for _, key := range slices.Sorted(maps.Keys(t.ports)) {
		if p := t.ports[key]; !now.Before(p.due) {
			h := t.hello(now, p, root)
			actions = append(actions, Action{Port: key, Hello: &h})
			p.sentAt, p.due = now, now.Add(t.interval(now, p, root))
			p.hasty = max(0, p.hasty-1)
		} else if next := p.sentAt.Add(t.interval(now, p, root)); next.Before(p.due) {
			p.due = next
		}
	}
	return actions
}

// State is what a port does now.
func (t *Tree) State(key string) State {
	if p := t.ports[key]; p != nil {
		return p.state
	}
	return State{}
}

// Bridges are the others in a group, the lowest first.
func (t *Tree) Bridges(key string) []Bridge {
	var out []Bridge
	if p := t.ports[key]; p != nil {
		for ssrc, o := range p.peers {
			out = append(out, Bridge{Identity: o.Bridge, SSRC: ssrc, CNAME: o.cname, Single: o.Single, Heard: o.at})
		}
		for ssrc, e := range p.suspect {
			if e.convicted {
				out = append(out, Bridge{SSRC: ssrc, CNAME: e.cname, Heard: e.last})
			}
		}
	}
	slices.SortFunc(out, func(a, b Bridge) int {
		return cmp.Or(cmp.Compare(a.Identity, b.Identity), cmp.Compare(a.SSRC, b.SSRC))
	})
	return out
}

// single reports whether nothing is carried here at all.
func (t *Tree) single() bool {
	return t.order == Never || len(t.ports) < 2 && !t.linked()
}

// linked reports whether a call leads to a bridge that is in a group, too.
func (t *Tree) linked() bool {
	if len(t.links) == 0 {
		return false
	}
	for _, p := range t.ports {
		for _, o := range p.peers {
			if t.links[o.Tag] {
				return true
			}
		}
	}
	return false
}

// hello is what we say.
func (t *Tree) hello(now time.Time, p *port, r rootward) Hello {
	if t.single() {
		return Hello{Bridge: t.id, Tag: t.tag, Root: t.id, Single: true, Standby: p.state.Standby}
	}
	h := Hello{Bridge: t.id, Tag: t.tag, Root: r.root, Cost: r.cost, Standby: p.state.Standby}
	if r.peer != nil {
		h.Age = r.peer.Age + now.Sub(r.peer.at) + hopAge
	}
	return h
}

// interval is how often p is told.
func (t *Tree) interval(now time.Time, p *port, r rootward) time.Duration {
	if p.hasty > 0 || !t.single() && t.accompanied(now) && t.designated(now, p, r) {
		return HelloInterval
	}
	return IdleInterval
}

// accompanied reports whether there are other bridges.
func (t *Tree) accompanied(now time.Time) bool {
	for _, p := range t.ports {
		for _, o := range p.peers {
			if !o.Single && now.Before(o.at.Add(SeenFor)) {
				return true
			}
		}
	}
	return false
}

// hurry has p told as soon as gap allows.
func (p *port) hurry(now time.Time, gap time.Duration) {
	at := now
	if !p.sentAt.IsZero() && p.sentAt.Add(gap).After(now) {
		at = p.sentAt.Add(gap)
	}
	if at.Before(p.due) {
		p.due = at
	}
}

// evict makes room for who says h, by the peer that is least fit to carry.
func (p *port) evict(h Hello) bool {
	worse := func(a, b Hello) bool {
		if a.Single != b.Single {
			return a.Single
		}
		return vector{a.Root, a.Cost, a.Bridge}.compare(vector{b.Root, b.Cost, b.Bridge}) > 0
	}
	victim, last := uint32(0), h
	for ssrc, o := range p.peers {
		if worse(o.Hello, last) {
			victim, last = ssrc, o.Hello
		}
	}
	delete(p.peers, victim)
	return len(p.peers) < maxPeers
}

// forget drops what is heard no more.
func (p *port) forget(now time.Time) {
	maps.DeleteFunc(p.peers, func(_ uint32, o *peer) bool { return !now.Before(o.at.Add(SeenFor)) })
	maps.DeleteFunc(p.suspect, func(_ uint32, e *evidence) bool { return !now.Before(e.until()) })
	maps.DeleteFunc(p.rivals, func(_ Identity, e *evidence) bool { return !now.Before(e.until()) })
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
