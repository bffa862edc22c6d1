package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"parley/conference"
)

// bridgeCollector shows what the conferences do together.
type bridgeCollector struct {
	bridge       *conference.Bridge
	table        table[conference.Stats]
	participants *prometheus.Desc
	tick         *prometheus.Desc
}

func newBridgeCollector(b *conference.Bridge) *bridgeCollector {
	c := &bridgeCollector{
		bridge:       b,
		participants: prometheus.NewDesc("parley_participants", "Participants now.", []string{"wire"}, nil),
		tick:         prometheus.NewDesc("parley_mixer_tick_seconds", "How long the mixer took for one frame of 20 ms.", nil, nil),
	}
	t := &c.table
	t.gauge("parley_conferences", "Conferences now.", func(s *conference.Stats) float64 { return float64(s.Conferences) })
	t.counter("parley_mixer_late_ticks_total", "Ticks that began more than one frame late.", func(s *conference.Stats) float64 { return float64(s.LateTicks) })
	t.counter("parley_mixer_encodes_total", "Frames encoded.", func(s *conference.Stats) float64 { return float64(s.Encodes) })
	t.counter("parley_mixer_encodes_shared_total", "Encodes saved because listeners share a format.", func(s *conference.Stats) float64 { return float64(s.SharedEncodes) })
	t.counter("parley_mixer_encode_errors_total", "Frames that could not be encoded.", func(s *conference.Stats) float64 { return float64(s.EncodeErrors) })
	t.counter("parley_mixer_clipped_samples_total", "Samples that the soft clipper bent.", func(s *conference.Stats) float64 { return float64(s.Clipped) })
	t.counter("parley_video_packets_forwarded_total", "Video packets given to sinks.", func(s *conference.Stats) float64 { return float64(s.VideoForwarded) })
	t.counter("parley_video_packets_dropped_total", "Video packets dropped at slow sinks.", func(s *conference.Stats) float64 { return float64(s.VideoDropped) })
	t.counter("parley_video_keyframe_requests_total", "Key frames asked for.", func(s *conference.Stats) float64 { return float64(s.KeyframeRequests) })
	t.counter("parley_video_keyframe_replays_total", "Kept key frames given to who joined.", func(s *conference.Stats) float64 { return float64(s.KeyframeReplays) })
	return c
}

// Describe implements prometheus.Collector.
func (c *bridgeCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.participants
	ch <- c.tick
	c.table.describe(ch)
}

// Collect implements prometheus.Collector.
func (c *bridgeCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.bridge.Stats()
	for _, w := range []conference.Wire{conference.WireWebRTC, conference.WireSIP, conference.WireH323, conference.WireMulticast} {
		ch <- prometheus.MustNewConstMetric(c.participants, prometheus.GaugeValue, float64(s.Participants[w]), string(w))
	}
	// Prometheus counts each bucket with all below it.
	buckets, count := make(map[float64]uint64, len(s.Tick.UpperSeconds)), uint64(0)
	for i, n := range s.Tick.Counts {
		count += n
		if i < len(s.Tick.UpperSeconds) {
			buckets[s.Tick.UpperSeconds[i]] = count
		}
	}
	ch <- prometheus.MustNewConstHistogram(c.tick, count, s.Tick.Sum, buckets)
	c.table.collect(ch, &s)
}

// legCollector shows each participant's leg for as long as it is there.
type legCollector struct {
	bridge *conference.Bridge
	table  table[conference.Quality]
}

func newLegCollector(b *conference.Bridge) *legCollector {
	c := &legCollector{bridge: b, table: table[conference.Quality]{labels: []string{"participant", "wire"}}}
	t := &c.table
	t.counter("parley_participant_packets_total", "Packets received from the participant.", func(q *conference.Quality) float64 { return float64(q.Packets) })
	// Duplicates count against it (RFC 3550 6.4.1), so it may fall.
	t.gauge("parley_participant_lost_packets", "Packets of the participant that did not arrive.", func(q *conference.Quality) float64 { return float64(q.Lost) })
	t.gauge("parley_participant_loss_ratio", "Share lost in the last interval.", func(q *conference.Quality) float64 { return q.LossFraction })
	t.gauge("parley_participant_jitter_seconds", "Interarrival jitter.", func(q *conference.Quality) float64 { return q.Jitter.Seconds() })
	t.gauge("parley_participant_playout_delay_seconds", "Delay of the jitter buffer.", func(q *conference.Quality) float64 { return q.PlayoutDelay.Seconds() })
	t.gauge("parley_participant_concealed_ratio", "Share of sound invented since the start.", func(q *conference.Quality) float64 { return q.Concealed })
	t.gauge("parley_participant_remote_loss_ratio", "Share lost on the way to the participant.", func(q *conference.Quality) float64 { return q.RemoteLossFraction })
	t.gauge("parley_participant_remote_jitter_seconds", "Jitter that the participant reports.", func(q *conference.Quality) float64 { return q.RemoteJitter.Seconds() })
	t.gauge("parley_participant_round_trip_seconds", "Round trip to the participant; 0: unknown.", func(q *conference.Quality) float64 { return q.RoundTrip.Seconds() })
	return c
}

// Describe implements prometheus.Collector.
func (c *legCollector) Describe(ch chan<- *prometheus.Desc) { c.table.describe(ch) }

// Collect implements prometheus.Collector.
func (c *legCollector) Collect(ch chan<- prometheus.Metric) {
	for _, conf := range c.bridge.Conferences() {
		quality := conf.Quality()
		for _, m := range conf.Roster().Members {
			if q, ok := quality[m.ID]; ok {
				c.table.collect(ch, &q, string(m.ID), string(m.Wire))
			}
		}
	}
}
