package mixer

import (
	"slices"
	"sync/atomic"
	"time"
)

// buckets are the upper bounds of the tick histogram. A tick must stay well
// below the 20 ms of a frame.
var buckets = [...]time.Duration{
	50 * time.Microsecond, 100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond,
}

// counters are what a Mixer counts.
type counters struct {
	ticks, late, encodes, saved, clipped, encodeErrors, nanos atomic.Uint64

	histogram [len(buckets) + 1]atomic.Uint64
}

func (c *counters) timed(d time.Duration) {
	c.ticks.Add(1)
	c.nanos.Add(uint64(d))
	i := 0
	for i < len(buckets) && d > buckets[i] {
		i++
	}
	c.histogram[i].Add(1)
}

// Stats are counters since the start.
type Stats struct {
	Ticks         uint64
	LateTicks     uint64 // began more than a frame late
	Encodes       uint64
	SharedEncodes uint64 // saved by sharing
	EncodeErrors  uint64
	Clipped       uint64 // samples that the soft clipper bent
	TickTime      time.Duration
	// Histogram counts ticks by duration; the last is above all Buckets.
	Histogram [len(buckets) + 1]uint64
}

// Buckets are the upper bounds of Stats.Histogram, rising.
func Buckets() []time.Duration { return slices.Clone(buckets[:]) }

// Stats returns a snapshot.
func (m *Mixer) Stats() Stats {
	s := Stats{
		Ticks:         m.ticks.Load(),
		LateTicks:     m.late.Load(),
		Encodes:       m.encodes.Load(),
		SharedEncodes: m.saved.Load(),
		EncodeErrors:  m.encodeErrors.Load(),
		Clipped:       m.clipped.Load(),
		TickTime:      time.Duration(m.nanos.Load()),
	}
	for i := range m.histogram {
		s.Histogram[i] = m.histogram[i].Load()
	}
	return s
}

// Add adds t to s.
func (s *Stats) Add(t Stats) {
	s.Ticks += t.Ticks
	s.LateTicks += t.LateTicks
	s.Encodes += t.Encodes
	s.SharedEncodes += t.SharedEncodes
	s.EncodeErrors += t.EncodeErrors
	s.Clipped += t.Clipped
	s.TickTime += t.TickTime
	for i, n := range t.Histogram {
		s.Histogram[i] += n
	}
}
