package multicast

import (
	"net/netip"
	"time"

	"parley/conference"
)

// makeRoom reports whether one more member, of host, may be seated. In a full
// group, the one that is silent for longest has to go; where all send, one of
// the host that has the most, so that a host of many SSRCs keeps no other out.
func (l *leg) makeRoom(seat *conference.Seat, host netip.Addr, now time.Time) bool {
	l.mu.Lock()
	if len(l.members) < MaxSources {
		l.mu.Unlock()
		return true
	}
	ssrc, victim := l.idlestLocked(func(m *member) bool { return m.origin.heard.Load() < now.Add(-EvictableIdle).UnixNano() })
	if victim == nil {
		counts := make(map[netip.Addr]int)
		for _, m := range l.members {
			counts[m.host]++
		}
		most := counts[host] + 1
		for _, n := range counts {
			most = max(most, n)
		}
		if most > counts[host]+1 {
			ssrc, victim = l.idlestLocked(func(m *member) bool { return counts[m.host] == most })
		}
	}
	l.mu.Unlock()
	if victim != nil {
		l.drop(seat, ssrc, victim)
	}
	return victim != nil
}

// idlestLocked is the member that is silent for longest of those that among
// accepts; nil: it accepts none.
func (l *leg) idlestLocked(among func(m *member) bool) (ssrc uint32, idlest *member) {
	for s, m := range l.members {
		if among(m) && (idlest == nil || m.origin.heard.Load() < idlest.origin.heard.Load()) {
			ssrc, idlest = s, m
		}
	}
	return ssrc, idlest
}
