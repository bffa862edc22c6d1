package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"parley/multicast"
	"parley/qos/rtp"
)

// Wires are where the metrics find snapshots of the wires; nil for one that is
// off.
type Wires struct {
	Multicast func() []multicast.GroupStats
}

func (w Wires) collectors() []prometheus.Collector {
	var out []prometheus.Collector
	if w.Multicast != nil {
		out = append(out, newGroupCollector(w.Multicast))
	}
	return out
}

// groupCollector shows the RTP sessions of multicast groups.
type groupCollector struct {
	take  func() []multicast.GroupStats
	loops *prometheus.Desc
	table table[rtp.Stats]
}

func newGroupCollector(take func() []multicast.GroupStats) *groupCollector {
	c := &groupCollector{
		take:  take,
		loops: prometheus.NewDesc("parley_multicast_loops_total", "Times that our own packets came back to a group by another bridge.", []string{"group"}, nil),
		table: table[rtp.Stats]{labels: []string{"group", "media"}},
	}
	t := &c.table
	t.gauge("parley_multicast_sources", "Senders heard in the group.", func(s *rtp.Stats) float64 { return float64(len(s.Sources)) })
	t.counter("parley_multicast_packets_sent_total", "Packets sent to the group.", func(s *rtp.Stats) float64 { return float64(s.Sent) })
	t.counter("parley_multicast_sent_octets_total", "Payload octets sent to the group.", func(s *rtp.Stats) float64 { return float64(s.SentOctets) })
	t.counter("parley_multicast_packets_received_total", "Packets received from the group.", func(s *rtp.Stats) float64 { return float64(s.Received) })
	t.counter("parley_multicast_received_octets_total", "Payload octets received from the group.", func(s *rtp.Stats) float64 { return float64(s.ReceivedOctets) })
	t.counter("parley_multicast_packets_malformed_total", "Packets that are no RTP.", func(s *rtp.Stats) float64 { return float64(s.Malformed) })
	t.counter("parley_multicast_packets_unknown_total", "Packets of a payload type that the session does not have.", func(s *rtp.Stats) float64 { return float64(s.UnknownPayload) })
	return c
}

// Describe implements prometheus.Collector.
func (c *groupCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.loops
	c.table.describe(ch)
}

// Collect implements prometheus.Collector.
func (c *groupCollector) Collect(ch chan<- prometheus.Metric) {
	for _, g := range c.take() {
		ch <- prometheus.MustNewConstMetric(c.loops, prometheus.CounterValue, float64(g.Loops), g.Address)
		if g.Audio != nil {
			c.table.collect(ch, g.Audio, g.Address, "audio")
		}
		if g.Video != nil {
			c.table.collect(ch, g.Video, g.Address, "video")
		}
	}
}
