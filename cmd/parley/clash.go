package main

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"parley/multicast"
	"parley/multicast/allocation"
	"parley/multicast/sap"
	"parley/qos/rtp"
)

// olderFor is for how long after an address was chosen another's announcement
// of it counts as older: by RFC 2974 3.1 one is repeated every 5 minutes and a
// third at the earliest, so that an older one may not have been heard before.
const olderFor = 10 * time.Minute

// maxMoves is how often a group moves within movesFor. It answers who announces each
// address that it moves to: members would lose it every few seconds.
const (
	maxMoves = 3
	movesFor = time.Hour
)

// tend follows what the groups do and what others announce. public tells which
// conferences are announced.
func (l *leases) tend(now time.Time, public func(conferenceID string) bool) {
	l.changing.Lock()
	defer l.changing.Unlock()
	heard := l.heard.Load()
	var sessions []sap.Session
	if heard != nil {
		sessions, _ = heard.Sessions()
	}
	l.mu.Lock()
	list := append([]*given(nil), l.given...)
	l.mu.Unlock()
	for _, g := range list {
		if g.opened && !l.takesPart(g) {
			l.forget(g) // a host removed it, or its conference has ended
			continue
		}
		var clash string
		var theirs bool
		if len(g.leases) > 0 {
			clash, theirs = l.clash(g, sessions, now)
		} else if public(g.group.Conference) {
			clash = l.namedClash(g, sessions)
		}
		l.mu.Lock()
		g.clash = clash
		told := g.told
		g.told = clash
		l.mu.Unlock()
		switch {
		case clash == "" || clash == told:
		case theirs && g.mayMove(now):
			l.move(g, clash, now)
		case theirs:
			l.log.Error("another session is announced in the group of a conference, which has moved too often to move again: who announces it may follow it",
				"conference", g.group.Conference, "group", g.group.Channel().Addr, "session", clash, "moves", maxMoves, "within", movesFor)
		case len(g.leases) == 0:
			l.log.Error("another session is announced in the group of a conference, which cannot move: the configuration names it",
				"conference", g.group.Conference, "group", g.group.Channel().Addr, "session", clash)
		default:
			l.log.Error("another session is announced in the group of a conference, which had it first",
				"conference", g.group.Conference, "group", g.group.Channel().Addr, "session", clash)
		}
	}
}

// mayMove forgets the moves that are long past.
func (g *given) mayMove(now time.Time) bool {
	g.moves = slices.DeleteFunc(g.moves, func(at time.Time) bool { return now.Sub(at) >= movesFor })
	return len(g.moves) < maxMoves
}

func (l *leases) takesPart(g *given) bool {
	_, ok := l.groups.Membership(g.group.Channel())
	return ok
}

// clash names a session of others that is announced in the group, and says
// whether it was there first.
func (l *leases) clash(g *given, sessions []sap.Session, now time.Time) (who string, theirs bool) {
	for i := range sessions {
		s := &sessions[i]
		if s.Own {
			continue
		}
		one, ok := l.meets(g, s)
		if !ok || l.describes(g, s) {
			continue
		}
		who = fmt.Sprintf("%s, from %s", s.Title, s.From)
		if s.First.Before(one.Granted.Add(olderFor)) {
			return who, true
		}
	}
	return who, false
}

// namedClash names a session of others in a group that is announced here, but
// named by the configuration. Where it is the same session, of another parley, or
// not announced here but joined, there is none.
func (l *leases) namedClash(g *given, sessions []sap.Session) string {
	own, err := l.groups.SDP(g.group.Conference, false)
	if err != nil || len(own) == 0 {
		return "" // it was left
	}
	addresses := g.group.Addresses()
	for i := range sessions {
		s := &sessions[i]
		if s.Own || strings.HasPrefix(s.Tool, "parley ") || strings.EqualFold(s.Title, own[0].Name) {
			continue
		}
		for _, m := range s.Media {
			if rtp.IsSourceSpecific(m.Group.Addr()) {
				continue // that of another source is another channel (RFC 4607 1)
			}
			b := allocation.Block{First: m.Group.Addr().WithZone(""), Count: m.Groups}
			if slices.ContainsFunc(addresses, func(a netip.AddrPort) bool { return b.Contains(a.Addr()) }) && !l.describes(g, s) {
				return fmt.Sprintf("%s, from %s", s.Title, s.From)
			}
		}
	}
	return ""
}

