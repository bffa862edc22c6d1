package rtp

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// Reception is what one member of a group tells of one stream of ours in its
// report blocks (RFC 3550 6.4.1).
type Reception struct {
	Receiver uint32 // its SSRC
	Stream   uint32 // the SSRC of ours
	// CNAME, Name and Addr are of the receiver, where they are known: of members
	// in a large group that only listen they are not kept.
	CNAME, Name string
	Addr        netip.AddrPort

	Fraction  float64 // lost since its report before, 0 to 1
	Lost      int64   // since it began to receive
	Jitter    time.Duration
	RoundTrip time.Duration // 0: unknown
	At        time.Time     // when it said so
	// Extended is what it told by RTCP XR, of any stream of ours.
	Extended ExtendedReport
}

// ReceptionSummary is a group's view of what we send, over all pairs of a
// receiver and a stream of ours.
type ReceptionSummary struct {
	Reports int // pairs
	// The fractions lost that half and nineteen of twenty do not exceed, and the
	// worst, 0 to 1.
	Median, P95, Worst float64
	WorstReceiver      uint32
	WorstJitter        time.Duration
	WorstRoundTrip     time.Duration
}

// losses is the loss map of a group: the latest block of each receiver about
// each stream of ours, at most maxReceptions.
type losses struct {
	epoch   time.Time
	entries shared[loss, *loss]
}

func newLosses(now time.Time) losses {
	return losses{epoch: now, entries: shared[loss, *loss]{limit: maxReceptions}}
}

// loss is one entry of 32 octets, key included. It holds no pointer.
type loss struct {
	lost              int32
	jitter, roundTrip uint32 // µs
	seen              uint32 // in tenths of a second since epoch
	host              uint32 // of the receiver: see crowd.hash
	fraction          uint8  // in 1/256
}

func (e *loss) tenure() (host, seen uint32, vacant bool) { return e.host, e.seen, false }

func lossKey(receiver, stream uint32) uint64 { return uint64(receiver)<<32 | uint64(stream) }

func micros(d time.Duration) uint32 { return uint32(min(d/time.Microsecond, 1<<32-1)) }

// take enters what r says, whose receiver is of a host. For want of a place it may be
// lost.
func (l *losses) take(now time.Time, host uint32, r *Reception) {
	key := lossKey(r.Receiver, r.Stream)
	if key == 0 {
		return
	}
	e := loss{
		lost: int32(r.Lost), jitter: micros(r.Jitter), roundTrip: micros(r.RoundTrip), fraction: uint8(r.Fraction * 256),
		seen: tenths(l.epoch, now), host: host,
	}
	old := l.entries.get(key)
	if old != nil && r.RoundTrip <= 0 {
		e.roundTrip = old.roundTrip // it is still the latest that is known
	}
	if old != nil && old.host == host {
		*old = e
		return
	}
	l.entries.enter(key, host, e)
}

// summary is over those entries that there does not speak against.
func (l *losses) summary(there func(receiver uint32) bool) (s ReceptionSummary) {
	if l.entries.len() == 0 {
		return s
	}
	var counts [256]int
	worst := -1
	l.entries.each(func(key uint64, e *loss) {
		if !there(uint32(key >> 32)) {
			return
		}
		s.Reports++
		counts[e.fraction]++
		if int(e.fraction) > worst {
			worst, s.WorstReceiver = int(e.fraction), uint32(key>>32)
		}
		s.WorstJitter = max(s.WorstJitter, time.Duration(e.jitter)*time.Microsecond)
		s.WorstRoundTrip = max(s.WorstRoundTrip, time.Duration(e.roundTrip)*time.Microsecond)
	})
	if s.Reports == 0 {
		return s
	}
	quantile := func(numerator, denominator int) float64 {
		rank := (s.Reports*numerator + denominator - 1) / denominator
		for fraction, n := range counts {
			if rank -= n; rank <= 0 {
				return float64(fraction) / 256
			}
		}
		return 1
	}
	s.Median, s.P95, s.Worst = quantile(1, 2), quantile(19, 20), float64(worst)/256
	return s
}

// thereLocked reports whether ssrc is a member that has not left.
func (m *machine) thereLocked(ssrc uint32) bool {
	if s := m.sources[ssrc]; s != nil {
		return s.left.IsZero()
	}
	return m.crowd.has(ssrc)
}

// receptions is the loss map of m.
func (m *machine) receptions() []Reception {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Reception, 0, m.losses.entries.len())
	m.losses.entries.each(func(key uint64, e *loss) {
		r := Reception{
			Receiver: uint32(key >> 32), Stream: uint32(key),
			Fraction: float64(e.fraction) / 256, Lost: int64(e.lost),
			Jitter:    time.Duration(e.jitter) * time.Microsecond,
			RoundTrip: time.Duration(e.roundTrip) * time.Microsecond,
			At:        m.losses.epoch.Add(time.Duration(e.seen) * 100 * time.Millisecond),
		}
		if !m.thereLocked(r.Receiver) {
			return
		}
		if s := m.sources[r.Receiver]; s != nil {
			r.CNAME, r.Name, r.Addr = s.sdes.CNAME, s.sdes.Name, s.addr
			r.Extended = s.extended
			if !r.Addr.IsValid() {
				r.Addr = s.rtcpAddr
			}
		}
		out = append(out, r)
	})
	return out
}

// Receptions tells what the members of a group report of our streams, those who
// lose most first, at most limit. It is empty in unicast, where SourceStats
// tells it.
func (s *Session) Receptions(limit int) []Reception {
	all := s.machine.receptions()
	slices.SortFunc(all, func(a, b Reception) int {
		return cmp.Or(cmp.Compare(b.Fraction, a.Fraction), cmp.Compare(b.Lost, a.Lost),
			cmp.Compare(a.Receiver, b.Receiver), cmp.Compare(a.Stream, b.Stream))
	})
	return all[:min(max(limit, 0), len(all))]
}
