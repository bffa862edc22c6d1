package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"parley/conference/webrtc"
	"parley/h323/bridge"
	"parley/h323/gatekeeper"
	"parley/multicast"
	"parley/multicast/sap"
	"parley/qos/rtp"
	"parley/qos/rtp/leg"
	"parley/sipbridge"
)

// Wires are where the metrics find snapshots of the wires; nil for one that is
// off.
type Wires struct {
	SIP  func() sipbridge.Stats
	H323 func() bridge.Stats
	// Gatekeeper is the bridge's own.
	Gatekeeper func() gatekeeper.Stats
	WebRTC     func() webrtc.Stats
	Multicast  func() []multicast.GroupStats
	// Announcements are of the sessions that others announce.
	Announcements func() sap.Stats
	// Leases are the addresses that were chosen.
	Leases func() LeaseStats
}

func (w Wires) collectors() []prometheus.Collector {
	var out []prometheus.Collector
	if w.Multicast != nil {
		out = append(out, newGroupCollector(w.Multicast))
	}
	if w.Announcements != nil {
		out = append(out, newAnnouncementCollector(w.Announcements))
	}
	if w.Leases != nil {
		out = append(out, newLeaseCollector(w.Leases))
	}
	if w.SIP != nil {
		out = append(out, newSIPCollector(w.SIP), newMediaCollector("parley_sip", func() map[string]leg.Stats {
			s := w.SIP()
			return map[string]leg.Stats{"audio": s.Audio, "video": s.Video}
		}))
	}
	if w.H323 != nil {
		out = append(out, newH323Collector(w.H323), newMediaCollector("parley_h323", func() map[string]leg.Stats {
			s := w.H323()
			return map[string]leg.Stats{"audio": s.Audio, "video": s.Video, "presentation": s.Slides}
		}))
	}
	if w.Gatekeeper != nil {
		out = append(out, newGatekeeperCollector(w.Gatekeeper))
	}
	if w.WebRTC != nil {
		out = append(out, newWebRTCCollector(w.WebRTC))
	}
	return out
}

func newSIPCollector(take func() sipbridge.Stats) prometheus.Collector {
	c := &snapshotCollector[sipbridge.Stats]{take: take}
	c.gauge("parley_sip_calls", "Calls that are up or being set up.", func(s *sipbridge.Stats) float64 { return float64(s.Calls) })
	c.gauge("parley_sip_calls_at_prompt", "Calls that are asked for the PIN.", func(s *sipbridge.Stats) float64 { return float64(s.Lobby) })
	c.counter("parley_sip_invites_total", "Calls that came in.", func(s *sipbridge.Stats) float64 { return float64(s.Invites) })
	c.counter("parley_sip_answered_total", "Calls let in or to the PIN prompt.", func(s *sipbridge.Stats) float64 { return float64(s.Answered) })
	c.counter("parley_sip_refused_total", "Calls answered with an error.", func(s *sipbridge.Stats) float64 { return float64(s.Refused) })
	c.counter("parley_sip_malformed_total", "Requests that are no valid SIP.", func(s *sipbridge.Stats) float64 { return float64(s.Malformed) })
	c.counter("parley_sip_datagrams_dropped_total", "Datagrams of sources that send too many.", func(s *sipbridge.Stats) float64 { return float64(s.Dropped) })
	c.counter("parley_sip_dialled_total", "Calls out that were answered.", func(s *sipbridge.Stats) float64 { return float64(s.Dialled) })
	c.counter("parley_sip_dial_failed_total", "Calls out that failed.", func(s *sipbridge.Stats) float64 { return float64(s.DialFailed) })
	c.counter("parley_sip_lost_total", "Calls ended because nothing was heard of the peer.", func(s *sipbridge.Stats) float64 { return float64(s.Lost) })
	c.counter("parley_sip_fast_updates_received_total", "Key frames asked for by INFO.", func(s *sipbridge.Stats) float64 { return float64(s.FastUpdatesIn) })
	c.counter("parley_sip_fast_updates_sent_total", "Key frames that we asked for by INFO.", func(s *sipbridge.Stats) float64 { return float64(s.FastUpdateOut) })
	return c
}

