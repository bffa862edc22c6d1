package config

import (
	"time"

	"parley/multicast"
	"parley/multicast/madcap"
)

// Defaults returns the Config of an empty file: page, SIP, H.323 and a multicast
// group for one open conference, on every interface of the machine.
func Defaults() Config {
	return Config{
		HTTP: HTTP{Listen: ":8080"},
		Conferences: []Conference{{
			ID:    "lobby",
			Title: "Lobby",
			Multicast: []Group{{
				Name: "Multicast",
				// 239.255/16 stays within the site (RFC 2365 6.1). PCMU is what
				// every RTP program plays without an SDP file (RFC 3551 6).
				Audio:        Stream{Group: "239.255.42.42:5004", Codec: "PCMU", PayloadType: 0},
				Video:        Stream{Group: "239.255.42.42:5006", Codec: "H264", PayloadType: 96},
				VideoStreams: "active",
				Optional:     true,
			}},
		}},
		SIP: SIP{Enabled: true, UDP: ":5060", TCP: ":5060"},
		H323: H323{
			Enabled:    true,
			Listen:     []string{":1720"},
			Name:       "parley",
			FastStart:  true,
			Tunnelling: true,
			Multiplex:  ":2776", // where servers of H.460.19 have it as a rule
			Encryption: "off",
			VideoKbps:  4000,
			TLS:        SignallingTLS{Verify: VerifyHost},
			Gatekeeper: GatekeeperClient{Authentication: "h235.1"},
		},
		Gatekeeper: Gatekeeper{
			Enabled:      true,
			Identifier:   "parley",
			Listen:       []string{":1719"},
			Discovery:    true,
			TimeToLive:   5 * time.Minute,
			Unregistered: "call",
			PreGranted:   "none",
			ReportEvery:  time.Minute,
			RoutedListen: ":1721",
		},
		WebRTC: WebRTC{
			Enabled: true,
			UDP:     ":8443",
			TCP:     ":8443",
			Resume:  30 * time.Second,
		},
		RTP: RTP{Ports: PortRange{Low: 20000, High: 29999}, Unanswered: 5 * time.Second},
		Multicast: Multicast{
			Enabled: true,
			TTL:     1,
			Scope:   "site",
			// The thresholds of multicast routers, less one.
			MaxTTL:     MaxTTL{Link: 1, Site: 15, Organisation: 63, Global: 127},
			Directory:  Directory{Enabled: true, MaxSessions: 1000, MaxKB: 4096},
			Announce:   Announce{Profile: "rfc"},
			Allocation: Allocation{Ranges: []string{"239.255.0.0/16", "ff15::/16"}},
			MADCAP: MADCAP{
				MaxLease: madcap.DefaultMaxLease, Extra: madcap.DefaultExtra, ClockSkew: madcap.DefaultSkew,
				MaxLeases: madcap.DefaultMaxLeases, MaxPerClient: madcap.DefaultMaxPerClient, TTL: 255,
			},
			SDES:     SDES{Participants: true},
			Bridging: string(multicast.BridgingElect), BridgingPriority: multicast.DefaultBridgingPriority,
		},
		DSCP: DSCP{Audio: "EF", Video: "AF41"},
		Log:  Log{Level: "info", Format: "text"},
	}
}
