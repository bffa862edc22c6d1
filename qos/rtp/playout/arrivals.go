package playout

import "time"

const (
	// A packet's lateness is its arrival against its timestamp, compared with
	// the earliest of the last baseSpans spans. Two seconds follow a sender's
	// clock of 300 ppm within a millisecond and a changed path soon enough.
	baseSpans     = 4
	baseSpan      = int64(500 * time.Millisecond)
	baseSpanLeast = 10 // packets

	// latenessBins of latenessBin each; what is later counts in the last.
	latenessBins = 512
	latenessBin  = int64(time.Millisecond)

	// latenessMemory is the time in which a packet's weight falls to 1/e.
	latenessMemory = 5 * time.Second

	// latenessQuantile is the share of packets that shall come in time.
	latenessQuantile = 0.97

	// pathStep is a fall of the transit time that is no jitter: the path or
	// the sender's clock changed, and old lateness says nothing about it.
	pathStep = int64(100 * time.Millisecond)
)

// arrivals measures how late packets are. Times are in ns.
type arrivals struct {
	limit   int64 // lateness that no delay within bounds covers
	known   bool
	clock   int64
	top     int64 // highest extended timestamp
	topSeq  int64
	transit int64 // of the last packet: arrival minus timestamp
	jitter  int64 // RFC 3550 6.4.1

	spans     [baseSpans]int64 // lowest transit of each span, the current one first
	spanSince int64
	spanCount int
	base      int64 // lowest of all spans

	// A histogram of transits, circular over absolute bins from low to
	// low+latenessBins-1. Instead of fading what is in it, what comes in
	// weighs ever more.
	bins         [latenessBins]float64
	low, highBin int64
	weight, sum  float64
}

// ticks returns the ns of n ticks of clock.
func ticks(n, clock int64) int64 {
	return n/clock*int64(time.Second) + n%clock*int64(time.Second)/clock
}

// reset forgets the timeline; the next packet starts a new one.
func (a *arrivals) reset() { a.known = false }

// restart forgets all lateness; transit is the new base.
func (a *arrivals) restart(transit int64) {
	for i := range a.spans {
		a.spans[i] = transit
	}
	a.base, a.spanCount = transit, 0
	a.bins = [latenessBins]float64{}
	a.low = floorDiv(transit, latenessBin)
	a.highBin = a.low
	a.weight, a.sum = 1, 0
}

// observe extends in.ts from ts and counts its lateness. It returns false when
// the packet starts a new timeline.
func (a *arrivals) observe(in *packet, ts uint32) bool {
	if !a.known || a.clock != in.kind.clock {
		a.begin(in, ts)
		return false
	}
	in.ts = a.top + int64(int32(ts-uint32(a.top)))
	transit := in.arrival - ticks(in.ts, a.clock)
	backward := in.seq > a.topSeq && ticks(a.top-in.ts, a.clock) > int64(minGap)
	if skew := transit - a.base; backward || skew > int64(maxSkew) || skew < -int64(maxSkew) {
		a.begin(in, ts)
		return false
	}
	if transit < a.base-pathStep {
		a.restart(transit)
	}
	if in.seq > a.topSeq {
		step := min(max(ticks(in.ts-a.top, a.clock), 0), int64(maxPacketTime))
		a.weight *= 1 + float64(step)/float64(latenessMemory)
		a.topSeq = in.seq
		a.top = max(a.top, in.ts)
	}
	a.countJitter(transit)
	a.trackBase(transit, in.arrival)
	a.countLateness(transit)
	return true
}

func (a *arrivals) begin(in *packet, ts uint32) {
	a.known, a.clock = true, in.kind.clock
	in.ts = int64(ts)
	a.top, a.topSeq = in.ts, in.seq
	a.transit = in.arrival - ticks(in.ts, a.clock)
	a.spanSince = in.arrival
	a.restart(a.transit)
	a.countLateness(a.transit)
}

// countJitter is RFC 3550 A.8 in ns.
func (a *arrivals) countJitter(transit int64) {
	d := transit - a.transit
	a.transit = transit
	a.jitter += (max(d, -d) - a.jitter) / 16
}

func (a *arrivals) trackBase(transit, now int64) {
	if now-a.spanSince >= baseSpan && a.spanCount >= baseSpanLeast {
		copy(a.spans[1:], a.spans[:])
		a.spans[0], a.spanSince, a.spanCount = transit, now, 0
	}
	a.spanCount++
	a.spans[0] = min(a.spans[0], transit)
	a.base = a.spans[0]
	for _, s := range a.spans[1:] {
		a.base = min(a.base, s)
	}
	a.moveHistogram(floorDiv(a.base, latenessBin))
}

// moveHistogram lets the bins begin at low. What falls out at an end is
// counted in the bin at that end.
func (a *arrivals) moveHistogram(low int64) {
	if low == a.low {
		return
	}
	first, last, into := a.low, low-1, low // rising: bins below low
	if low < a.low {
		first, last, into = low+latenessBins, a.low+latenessBins-1, low+latenessBins-1
	}
	moved := 0.0
	for i := first; i <= last && i < first+latenessBins; i++ {
		moved += a.bins[i&(latenessBins-1)]
		a.bins[i&(latenessBins-1)] = 0
	}
	a.bins[into&(latenessBins-1)] += moved
	if moved > 0 {
		a.highBin = max(a.highBin, into)
	}
	a.low = low
	a.highBin = min(max(a.highBin, low), low+latenessBins-1)
}

// countLateness leaves out what came too late for any delay: to wait longer
// for its like would cost much and save nothing.
func (a *arrivals) countLateness(transit int64) {
	if transit-a.base > a.limit {
		return
	}
	bin := min(max(floorDiv(transit, latenessBin), a.low), a.low+latenessBins-1)
	a.bins[bin&(latenessBins-1)] += a.weight
	a.highBin = max(a.highBin, bin)
	a.sum += a.weight
	if a.weight > 1e12 {
		for i := range a.bins {
			a.bins[i] /= a.weight
		}
		a.sum /= a.weight
		a.weight = 1
	}
}

// lateness returns the time after base within which latenessQuantile of the
// packets came.
func (a *arrivals) lateness() int64 {
	rest := a.sum * (1 - latenessQuantile)
	acc := 0.0
	for bin := a.highBin; bin > a.low; bin-- {
		acc += a.bins[bin&(latenessBins-1)]
		if acc > rest {
			return (bin+1)*latenessBin - a.base
		}
		if acc < 1e-9*a.sum {
			a.highBin = bin - 1 // nothing of weight is left up there
		}
	}
	return (a.low+1)*latenessBin - a.base
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