func newH323Collector(take func() bridge.Stats) prometheus.Collector {
	type stats = bridge.Stats
	c := &snapshotCollector[stats]{take: take}
	c.gauge("parley_h323_calls", "Calls that are up or being set up.", func(s *stats) float64 { return float64(s.Calls) })
	c.gauge("parley_h323_calls_at_prompt", "Calls that are asked for a number or PIN.", func(s *stats) float64 { return float64(s.Lobby) })
	c.gauge("parley_h323_connections", "Connections of call signalling and H.245.", func(s *stats) float64 { return float64(s.Signalling.Connections) })
	c.counter("parley_h323_setups_total", "Calls that came in and that the limits let through.", func(s *stats) float64 { return float64(s.Setups) })
	c.counter("parley_h323_answered_total", "Calls let in or to a prompt.", func(s *stats) float64 { return float64(s.Answered) })
	c.counter("parley_h323_refused_total", "Calls that were turned down.", func(s *stats) float64 { return float64(s.Refused) })
	c.counter("parley_h323_over_limit_total", "Connections and calls beyond the limits.", func(s *stats) float64 { return float64(s.Signalling.OverLimit) })
	c.counter("parley_h323_strangers_total", "Connections to ports for H.245 of others than the call's peer.", func(s *stats) float64 { return float64(s.Signalling.Strangers) })
	c.counter("parley_h323_insecure_total", "Connections on which TLS failed.", func(s *stats) float64 { return float64(s.Signalling.Insecure) })
	c.counter("parley_h323_malformed_total", "Messages that are no valid H.323.", func(s *stats) float64 { return float64(s.Signalling.Malformed) })
	c.counter("parley_h323_messages_total", "Messages of call signalling and H.245.", func(s *stats) float64 { return float64(s.Signalling.Messages) })
	c.counter("parley_h323_dialled_total", "Calls out that were answered.", func(s *stats) float64 { return float64(s.Dialled) })
	c.counter("parley_h323_dial_failed_total", "Calls out that failed.", func(s *stats) float64 { return float64(s.DialFailed) })
	c.counter("parley_h323_lost_total", "Calls ended because nothing was heard of the peer.", func(s *stats) float64 { return float64(s.Lost) })
	c.counter("parley_h323_fast_updates_received_total", "Key frames asked for by H.245.", func(s *stats) float64 { return float64(s.FastUpdatesIn) })
	c.counter("parley_h323_fast_updates_sent_total", "Key frames that we asked for by H.245.", func(s *stats) float64 { return float64(s.FastUpdatesOut) })
	c.counter("parley_h323_presentations_total", "Presentations of peers (H.239).", func(s *stats) float64 { return float64(s.Presentations) })
	c.counter("parley_h323_flow_controls_total", "Orders of peers to send less.", func(s *stats) float64 { return float64(s.FlowControlled) })
	c.gauge("parley_h323_multiplexed_sessions", "RTP sessions that share one pair of ports.", func(s *stats) float64 { return float64(s.Multiplexed.Sessions) })
	c.counter("parley_h323_multiplexed_foreign_total", "Packets to the shared ports that are of no call.", func(s *stats) float64 { return float64(s.Multiplexed.Foreign) })
	c.counter("parley_h323_multiplexed_malformed_total", "Packets to the shared ports that are none.", func(s *stats) float64 { return float64(s.Multiplexed.Malformed) })
	c.counter("parley_h323_packets_withheld_total", "Packets of pictures above what the peer takes.", func(s *stats) float64 { return float64(s.Withheld) })
	return c
}

func newGatekeeperCollector(take func() gatekeeper.Stats) prometheus.Collector {
	type stats = gatekeeper.Stats
	c := &snapshotCollector[stats]{take: take}
	c.gauge("parley_gatekeeper_endpoints", "Endpoints that are registered.", func(s *stats) float64 { return float64(s.Endpoints) })
	c.gauge("parley_gatekeeper_calls", "Calls that were admitted and are not over.", func(s *stats) float64 { return float64(s.Calls) })
	c.gauge("parley_gatekeeper_bits_per_second", "Bandwidth granted to all calls.", func(s *stats) float64 { return float64(s.BitRate) })
	c.counter("parley_gatekeeper_messages_total", "Requests and answers received.", func(s *stats) float64 { return float64(s.Received) })
	c.counter("parley_gatekeeper_malformed_total", "Datagrams that are no RAS.", func(s *stats) float64 { return float64(s.Malformed) })
	c.counter("parley_gatekeeper_unauthentic_total", "Messages whose proof is wrong.", func(s *stats) float64 { return float64(s.Unauthentic) })
	c.counter("parley_gatekeeper_over_limit_total", "Messages beyond the limits.", func(s *stats) float64 { return float64(s.OverLimit) })
	c.counter("parley_gatekeeper_registrations_total", "Registrations.", func(s *stats) float64 { return float64(s.Registrations) })
	c.counter("parley_gatekeeper_admitted_total", "Calls admitted.", func(s *stats) float64 { return float64(s.Admitted) })
	c.counter("parley_gatekeeper_refused_total", "Requests refused.", func(s *stats) float64 { return float64(s.Refused) })
	return c
}

