package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"parley/multicast/madcap"
)

// newLeaseCollector shows the addresses that were chosen and, where it is on,
// MADCAP.
func newLeaseCollector(take func() LeaseStats) prometheus.Collector {
	c := &snapshotCollector[LeaseStats]{take: take}
	c.gauge("parley_multicast_chosen_groups", "Groups of this bridge whose address was chosen.", func(s *LeaseStats) float64 { return float64(s.Groups) })
	c.gauge("parley_multicast_clashes", "Groups of this bridge in which others announce a session of their own.", func(s *LeaseStats) float64 { return float64(s.Clashes) })
	c.counter("parley_multicast_moved_groups_total", "Groups that gave way to sessions that others announced first.", func(s *LeaseStats) float64 { return float64(s.Moved) })
	if take().MADCAP == nil {
		return c
	}
	m := func(value func(*madcap.Stats) float64) func(*LeaseStats) float64 {
		return func(s *LeaseStats) float64 { return value(s.MADCAP) }
	}
	c.gauge("parley_madcap_leases", "Leases that programs have.", m(func(s *madcap.Stats) float64 { return float64(s.Leases) }))
	c.gauge("parley_madcap_offers", "Offers that are held.", m(func(s *madcap.Stats) float64 { return float64(s.Offers) }))
	c.counter("parley_madcap_messages_total", "Datagrams received.", m(func(s *madcap.Stats) float64 { return float64(s.Received) }))
	c.counter("parley_madcap_over_rate_total", "Datagrams dropped unread: a flood.", m(func(s *madcap.Stats) float64 { return float64(s.OverRate) }))
	c.counter("parley_madcap_malformed_total", "Datagrams that are no valid MADCAP.", m(func(s *madcap.Stats) float64 { return float64(s.Malformed) }))
	c.counter("parley_madcap_ignored_total", "Messages that were not to be answered.", m(func(s *madcap.Stats) float64 { return float64(s.Ignored) }))
	c.counter("parley_madcap_repeated_total", "Messages that were answered again.", m(func(s *madcap.Stats) float64 { return float64(s.Repeated) }))
	c.counter("parley_madcap_discovers_total", "DISCOVER messages.", m(func(s *madcap.Stats) float64 { return float64(s.Discovers) }))
	c.counter("parley_madcap_requests_total", "REQUEST messages.", m(func(s *madcap.Stats) float64 { return float64(s.Requests) }))
	c.counter("parley_madcap_renews_total", "RENEW messages.", m(func(s *madcap.Stats) float64 { return float64(s.Renews) }))
	c.counter("parley_madcap_releases_total", "RELEASE messages.", m(func(s *madcap.Stats) float64 { return float64(s.Releases) }))
	c.counter("parley_madcap_infos_total", "GETINFO messages.", m(func(s *madcap.Stats) float64 { return float64(s.Infos) }))
	c.counter("parley_madcap_offered_total", "OFFER messages sent.", m(func(s *madcap.Stats) float64 { return float64(s.Offered) }))
	c.counter("parley_madcap_acknowledged_total", "ACK messages sent.", m(func(s *madcap.Stats) float64 { return float64(s.Acknowledged) }))
	c.counter("parley_madcap_refused_total", "NAK messages sent.", m(func(s *madcap.Stats) float64 { return float64(s.Refused) }))
	c.counter("parley_madcap_expired_total", "Leases that ended by time.", m(func(s *madcap.Stats) float64 { return float64(s.Expired) }))
	c.counter("parley_madcap_unsaved_total", "Answers withheld since leases could not be written to the file.", m(func(s *madcap.Stats) float64 { return float64(s.Unsaved) }))
	return c
}
