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
// or its SSRC. It becomes a bridge to step back for only when there is such a one
// in two groups at once: what carries in one direction alone is no bridge, and is
// cut by whom it reaches.
func (t *Tree) Suspect(now time.Time, key string, ssrc uint32, cname string) []Action {
	p := t.ports[key]
	if p == nil || t.known(ssrc, cname) {
		return nil
	}
	e := p.suspect[ssrc]
	if e != nil && !now.Before(e.until()) {
		e = nil
	}
	if e == nil {
		if p.suspect[ssrc] == nil && len(p.suspect) >= maxEvidence {
			return nil
		}
		e = &evidence{first: now}
		p.suspect[ssrc] = e
	}
	e.last, e.cname = now, cname
	if e.convicted || now.Sub(e.first) < ForeignAfter {
		return nil
	}
	return t.Step(now)
}

// known reports whether a source is that of a bridge that says hello.
func (t *Tree) known(ssrc uint32, cname string) bool {
	for _, p := range t.ports {
		for s, o := range p.peers {
			if s == ssrc || cname != "" && cname == o.cname {
				return true
			}
		}
	}
	return false
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
