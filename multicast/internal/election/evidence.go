package election

import "time"

// evidence is against a source that brings to a group what is heard in another,
// or what we sent there, and says no hello.
type evidence struct {
	cname       string
	first, last time.Time
	// convicted is set when the group is left to it.
	convicted bool
}

// until is when e is forgotten.
func (e *evidence) until() time.Time {
	if e.convicted {
		return e.last.Add(ForeignHold)
	}
	return e.last.Add(evidenceGap)
}

// Suspect takes that ssrc brought to a group what is another's, by its CSRC list
// or its SSRC: that of the group where, or where it is empty, what we sent.
//
// It becomes a bridge to step back for only when there is such a one in two groups
// at once: what carries in one direction alone is no bridge, and is cut by whom it
// reaches. One that says hello is stepped back for by the tree; but the tree does
// not show that both join a group in which neither may speak, or to which it is
// not heard: there the lower identity carries as well.
func (t *Tree) Suspect(now time.Time, key string, ssrc uint32, cname, where string) []Action {
	p := t.ports[key]
	if p == nil {
		return nil
	}
	if o := t.known(ssrc, cname); o != nil {
		if p.state.Standby {
			return nil // it is what the group was left to it for
		}
		return t.rival(now, o, t.ports[where])
	}
	e := accuse(p.suspect, ssrc, now)
	if e == nil {
		return nil
	}
	e.cname = cname
	if e.convicted || now.Sub(e.first) < ForeignAfter {
		return nil
	}
	return t.Step(now)
}

// rival takes that o, which says hello, carries what is heard in p as well.
func (t *Tree) rival(now time.Time, o *peer, p *port) []Action {
	if p == nil || o.Bridge > t.id || t.order != Elect {
		return nil
	}
	e := accuse(p.rivals, o.Bridge, now)
	if e == nil || e.convicted || now.Sub(e.first) < rivalAfter {
		return nil
	}
	return t.Step(now)
}

// accuse adds to the evidence against somebody; nil: there is no room for it.
func accuse[K comparable](all map[K]*evidence, who K, now time.Time) *evidence {
	e := all[who]
	if e != nil && !now.Before(e.until()) {
		e = nil
	}
	if e == nil {
		if all[who] == nil && len(all) >= maxEvidence {
			return nil
		}
		e = &evidence{first: now}
		all[who] = e
	}
	e.last = now
	return e
}

// known is the bridge that says hello of which a source is; nil: there is none.
func (t *Tree) known(ssrc uint32, cname string) *peer {
	for _, p := range t.ports {
		for s, o := range p.peers {
			if s == ssrc || cname != "" && cname == o.cname {
				return o
			}
		}
	}
	return nil
}

// acquit forgets what there is against a bridge that says hello.
func (t *Tree) acquit(ssrc uint32, cname string) {
	for _, p := range t.ports {
		for s, e := range p.suspect {
			if s == ssrc || cname != "" && cname == e.cname {
				delete(p.suspect, s)
			}
		}
	}
}

// yield has us step back for bridges that say no hello: they never do. Of the
// groups in which they are, we keep the lowest; and always one at all.
func (t *Tree) yield(now time.Time, keys []string, states map[string]State, open int) {
	kept := false
	proven := 0
	for _, key := range keys {
		if _, e := t.ports[key].proof(now); e != nil {
			proven++
		}
	}
	for _, key := range keys {
		ssrc, e := t.ports[key].proof(now)
		if e == nil {
			continue
		}
		if !e.convicted && proven < 2 {
			continue
		}
		if !e.convicted && !kept {
			kept = true // the lowest of those that it joins
			continue
		}
		if states[key].Standby {
			continue
		}
		if open < 2 {
			continue
		}
		e.convicted = true
		states[key] = State{Standby: true, Foreign: ssrc}
		open--
	}
}

// concede has us stand by where a bridge of a lower identity carries what we do,
// as long as it carries at all.
func (t *Tree) concede(now time.Time, keys []string, states map[string]State, open int) int {
	for _, key := range keys {
		for id, e := range t.ports[key].rivals {
			switch {
			case !t.carries(now, id):
				delete(t.ports[key].rivals, id)
			case states[key].Standby || open < 2:
			case e.convicted || e.last.Sub(e.first) >= rivalAfter:
				e.convicted = true
				states[key] = State{Standby: true, By: id}
				open--
			}
		}
	}
	return open
}

// carries reports whether a bridge takes part in the tree.
func (t *Tree) carries(now time.Time, id Identity) bool {
	for _, p := range t.ports {
		for _, o := range p.peers {
			if o.Bridge == id && t.active(now, o) {
				return true
			}
		}
	}
	return false
}

// proof is the lowest SSRC against which there is enough, those first that are
// convicted already.
func (p *port) proof(now time.Time) (ssrc uint32, found *evidence) {
	for s, e := range p.suspect {
		if !e.convicted && (e.last.Sub(e.first) < ForeignAfter || !now.Before(e.last.Add(evidenceGap))) {
			continue
		}
		if found == nil || e.convicted && !found.convicted || e.convicted == found.convicted && s < ssrc {
			ssrc, found = s, e
		}
	}
	return ssrc, found
}
