package gatekeeper

import (
	"context"
	"slices"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/ras"
)

// resident is the endpoint of this process: it asks without RAS, and needs no
// registration.
type resident struct{ gatekeeper *Gatekeeper }

var _ h323.Gatekeeper = resident{}

// Resident returns the gatekeeper as the endpoint of this process asks it. Its
// aliases are those of the Directory. It may call any address; aliases lead to
// registered endpoints, static aliases, gateways and neighbours.
func (g *Gatekeeper) Resident() h323.Gatekeeper { return resident{g} }

// Concerns tells whether a call of this process's endpoint is the zone's own: one
// that it admitted for the other end, one from the host of a registered endpoint,
// or one to a registered or static endpoint, behind a gateway, or to a neighbour
// by a prefix of the number. It asks nobody.
func (g *Gatekeeper) Concerns(a h323.Admission) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.zone != nil && g.zone.concerns(a)
}

func (z *zone) concerns(a h323.Admission) bool {
	switch {
	case z.calls[a.Call.GUID] != nil:
		return true
	case a.Answer:
		return z.sources[ras.Source(a.CallingAddr.Addr())] > 0
	case a.CalledAddr.IsValid():
		return z.addresses[a.CalledAddr] != nil ||
			slices.ContainsFunc(z.cfg.Static, func(s Static) bool { return s.Address == a.CalledAddr })
	}
	s := search{aliases: a.Called, hops: hops}
	_, found := z.find(&s)
	return found || slices.ContainsFunc(z.neighboursFor(&s), func(n *Neighbour) bool {
		// One that has "" is for what is found nowhere else.
		return !slices.Contains(n.Prefixes, "")
	})
}

// Admit is of h323.Gatekeeper.
func (r resident) Admit(ctx context.Context, a h323.Admission) (h323.Admitted, error) {
	type result struct {
		admitted h323.Admitted
		err      error
	}
	answered := make(chan result, 1)
	gone := false // guarded by the gatekeeper's mu, as all that the zone does
	running := r.gatekeeper.order(func(z *zone, now time.Time) bool {
		z.admitResident(now, a, func(admitted h323.Admitted, refused *h323.Refusal) {
			out := result{admitted: admitted}
			if refused != nil {
				out.err = refused
			}
			if gone && refused == nil {
				z.release(a)
			}
			answered <- out
		})
		return true
	})
	if !running {
		return h323.Admitted{}, &h323.Refusal{
			Cause: q931.NetworkOutOfOrder, Reason: &h225.ReleaseCompleteReason{UnreachableGatekeeper: &per.Null{}}, Text: "gatekeeper: closed",
		}
	}
	select {
	case out := <-answered:
		return out.admitted, out.err
	case <-ctx.Done():
		// The answer may have come by now, or comes later, to nobody.
		r.gatekeeper.order(func(z *zone, _ time.Time) bool {
			gone = true
			select {
			case out := <-answered:
				if out.err == nil {
					z.release(a)
				}
			default:
			}
			return true
		})
		return h323.Admitted{}, ctx.Err()
	}
}

// release ends the resident's part in a call that it was just admitted to.
func (z *zone) release(a h323.Admission) {
	if c := z.calls[a.Call.GUID]; c != nil {
		z.letGo(c, endOf(a.Answer))
	}
}

// Disengage is of h323.Gatekeeper.
func (r resident) Disengage(d h323.Disengagement) {
	r.gatekeeper.order(func(z *zone, _ time.Time) bool {
		z.release(h323.Admission{Call: d.Call, Answer: d.Answer})
		return true
	})
}

// ChangeBandwidth is of h323.Gatekeeper.
func (r resident) ChangeBandwidth(_ context.Context, id h225.CallIdentifier, bitRate int) (int, error) {
	granted := 0
	known := r.gatekeeper.order(func(z *zone, now time.Time) bool {
		c := z.calls[id.GUID]
		if c == nil {
			return false
		}
		granted = min((bitRate+99)/100, z.allowed(c.bandwidth))
		z.bandwidth += granted - c.bandwidth
		c.bandwidth, c.last = granted, now
		return true
	})
	if !known {
		return 0, &h323.Refusal{Cause: q931.InvalidCallReference, Text: "gatekeeper: there is no such call"}
	}
	return 100 * granted, nil
}