// mediaCollector shows the RTP of a wire's calls, by medium.
type mediaCollector struct {
	take  func() map[string]leg.Stats
	table table[leg.Stats]
}

func newMediaCollector(prefix string, take func() map[string]leg.Stats) *mediaCollector {
	type stats = leg.Stats
	c := &mediaCollector{take: take, table: table[stats]{labels: []string{"media"}}}
	t := &c.table
	t.counter(prefix+"_packets_sent_total", "RTP packets sent to calls.", func(s *stats) float64 { return float64(s.Sent) })
	t.counter(prefix+"_sent_octets_total", "Octets of RTP packets sent to calls.", func(s *stats) float64 { return float64(s.SentOctets) })
	t.counter(prefix+"_send_errors_total", "Packets that could not be sent.", func(s *stats) float64 { return float64(s.SendErrors) })
	t.counter(prefix+"_packets_received_total", "RTP packets received from calls.", func(s *stats) float64 { return float64(s.Received) })
	t.counter(prefix+"_received_octets_total", "Octets of RTP packets received from calls.", func(s *stats) float64 { return float64(s.ReceivedOctets) })
	// Duplicates count against it (RFC 3550 6.4.1), so it may fall.
	t.gauge(prefix+"_lost_packets", "RTP packets of calls that did not arrive, since the start.", func(s *stats) float64 { return float64(s.Lost) })
	t.counter(prefix+"_packets_malformed_total", "Packets that are no RTP.", func(s *stats) float64 { return float64(s.Malformed) })
	t.counter(prefix+"_packets_unknown_total", "Packets of a payload type that was not agreed.", func(s *stats) float64 { return float64(s.Unknown) })
	t.counter(prefix+"_packets_foreign_total", "Packets from elsewhere than the call's address.", func(s *stats) float64 { return float64(s.Foreign) })
	t.counter(prefix+"_packets_undecrypted_total", "Packets that are not of the key that was agreed.", func(s *stats) float64 { return float64(s.Undecrypted) })
	return c
}

// Describe implements prometheus.Collector.
func (c *mediaCollector) Describe(ch chan<- *prometheus.Desc) { c.table.describe(ch) }

// Collect implements prometheus.Collector.
func (c *mediaCollector) Collect(ch chan<- prometheus.Metric) {
	for medium, s := range c.take() {
		c.table.collect(ch, &s, medium)
	}
}

func newWebRTCCollector(take func() webrtc.Stats) prometheus.Collector {
	c := &snapshotCollector[webrtc.Stats]{take: take}
	c.gauge("parley_webrtc_sockets", "Signalling connections of pages.", func(s *webrtc.Stats) float64 { return float64(s.Sockets) })
	c.counter("parley_webrtc_joins_total", "Pages that joined.", func(s *webrtc.Stats) float64 { return float64(s.Joins) })
	c.counter("parley_webrtc_resumes_total", "Pages that came back to their seat.", func(s *webrtc.Stats) float64 { return float64(s.Resumes) })
	c.counter("parley_webrtc_bad_messages_total", "Signalling messages that could not be taken.", func(s *webrtc.Stats) float64 { return float64(s.BadMessages) })
	c.counter("parley_webrtc_origins_refused_total", "Pages from elsewhere that were turned away.", func(s *webrtc.Stats) float64 { return float64(s.OriginsRefused) })
	c.counter("parley_webrtc_audio_packets_received_total", "Audio packets from browsers.", func(s *webrtc.Stats) float64 { return float64(s.AudioReceived) })
	c.counter("parley_webrtc_audio_packets_sent_total", "Audio packets to browsers.", func(s *webrtc.Stats) float64 { return float64(s.AudioSent) })
	c.counter("parley_webrtc_audio_received_octets_total", "Octets of audio packets from browsers.", func(s *webrtc.Stats) float64 { return float64(s.AudioReceivedOctets) })
	c.counter("parley_webrtc_audio_sent_octets_total", "Payload octets of audio packets to browsers.", func(s *webrtc.Stats) float64 { return float64(s.AudioSentOctets) })
	c.gauge("parley_webrtc_audio_lost_packets", "Audio packets of browsers that did not arrive, since the start.", func(s *webrtc.Stats) float64 { return float64(s.AudioLost) })
	c.counter("parley_webrtc_video_received_octets_total", "Octets of video packets from browsers.", func(s *webrtc.Stats) float64 { return float64(s.VideoReceivedOctets) })
	c.counter("parley_webrtc_video_sent_octets_total", "Payload octets of video packets to browsers.", func(s *webrtc.Stats) float64 { return float64(s.VideoSentOctets) })
	c.counter("parley_webrtc_video_packets_received_total", "Video packets from browsers.", func(s *webrtc.Stats) float64 { return float64(s.VideoReceived) })
	c.counter("parley_webrtc_video_packets_sent_total", "Video packets to browsers.", func(s *webrtc.Stats) float64 { return float64(s.VideoSent) })
	c.counter("parley_webrtc_keyframe_requests_total", "Key frames that browsers asked for.", func(s *webrtc.Stats) float64 { return float64(s.KeyframeRequests) })
	return c
}

