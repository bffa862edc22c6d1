package ras

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/qos"
)

// Config is what a Client runs under.
type Config struct {
	// Gatekeeper is its RAS address, as a rule of port 1719. Invalid: it is found
	// by multicast, on Interface.
	Gatekeeper netip.AddrPort
	Interface  *net.Interface
	// Identifier is the gatekeeper wanted; empty: any.
	Identifier h225.GatekeeperIdentifier
	// Discover sends a GRQ to Gatekeeper first; without, the endpoint registers
	// at once (H.323 clause 7.2.1, manual discovery).
	Discover bool
	// Listen is the UDP address for RAS; port 0 is any.
	Listen netip.AddrPort
	// External is the address by which others reach this host (NAT), told instead
	// of the local one.
	External netip.Addr
	// Signal are the addresses of call signalling; at least one.
	Signal []netip.AddrPort
	// SignalFor, where it is given and returns any, tells them anew for each
	// registration: a host reaches one gatekeeper from another address than the
	// next, and addresses change. It must not block.
	SignalFor func(gatekeeper netip.AddrPort) []netip.AddrPort
	// Aliases to register; Client.SetAliases replaces them.
	Aliases []h225.AliasAddress
	// Type and Vendor tell what the endpoint is.
	Type   h225.EndpointType
	Vendor h225.VendorIdentifier
	// TimeToLive of the registration, asked for; 0: five minutes.
	TimeToLive time.Duration
	// Credentials; the zero value: none.
	Credentials Credentials
	// Mutual demands that what the gatekeeper confirms is signed (H.235.1).
	Mutual bool
	// DSCP marks RAS.
	DSCP qos.DSCP
	// Calls describes those in progress, for IRR; nil: they are described by what
	// was asked at their admission. It must not block.
	Calls func() []h225.PerCallInfo
	// Changed tells of each change of State; nil: nobody is told. It must not
	// block.
	Changed func(Status)
	// ServiceControl gets each SCI (H.460.18 asks for a call by it); nil: they
	// are answered and ignored. It must not block.
	ServiceControl func(*h225.ServiceControlIndication)
	// Features of GRQ and RRQ (H.460.1); nil: none.
	Features *h225.FeatureSet
	// Trace gets every message, as it went over the wire; nil: none.
	Trace func(*h323.Traced)
	Log   *slog.Logger
	// Link carries RAS instead of a Socket at Listen.
	Link Link
	// Random gives chance; nil: that of the operating system.
	Random func() uint32
}

// defaultLife is the time to live asked for.
const defaultLife = 5 * time.Minute

func (c *Config) check() error {
	switch {
	case len(c.Signal) == 0:
		return errors.New("RAS client: no call signalling address")
	case len(c.Aliases) == 0:
		return errors.New("RAS client: no alias to register")
	case c.Gatekeeper.IsValid() && c.Gatekeeper.Addr().IsUnspecified():
		return errors.New("RAS client: the gatekeeper's address is unspecified")
	case (c.Credentials.User == "") != (c.Credentials.Password == ""):
		return errors.New("RAS client: authentication needs user and password")
	}
	return nil
}

// State of a registration.
type State uint8

// The states.
const (
	Unregistered State = iota // waiting for the next attempt, or closed
	Discovering
	Registering
	Registered
)

func (s State) String() string {
	return [...]string{"unregistered", "discovering", "registering", "registered"}[s]
}

// Status is what is known of the registration.
type Status struct {
	State      State
	Gatekeeper netip.AddrPort
	Identifier h225.GatekeeperIdentifier
	Endpoint   h225.EndpointIdentifier
	// Aliases are those that the gatekeeper confirmed, if it said.
	Aliases []h225.AliasAddress
	// TimeToLive is what was granted; 0: without end.
	TimeToLive time.Duration
	// Since is when it was registered, or lost.
	Since time.Time
	// Problem is why it is not, or was not when that was last tried, in words.
	Problem string
}

// Away says in words that there is no gatekeeper now, and why.
func (s *Status) Away() string {
	at := "a gatekeeper: none has been found"
	if s.Gatekeeper.IsValid() {
		at = "gatekeeper " + s.Gatekeeper.String()
	}
	if s.Problem == "" {
		return "not registered at " + at
	}
	return "not registered at " + at + ": " + s.Problem
}

// Stats of a Client, counts since its start.
type Stats struct {
	Sent, Received, Retransmitted                 uint64
	Malformed, Unauthentic, Unexpected, OverLimit uint64
	Registrations, Losses                         uint64
}