func endOf(answer bool) int {
	if answer {
		return callee
	}
	return caller
}

// letGo ends the resident's part in a call.
func (z *zone) letGo(c *call, which int) {
	if c.held[which] = max(c.held[which]-1, 0); c.held[which] == 0 {
		c.drop[which] = nil
	}
	if c.empty() {
		z.forget(c)
	}
}

// admitResident admits a call of this process's endpoint, now or when a neighbour
// has answered.
func (z *zone) admitResident(now time.Time, a h323.Admission, then func(h323.Admitted, *h323.Refusal)) {
	if a.Answer {
		// Whether to take it, its own policy has judged.
		then(z.hold(now, a, target{}))
		return
	}
	if a.ForwardedBy.IsValid() {
		found, ok := z.forwarded(&a)
		if !ok {
			then(h323.Admitted{}, &h323.Refusal{
				Cause: q931.CallRejected, Reason: &h225.ReleaseCompleteReason{NoPermission: &per.Null{}},
				Text: "gatekeeper: forwarded to where the peer may not call",
			})
			return
		}
		then(z.hold(now, a, found))
		return
	}
	if a.CalledAddr.IsValid() {
		found := target{signal: a.CalledAddr}
		if e := z.addresses[a.CalledAddr]; e != nil {
			found.secure = e.secure
		}
		then(z.hold(now, a, found))
		return
	}
	s := search{aliases: a.Called, caller: Caller{Aliases: a.Calling}, call: a.Call.GUID, hops: hops}
	if found, ok := z.find(&s); ok {
		then(z.hold(now, a, found))
		return
	}
	z.look(now, nil, s, func(now time.Time, found target, ok bool) *h225.RasMessage {
		if !ok {
			then(h323.Admitted{}, &h323.Refusal{
				Cause: q931.UnallocatedNumber, Reason: &h225.ReleaseCompleteReason{CalledPartyNotRegistered: &per.Null{}},
				Text: "gatekeeper: the called party is not registered",
			})
			return nil
		}
		then(z.hold(now, a, found))
		return nil
	})
}

// forwarded finds where a call goes that the called side wants elsewhere: as a
// stranger's, to who has a name here. Numbers behind a gateway, its owner pays for,
// and gateways often trust this host; neighbours have theirs.
func (z *zone) forwarded(a *h323.Admission) (target, bool) {
	found, named := z.find(&search{aliases: a.Called, stranger: true})
	switch at := a.CalledAddr; {
	case !at.IsValid():
		return found, named
	case named && found.signal == at:
		return found, true
	case at.Addr().Unmap() == a.ForwardedBy:
		return target{signal: at}, true
	default:
		_, gateway := z.gateways[z.addresses[at]]
		static := slices.ContainsFunc(z.cfg.Static, func(s Static) bool { return s.Address == at })
		return target{signal: at}, !gateway && !static
	}
}

// hold makes this process's endpoint one end of a call.
func (z *zone) hold(now time.Time, a h323.Admission, found target) (h323.Admitted, *h323.Refusal) {
	which := endOf(a.Answer)
	c := z.calls[a.Call.GUID]
	if c == nil {
		allowed := z.allowed(0)
		if allowed == 0 || len(z.calls) >= maxCalls {
			z.stats.OverLimit++
			return h323.Admitted{}, &h323.Refusal{
				Cause: q931.ResourceUnavailable, Reason: &h225.ReleaseCompleteReason{GatekeeperResources: &per.Null{}},
				Text: "gatekeeper: no bandwidth or room for the call",
			}
		}
		c = &call{
			id: a.Call.GUID, conference: a.Conference, dest: found.signal, called: a.Called,
			bandwidth: min((a.BitRate+99)/100, allowed), since: now, last: now,
		}
		z.calls[c.id] = c
		z.bandwidth += c.bandwidth
		z.stats.Admitted++
	}
	c.held[which]++
	c.drop[which] = a.OnDisengaged
	called := found.aliases
	if called == nil {
		called = a.Called
	}
	signal := found.signal
	if a.Answer && c.routed {
		signal = a.CallingAddr // ours, from which the call was routed on
	}
	return h323.Admitted{Signal: signal, Secure: found.secure, Called: called, BitRate: 100 * c.bandwidth, Routed: c.routed}, nil
}
