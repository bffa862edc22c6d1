package doctor

import (
	"net/netip"
	"time"
)

// datagram is a packet of the group as it arrived.
type datagram struct {
	data []byte
	from netip.AddrPort
	ttl  int // -1: not known
	dscp int // -1: not known
	// size is that of the whole packet, with IP.
	size int
}

// reply is what a doctor sends.
type reply struct {
	data []byte
	to   netip.AddrPort // not valid: the group
	ttl  int
	dscp int
}

// answerer answers probes: what came in and what time it is go in, what to send
// comes out.
type answerer struct {
	run    uint64
	ttl    int
	all    bucket
	askers map[netip.Addr]*bucket
	// asked is how many probes were answered, by who asked.
	asked map[netip.Addr]int
}

func newAnswerer(run uint64, ttl int) *answerer {
	return &answerer{run: run, ttl: ttl, askers: make(map[netip.Addr]*bucket), asked: make(map[netip.Addr]int)}
}

// bucket lets so many pass a second, and a burst.
type bucket struct {
	tokens float64
	last   time.Time
}

func (b *bucket) take(now time.Time, rate float64) bool {
	if b.last.IsZero() {
		b.tokens = answerBurst
	} else {
		b.tokens = min(answerBurst, b.tokens+rate*now.Sub(b.last).Seconds())
	}
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// take returns the answers to a packet, to the group and to who asked; none to
// what is no probe, or beyond the rates. first tells that this one has not asked
// before.
func (a *answerer) take(d *datagram, now time.Time) (answers []reply, first bool) {
	var p packet
	if p.unmarshal(d.data) != nil || p.kind != kindProbe || p.asker == a.run || !d.from.IsValid() || d.from.Port() == 0 {
		return nil, false
	}
	from := d.from.Addr()
	if b := a.askers[from]; b != nil && !b.take(now, AnswersPerSecondOfOne) {
		return nil, false // and takes nothing from others
	}
	if !a.all.take(now, AnswersPerSecond) {
		return nil, false
	}
	if a.askers[from] == nil {
		if !a.makeRoom(now) {
			return nil, false
		}
		a.askers[from] = &bucket{tokens: answerBurst - 1, last: now}
	}
	first = a.asked[from] == 0
	a.asked[from]++
	p.gotTTL, p.gotDSCP, p.gotSize = uint8(max(d.ttl, 0)), uint8(max(d.dscp, 0)), uint16(min(d.size, 1<<16-1))
	p.answerer, p.ttl2, p.mark = a.run, uint8(a.ttl), p.dscp
	p.kind = kindToGroup
	answers = append(answers, reply{data: p.append(nil, answerSize), ttl: a.ttl, dscp: int(p.mark)})
	p.kind = kindToAsker
	return append(answers, reply{data: p.append(nil, answerSize), to: d.from, ttl: 64, dscp: int(p.mark)}), first
}

// makeRoom forgets who has not asked for long.
func (a *answerer) makeRoom(now time.Time) bool {
	if len(a.askers) < maxAskers {
		return true
	}
	for addr, b := range a.askers {
		if now.Sub(b.last) > askerLife {
			delete(a.askers, addr)
			delete(a.asked, addr)
		}
	}
	return len(a.askers) < maxAskers
}
