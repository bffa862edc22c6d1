package election

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// vector is by how much a bridge is fit to carry a group: lower is better
// (IEEE 802.1D 17.5).
type vector struct {
	root   Identity
	cost   uint8
	bridge Identity
}

func (v vector) compare(o vector) int {
	return cmp.Or(cmp.Compare(v.root, o.root), cmp.Compare(v.cost, o.cost), cmp.Compare(v.bridge, o.bridge))
}

// rootward is the way to the root.
type rootward struct {
	root Identity
	cost uint8
	port *port // nil: we are the root, or it is reached by a call
	peer *peer
}

// until is for how long what o says of the root holds.
func (o *peer) until() time.Time {
	if o.Single { // which is said rarely
		return o.at.Add(SeenFor)
	}
	return o.at.Add(MaxAge - o.Age)
}

// active reports whether o takes part in the tree: it carries, be it by a call
// that leads to us.
func (t *Tree) active(now time.Time, o *peer) bool {
	return (!o.Single || t.links[o.Tag]) && now.Before(o.until())
}

func (o *peer) vector() vector { return vector{o.Root, o.Cost, o.Bridge} }

// root is the way to the lowest identity that is known of.
func (t *Tree) root(now time.Time) rootward {
	best := rootward{root: t.id}
	through := vector{root: t.id}
	try := func(o *peer, by *port) {
		if !t.active(now, o) || o.Root >= t.id || o.Cost == 255 {
			return // who follows us is no way to somebody else
		}
		v := vector{o.Root, o.Cost + 1, o.Bridge}
		if v.compare(through) < 0 {
			through = v
			best = rootward{root: o.Root, cost: v.cost, port: by, peer: o}
		}
	}
	keys := slices.Sorted(maps.Keys(t.ports))
	for _, key := range keys { // by calls first
		for _, o := range t.ports[key].peers {
			if t.links[o.Tag] {
				try(o, nil)
			}
		}
	}
	for _, key := range keys {
		for _, o := range t.ports[key].peers {
			try(o, t.ports[key])
		}
	}
	return best
}

// better is the peer that carries p's group with more right than we, or nil.
func (t *Tree) better(now time.Time, p *port, r rootward) *peer {
	own := vector{r.root, r.cost, t.id}
	var best *peer
	for _, o := range p.peers {
		if t.active(now, o) && o.vector().compare(own) < 0 && (best == nil || o.vector().compare(best.vector()) < 0) {
			best = o
		}
	}
	return best
}

// designated reports whether it is ours to tell p's group of the root.
func (t *Tree) designated(now time.Time, p *port, r rootward) bool {
	return p != r.port && t.better(now, p, r) == nil
}

// states is what each port has to do.
func (t *Tree) states(now time.Time, r rootward) map[string]State {
	out := make(map[string]State, len(t.ports))
	keys := slices.Sorted(maps.Keys(t.ports))
	open := 0
	for i, key := range keys {
		var s State
		switch p := t.ports[key]; {
		case t.order == Always || len(keys) < 2 && !t.linked():
		case t.order == Never:
			s.Standby = i > 0
		case p != r.port:
			if o := t.better(now, p, r); o != nil {
				s = State{Standby: true, By: o.Bridge}
			}
		}
		if out[key] = s; !s.Standby {
			open++
		}
	}
	if t.order == Elect {
		t.yield(now, keys, out, t.concede(now, keys, out, open))
	}
	return out
}