func newAnnouncementCollector(take func() sap.Stats) prometheus.Collector {
	type stats = sap.Stats
	c := &snapshotCollector[stats]{take: take}
	c.gauge("parley_sap_sessions", "Multicast sessions that are announced.", func(s *stats) float64 { return float64(s.Sessions) })
	c.gauge("parley_sap_octets", "What is kept of them.", func(s *stats) float64 { return float64(s.Bytes) })
	c.counter("parley_sap_packets_total", "Announcements and deletions received.", func(s *stats) float64 { return float64(s.Packets) })
	c.counter("parley_sap_over_rate_total", "Packets dropped unread, of sources that send too many.", func(s *stats) float64 { return float64(s.OverRate) })
	c.counter("parley_sap_malformed_total", "Packets that are no announcement.", func(s *stats) float64 { return float64(s.Malformed) })
	c.counter("parley_sap_unsupported_total", "Packets of another version or payload.", func(s *stats) float64 { return float64(s.Unsupported) })
	c.counter("parley_sap_encrypted_total", "Announcements that are encrypted.", func(s *stats) float64 { return float64(s.Encrypted) })
	c.counter("parley_sap_full_total", "Announcements for which there was no room.", func(s *stats) float64 { return float64(s.Full) })
	c.counter("parley_sap_evicted_total", "Sessions that gave up their room for those of others.", func(s *stats) float64 { return float64(s.Evicted) })
	c.counter("parley_sap_deleted_total", "Sessions that were taken back.", func(s *stats) float64 { return float64(s.Deleted) })
	c.counter("parley_sap_expired_total", "Sessions that were heard no more.", func(s *stats) float64 { return float64(s.Expired) })
	return c
}

// groupCollector shows the RTP sessions of multicast groups.
type groupCollector struct {
	take  func() []multicast.GroupStats
	loops *prometheus.Desc
	table table[rtp.Stats]
	// bridges is how groups are shared with other bridges.
	bridges table[multicast.BridgeState]
}

