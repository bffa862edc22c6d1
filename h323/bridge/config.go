package bridge

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323"
	"parley/qos"
	"parley/qos/rtp"
)

// Config is what a Server runs under.
type Config struct {
	// Listen are TCP addresses of call signalling; none: only outgoing calls.
	Listen []netip.AddrPort
	// TLS is call signalling over TLS.
	TLS h323.TLS
	// External is the address by which others reach this host (NAT,
	// container); when set, signalling carries it for H.245 and media.
	External netip.Addr
	// Multiplex is the UDP address for RTP of all calls with endpoints behind
	// firewalls that can share one (H.460.19); its port is even, or 0 for any, and
	// RTCP has the one above. An unspecified host is MediaAddr. Not valid: such
	// calls have ports as all others.
	Multiplex netip.AddrPort
	// MediaAddr is where RTP sockets are bound; not valid: on all addresses.
	MediaAddr netip.Addr
	// Ports are for RTP, H245Ports for separate H.245 connections.
	Ports     rtp.PortRange
	H245Ports h323.PortRange
	// CNAMEHost is the host part of the CNAMEs in calls of a conference; nil: Name.
	CNAMEHost func(conferenceID string) string
	// Name is told to peers; empty: "parley".
	Name string
	// Version of the product, as peers are told.
	Version string
	// DefaultConference is where who dials no name comes to; empty: they are
	// asked for a number.
	DefaultConference string
	// Modes of calls.
	Modes h323.Modes
	// Encryption of media.
	Encryption h323.EncryptionPolicy
	// Gatekeeper to ask for leave; nil: none.
	Gatekeeper h323.Gatekeeper
	// Traversal knows the registered endpoints behind firewalls (H.460.18); nil:
	// none are.
	Traversal h323.Traversal
	// Tunnel takes RAS that comes within call signalling (H.460.17); nil: none is
	// taken.
	Tunnel h323.RASTunnel
	// Firewalled tells that the server itself is behind a firewall, toward a
	// gatekeeper that is a server of H.460.18 and H.460.19.
	Firewalled bool
	// ChairControl lets a terminal take the chair (H.243), and then drop others.
	ChairControl bool
	// VideoRate is the most that is offered and sent of pictures, in bit/s; 0:
	// DefaultVideoRate.
	VideoRate int
	// MediaTimeout is how long a call may be silent, without RTP and RTCP; 0:
	// DefaultMediaTimeout.
	MediaTimeout time.Duration
	// Unanswered is how long sound goes to a host other than that of signalling
	// before it has answered; 0: not at all.
	Unanswered time.Duration
	// SignalDSCP, AudioDSCP and VideoDSCP mark what is sent.
	SignalDSCP, AudioDSCP, VideoDSCP qos.DSCP
	// MaxCalls, MaxCallsPerSource and SetupRate bound what strangers may cost;
	// 0: the defaults in limits.go.
	MaxCalls, MaxCallsPerSource int
	SetupRate                   float64 // SETUPs per second and source
}

// Deps are what a Server works with.
type Deps struct {
	Bridge *conference.Bridge
	Codecs *codecs.Set
	Log    *slog.Logger // nil: none
	// Trace gets every message as it went; nil: none.
	Trace func(*h323.Traced)
}

func (c Config) withDefaults() (Config, error) {
	for _, l := range c.Listen {
		if !l.IsValid() {
			return c, errors.New("h323: listen: no address")
		}
	}
	if c.VideoRate < 0 {
		return c, fmt.Errorf("h323: video rate %d", c.VideoRate)
	}
	if c.Name == "" {
		c.Name = "parley"
	}
	if c.VideoRate == 0 {
		c.VideoRate = DefaultVideoRate
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
	if c.SetupRate <= 0 {
		c.SetupRate = DefaultSetupRate
	}
	if !c.MediaAddr.IsValid() {
		c.MediaAddr = netip.IPv6Unspecified()
	}
	return c, nil
}