// meets finds the address of g that a session uses.
func (l *leases) meets(g *given, s *sap.Session) (allocation.Lease, bool) {
	for _, id := range g.leases {
		one, ok := l.ledger.Lease(id)
		if !ok {
			continue
		}
		for _, m := range s.Media {
			if (allocation.Block{First: m.Group.Addr().WithZone(""), Count: m.Groups}).Contains(one.Blocks[0].First) {
				return one, true
			}
		}
	}
	return allocation.Lease{}, false
}

// describes reports whether a session is g itself, announced by somebody else.
func (l *leases) describes(g *given, s *sap.Session) bool {
	for _, only := range []bool{false, true} {
		own, err := l.groups.SDP(g.group.Conference, only)
		if err != nil {
			return false
		}
		for _, o := range own {
			d, err := sap.ParseDescription(o.SDP)
			if err == nil && d.SessionID == s.SessionID && d.Address == s.Address {
				return true
			}
		}
	}
	return false
}

// move gives another address to a group whose own another had first. Its
// description rises by a version.
func (l *leases) move(g *given, clash string, now time.Time) {
	old := g.group.Channel()
	moved, swaps, err := l.elsewhere(g)
	if err == nil {
		named := moved
		if named.Name == "" { // its roster name is its address
			named.Name = moved.Channel().Addr.String()
		}
		err = l.groups.Replace(old, named)
	}
	if err != nil && !errors.Is(err, multicast.ErrNoGroup) { // a host removed it: it comes back elsewhere
		for _, s := range swaps {
			l.pool.Release(s.after)
			l.ledger.Put(s.before)
		}
		l.log.Error("another session has the group of a conference, which cannot move",
			"conference", g.group.Conference, "group", old.Addr, "session", clash, "error", err)
		return
	}
	for _, s := range swaps {
		l.pool.Release(s.before.Blocks[0])
	}
	g.moves = append(g.moves, now)
	l.mu.Lock()
	g.group, g.clash, g.told = moved, "", ""
	l.moved++
	l.mu.Unlock()
	if err := l.ledger.Save(); err != nil {
		l.log.Warn("the new address of a group is not kept", "error", err)
	}
	l.log.Warn("group of a conference has moved: another session had its address first",
		"conference", moved.Conference, "group", moved.Channel().Addr, "before", old.Addr, "session", clash)
}

// swap is an address that takes the place of another.
type swap struct {
	before allocation.Lease
	after  allocation.Block
}

// elsewhere chooses other addresses for a group, whose old ones are still kept.
func (l *leases) elsewhere(g *given) (multicast.GroupConfig, []swap, error) {
	moved := g.group
	var swaps []swap
	for _, id := range g.leases {
		before, ok := l.ledger.Lease(id)
		if !ok {
			continue
		}
		one, err := l.allot(id, before.Holder, before.Blocks[0].First.Is6())
		if err != nil {
			return moved, swaps, err
		}
		swaps = append(swaps, swap{before, one.Blocks[0]})
		moved.Audio = at(moved.Audio, before.Blocks[0].First, one.Blocks[0].First)
		moved.Video = at(moved.Video, before.Blocks[0].First, one.Blocks[0].First)
	}
	return moved, swaps, nil
}

// at is a medium whose group is to, where it was from.
func at(m *multicast.MediaConfig, from, to netip.Addr) *multicast.MediaConfig {
	if m == nil || m.Addr.Addr() != from {
		return m
	}
	out := *m
	out.Addr = netip.AddrPortFrom(to, m.Addr.Port())
	return &out
}

// forget gives the addresses of a group back.
func (l *leases) forget(g *given) {
	for _, id := range g.leases {
		l.giveBack(id)
	}
	l.mu.Lock()
	for i, o := range l.given {
		if o == g {
			l.given = append(l.given[:i:i], l.given[i+1:]...)
			break
		}
	}
	l.mu.Unlock()
	if err := l.ledger.Save(); err != nil {
		l.log.Warn("addresses given back are not struck out", "error", err)
	}
}