func newGroupCollector(take func() []multicast.GroupStats) *groupCollector {
	c := &groupCollector{
		take:  take,
		loops: prometheus.NewDesc("parley_multicast_loops_total", "Times that our own packets came back to a group by another bridge.", []string{"group"}, nil),
		table: table[rtp.Stats]{labels: []string{"group", "media"}},

		bridges: table[multicast.BridgeState]{labels: []string{"group", "media"}},
	}
	c.bridges.gauge("parley_multicast_standby", "1 while the group is left to another bridge.", func(s *multicast.BridgeState) float64 {
		if s.Standby {
			return 1
		}
		return 0
	})
	c.bridges.gauge("parley_multicast_bridges", "Other bridges that are in the group.", func(s *multicast.BridgeState) float64 { return float64(len(s.Others)) })
	c.bridges.counter("parley_multicast_bridging_changes_total", "Times that the group was left to another bridge, or taken over.", func(s *multicast.BridgeState) float64 { return float64(s.Changes) })
	t := &c.table
	t.gauge("parley_multicast_sources", "Senders heard in the group.", func(s *rtp.Stats) float64 { return float64(len(s.Sources)) })
	t.counter("parley_multicast_packets_sent_total", "Packets sent to the group.", func(s *rtp.Stats) float64 { return float64(s.Sent) })
	t.counter("parley_multicast_sent_octets_total", "Octets of packets sent to the group.", func(s *rtp.Stats) float64 { return float64(s.SentOctets) })
	t.counter("parley_multicast_packets_received_total", "Packets received from the group.", func(s *rtp.Stats) float64 { return float64(s.Received) })
	t.counter("parley_multicast_received_octets_total", "Octets of packets received from the group.", func(s *rtp.Stats) float64 { return float64(s.ReceivedOctets) })
	t.gauge("parley_multicast_lost_packets", "Packets of the group's senders that did not arrive, since the start.", func(s *rtp.Stats) float64 { return float64(s.Lost) })
	t.counter("parley_multicast_packets_foreign_total", "Packets that use another sender's SSRC.", func(s *rtp.Stats) float64 { return float64(s.Foreign) })
	t.counter("parley_multicast_packets_malformed_total", "Packets that are no RTP.", func(s *rtp.Stats) float64 { return float64(s.Malformed) })
	t.counter("parley_multicast_packets_undecrypted_total", "Packets that are not of the group's key, or not encrypted.", func(s *rtp.Stats) float64 { return float64(s.Undecrypted) })
	t.counter("parley_multicast_packets_refused_total", "Packets that came twice, out of sequence, or of senders without a place.", func(s *rtp.Stats) float64 { return float64(s.Refused) })
	t.counter("parley_multicast_packets_filtered_total", "Packets of senders that the group's sources do not admit.", func(s *rtp.Stats) float64 { return float64(s.Filtered) })
	t.counter("parley_multicast_packets_far_total", "Packets from further away than the group's hop floor allows.", func(s *rtp.Stats) float64 { return float64(s.BelowHopFloor) })
	t.gauge("parley_multicast_members", "Members of the group, the bridge included.", func(s *rtp.Stats) float64 { return float64(s.Members.Members) })
	t.gauge("parley_multicast_member_octets", "Memory of the members that are only counted, and of what members report.", func(s *rtp.Stats) float64 { return float64(s.Members.CrowdOctets + s.Members.ReceptionOctets) })
	t.gauge("parley_multicast_report_interval_seconds", "Mean time between two RTCP reports of the bridge.", func(s *rtp.Stats) float64 { return s.Members.Interval.Seconds() })
	t.counter("parley_multicast_rtcp_sent_octets_total", "Octets of RTCP sent.", func(s *rtp.Stats) float64 { return float64(s.RTCPSent) })
	t.counter("parley_multicast_rtcp_received_octets_total", "Octets of RTCP received.", func(s *rtp.Stats) float64 { return float64(s.RTCPReceived) })
	t.gauge("parley_multicast_receivers", "Pairs of a member and a stream of the bridge that are reported on.", func(s *rtp.Stats) float64 { return float64(s.Receptions.Reports) })
	t.gauge("parley_multicast_receiver_loss_median_ratio", "Share of the bridge's packets that half of the members do not exceed in loss.", func(s *rtp.Stats) float64 { return s.Receptions.Median })
	t.gauge("parley_multicast_receiver_loss_p95_ratio", "The same of 95 of 100 members.", func(s *rtp.Stats) float64 { return s.Receptions.P95 })
	t.gauge("parley_multicast_receiver_loss_worst_ratio", "The loss of the member that loses most.", func(s *rtp.Stats) float64 { return s.Receptions.Worst })
	t.counter("parley_multicast_collisions_total", "SSRCs of the bridge that another member took.", func(s *rtp.Stats) float64 { return float64(s.Collisions) })
	t.counter("parley_multicast_feedback_reflected_total", "Reports of members passed on to the group (RFC 5760).", func(s *rtp.Stats) float64 { return float64(s.Reflected) })
	t.counter("parley_multicast_feedback_dropped_total", "Reports of members not passed on, beyond the session's share for RTCP.", func(s *rtp.Stats) float64 { return float64(s.FeedbackDropped) })
	t.counter("parley_multicast_packets_unknown_total", "Packets of a payload type that the session does not have.", func(s *rtp.Stats) float64 { return float64(s.UnknownPayload) })
	return c
}

// Describe implements prometheus.Collector.
func (c *groupCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.loops
	c.table.describe(ch)
	c.bridges.describe(ch)
}

// Collect implements prometheus.Collector.
func (c *groupCollector) Collect(ch chan<- prometheus.Metric) {
	for _, g := range c.take() {
		ch <- prometheus.MustNewConstMetric(c.loops, prometheus.CounterValue, float64(g.Loops), g.Address)
		if g.Audio != nil {
			c.table.collect(ch, g.Audio, g.Address, "audio")
			c.bridges.collect(ch, &g.AudioBridging, g.Address, "audio")
		}
		if g.Video != nil {
			c.table.collect(ch, g.Video, g.Address, "video")
			c.bridges.collect(ch, &g.VideoBridging, g.Address, "video")
		}
	}
}
