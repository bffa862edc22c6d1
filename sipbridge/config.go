package sipbridge

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/qos"
	"parley/qos/rtp"
)

// Listen is one socket for signalling.
type Listen struct {
	Network string // "udp" or "tcp"
	Addr    netip.AddrPort
}

// String returns "udp 127.0.0.1:5060".
func (l Listen) String() string { return l.Network + " " + l.Addr.String() }

// Config is what a Server runs under.
type Config struct {
	// Listen are the sockets for signalling; at least one.
	Listen []Listen
	// External is the address by which others reach this host (NAT,
	// container); when set, Contact, Via and session descriptions carry it.
	External netip.Addr
	// MediaAddr is where RTP sockets are bound; not valid: on all addresses.
	MediaAddr netip.Addr
	// Ports are for RTP.
	Ports rtp.PortRange
	// CNAMEHost is the host part of the CNAMEs in calls of a conference; nil: their
	// media address.
	CNAMEHost func(conferenceID string) string
	// UserAgent is told in User-Agent and Server; empty: "parley".
	UserAgent string
	// MediaTimeout is how long a call may be silent, without RTP and RTCP;
	// 0: DefaultMediaTimeout.
	MediaTimeout time.Duration
	// Unanswered is how long sound goes to a host other than that of signalling
	// before it has answered; 0: not at all.
	Unanswered time.Duration
	// AudioDSCP and VideoDSCP mark the media.
	AudioDSCP, VideoDSCP qos.DSCP
	// MaxCalls, MaxCallsPerSource and InviteRate bound what strangers may
	// cost; 0: the defaults in limits.go.
	MaxCalls, MaxCallsPerSource int
	InviteRate                  float64 // new calls per second and source
}

// Deps are what a Server works with.
type Deps struct {
	Bridge *conference.Bridge
	Codecs *codecs.Set
	Log    *slog.Logger // nil: none
}

func (c Config) withDefaults() (Config, error) {
	if len(c.Listen) == 0 {
		return c, errors.New("sipbridge: no address to listen on")
	}
	for _, l := range c.Listen {
		if l.Network != "udp" && l.Network != "tcp" {
			return c, fmt.Errorf("sipbridge: listen on %v: the network must be udp or tcp", l)
		}
		if !l.Addr.IsValid() {
			return c, fmt.Errorf("sipbridge: listen on %v: no address", l)
		}
	}
	if c.UserAgent == "" {
		c.UserAgent = "parley"
	}
	if c.MediaTimeout <= 0 {
		c.MediaTimeout = DefaultMediaTimeout
	}
	if c.MaxCalls <= 0 {
		c.MaxCalls = DefaultMaxCalls
	}
	if c.MaxCallsPerSource <= 0 {
		c.MaxCallsPerSource = DefaultMaxCallsPerSource
	}
	if c.InviteRate <= 0 {
		c.InviteRate = DefaultInviteRate
	}
	if !c.MediaAddr.IsValid() {
		c.MediaAddr = netip.IPv6Unspecified()
	}
	return c, nil
}
