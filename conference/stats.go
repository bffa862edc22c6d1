package conference

import (
	"maps"

	"parley/conference/internal/mixer"
	"parley/conference/internal/video"
)

// Stats are counters since start and gauges of now, over all conferences.
type Stats struct {
	Conferences  int
	Participants map[Wire]int
	// Mixer
	Ticks         uint64
	LateTicks     uint64 // ticks that began more than one frame late
	TickSeconds   float64
	Encodes       uint64 // encodes done
	SharedEncodes uint64 // encodes saved by sharing
	EncodeErrors  uint64
	Clipped       uint64 // samples that the soft clipper bent
	// Video
	VideoForwarded   uint64
	VideoDropped     uint64 // at slow sinks, or larger than any packet should be
	KeyframeRequests uint64
	KeyframeReplays  uint64
	Tick             TickHistogram
}

// TickHistogram counts ticks by their duration.
type TickHistogram struct {
	UpperSeconds []float64 // bounds, rising; the last bucket is unbounded
	Counts       []uint64  // len(UpperSeconds)+1
	Sum          float64
}

// Stats returns a snapshot for the metrics.
func (b *Bridge) Stats() Stats {
	b.mu.Lock()
	sound, seen := b.pastSound, b.pastPictures
	all := maps.Clone(b.conferences)
	b.mu.Unlock()

	out := Stats{Conferences: len(all), Participants: make(map[Wire]int)}
	for _, c := range all {
		sound.Add(c.mixer.Stats())
		seen = plus(seen, c.video.Stats())
		_ = c.do(func(r *roster) { // who ended is empty
			for _, m := range r.members {
				out.Participants[m.info.Wire]++
			}
		})
	}
	out.Ticks, out.LateTicks = sound.Ticks, sound.LateTicks
	out.TickSeconds = sound.TickTime.Seconds()
	out.Encodes, out.SharedEncodes, out.EncodeErrors = sound.Encodes, sound.SharedEncodes, sound.EncodeErrors
	out.Clipped = sound.Clipped
	out.VideoForwarded, out.VideoDropped = seen.Forwarded, seen.Dropped+seen.Oversized
	out.KeyframeRequests, out.KeyframeReplays = seen.KeyframeRequests, seen.Replays
	out.Tick.Sum = out.TickSeconds
	for _, d := range mixer.Buckets() {
		out.Tick.UpperSeconds = append(out.Tick.UpperSeconds, d.Seconds())
	}
	out.Tick.Counts = sound.Histogram[:]
	return out
}

func plus(a, b video.Stats) video.Stats {
	return video.Stats{
		Forwarded:        a.Forwarded + b.Forwarded,
		Dropped:          a.Dropped + b.Dropped,
		Oversized:        a.Oversized + b.Oversized,
		KeyframeRequests: a.KeyframeRequests + b.KeyframeRequests,
		Replays:          a.Replays + b.Replays,
	}
}
