package api

import (
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics serves a registry of its own. Its labels name neither people nor
// conferences, so that a scraper needs no token.
func (s *Server) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "parley_build_info", Help: "1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": s.cfg.Version, "goversion": runtime.Version()},
	})
	info.Set(1)
	registry.MustRegister(info, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newBridgeCollector(s.deps.Bridge), newLegCollector(s.deps.Bridge))
	for _, c := range s.deps.Wires.collectors() {
		registry.MustRegister(c)
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}

// metric is one number of a snapshot T.
type metric[T any] struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(*T) float64
}

// table is the metrics of a snapshot that share their labels.
type table[T any] struct {
	labels  []string
	metrics []metric[T]
}

func (t *table[T]) counter(name, help string, value func(*T) float64) {
	t.metrics = append(t.metrics, metric[T]{prometheus.NewDesc(name, help, t.labels, nil), prometheus.CounterValue, value})
}

func (t *table[T]) gauge(name, help string, value func(*T) float64) {
	t.metrics = append(t.metrics, metric[T]{prometheus.NewDesc(name, help, t.labels, nil), prometheus.GaugeValue, value})
}

func (t *table[T]) describe(ch chan<- *prometheus.Desc) {
	for _, m := range t.metrics {
		ch <- m.desc
	}
}

func (t *table[T]) collect(ch chan<- prometheus.Metric, snapshot *T, labels ...string) {
	for _, m := range t.metrics {
		ch <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(snapshot), labels...)
	}
}

// snapshotCollector shows one snapshot.
type snapshotCollector[T any] struct {
	table[T]
	take func() T
}

// Describe implements prometheus.Collector.
func (c *snapshotCollector[T]) Describe(ch chan<- *prometheus.Desc) { c.describe(ch) }

// Collect implements prometheus.Collector.
func (c *snapshotCollector[T]) Collect(ch chan<- prometheus.Metric) {
	snapshot := c.take()
	c.collect(ch, &snapshot)
}
