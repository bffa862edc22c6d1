package gatekeeper

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"parley/h323"
	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/ras"
	"parley/qos"
)

// Config is what a Gatekeeper runs under.
type Config struct {
	// Identifier is its name; 1 to 128 characters.
	Identifier h225.GatekeeperIdentifier
	// Listen are UDP addresses for RAS; none: port 1719 of v4 and v6.
	Listen []netip.AddrPort
	// Discovery answers on 224.0.1.41:1718 (v4 only), on Interfaces; none: that
	// which the routing table chooses.
	Discovery  bool
	Interfaces []net.Interface
	// External is the address by which others reach this host (NAT).
	External netip.Addr
	// TimeToLive of registrations, at most; 0: five minutes.
	TimeToLive time.Duration

	// Users may register with their password. An alias that a user has, nobody
	// else gets.
	Users []User
	// UsersOnly refuses endpoints that are no user's.
	UsersOnly bool
	// Foreign lets unproved endpoints register addresses other than the one that
	// they send from. With it, anyone can have calls sent to any host.
	Foreign bool
	// Unregistered is what may be done without registration.
	Unregistered Unregistered
	// Reserved tells of aliases that no endpoint may take, as those of
	// conferences; nil: none. It must not block.
	Reserved func(alias string) bool

	// Static are aliases of endpoints that do not register.
	Static []Static
	// Neighbours are other zones.
	Neighbours []Neighbour
	// Alternates are told to endpoints, to turn to when this one fails.
	Alternates []Alternate
	// Directory finds names that are no endpoint's; nil: none.
	Directory Directory

	// TotalBandwidth of all calls and CallBandwidth of each, bit/s in both
	// directions together; 0: not bounded.
	TotalBandwidth, CallBandwidth int
	// Credit tells how long a call may last, 0: not bounded; nil: none is. The
	// calling endpoint's alias or user is given. It must not block.
	Credit func(caller string, called []h225.AliasAddress) (Credit, error)

	// ReportEvery asks endpoints to tell so often that their calls still are (IRR),
	// whole seconds from 1 to 65535; 0: they are not asked. A call that was reported
	// and then is not any more is ended after three times as long.
	ReportEvery time.Duration
	// PreGranted are the endpoints that need not ask for admission where they know
	// an address, or where calls are routed. Their calls are not counted.
	PreGranted PreGranted

	// Signal is where calls are signalled to in routed mode; where it is
	// unspecified, endpoints are told the address to which their RAS comes. Invalid:
	// endpoints call each other directly. See Routed.
	Signal netip.AddrPort
	// Routed has all calls signalled through Signal.
	Routed bool
	// SignalListener takes routed calls instead of one opened at Signal.
	SignalListener net.Listener

	// Traversal is the address of call signalling of the endpoint that carries the
	// calls of endpoints behind firewalls (H.460.18), which asks Behind and Indicate;
	// where it is unspecified, that to which their RAS comes is told. Invalid: such
	// endpoints are not taken as such.
	Traversal netip.AddrPort

	// TLS tells endpoints and neighbours that ask for it where others take calls over
	// TLS, and this process's endpoint where they do (H.460.22). Calls that are
	// routed or carried are told no such address.
	TLS bool

	// SendTunnelled sends an encoded RasMessage by the connection of call signalling
	// of an endpoint that registered by it (H.460.17), and reports whether there is
	// one; it must not block. See Tunnelled. nil: no such endpoint is taken.
	SendTunnelled func(to netip.AddrPort, message []byte) bool

	// ServiceControl gets each SCI of an endpoint; nil: they are answered as not
	// available. It must not block.
	ServiceControl func(h225.EndpointIdentifier, *h225.ServiceControlIndication)
	// Changed tells of each registration that came or went; nil: nobody is told.
	// It must not block.
	Changed func(Registration, bool)
	// Trace gets every message, as it went over the wire; nil: none.
	Trace func(*h323.Traced)
	// DSCP marks RAS.
	DSCP qos.DSCP
	Log  *slog.Logger
	// Links carry RAS instead of sockets at Listen.
	Links []ras.Link
	// Random gives chance; nil: that of the operating system.
	Random func() uint32
}

// User may register.
type User struct {
	Name, Password string
	// Aliases that the user's endpoints may have, beside Name; none: any that is
	// nobody else's.
	Aliases []string
	// Methods by which the password may be proved; none: any.
	Methods []authentication.Method
}

// Unregistered is what endpoints may do that are not registered.
type Unregistered uint8

// The policies.
const (
	// UnregisteredRefuse: nothing.
	UnregisteredRefuse Unregistered = iota
	// UnregisteredCall: call those that are registered, and be called by them.
	UnregisteredCall
	// UnregisteredLocate: also ask where an alias is (LRQ).
	UnregisteredLocate
)

// PreGranted is whose calls are admitted without asking (H.225.0, preGrantedARQ).
type PreGranted uint8

// The policies.
const (
	PreGrantedNone  PreGranted = iota
	PreGrantedUsers            // who proved a password
	PreGrantedAll
)

// Static is an alias of an endpoint that does not register.
type Static struct {
	Alias   string
	Address netip.AddrPort // of call signalling
}

// Neighbour is another zone's gatekeeper.
type Neighbour struct {
	Identifier h225.GatekeeperIdentifier
	Address    netip.AddrPort // of RAS
	// Prefixes of the aliases that are looked for there; one may be "", for all
	// that is found nowhere else.
	Prefixes []string
	// Password signs and proves LRQs (H.235.1); empty: they are not.
	Password string
}

// Alternate is another gatekeeper of the same zone.
type Alternate struct {
	Identifier     h225.GatekeeperIdentifier
	Address        netip.AddrPort
	NeedToRegister bool
	Priority       uint8 // 0 is first, 127 last
}

// Credit is what a call may cost.
type Credit struct {
	// Limit of the call's duration; 0: none.
	Limit time.Duration
	// Amount left, as text for the caller; may be empty.
	Amount string
}

// Caller is who looks for an alias.
type Caller struct {
	Aliases []h225.AliasAddress
	Address netip.AddrPort // of RAS
	User    string         // whose password was proved; empty: none
	// Endpoint is empty where the caller is not registered here, as one of a
	// neighbour's zone.
	Endpoint h225.EndpointIdentifier
}

// Directory finds what is no endpoint: conferences, SIP users, trunks. Locate
// returns where calls are signalled to, often this process's own addresses. It is
// called in a goroutine of its own and may take some seconds.
type Directory interface {
	Locate(aliases []h225.AliasAddress, caller Caller) (Located, bool)
}

// Located is where calls are signalled to.
type Located struct {
	Signal netip.AddrPort
	Secure netip.AddrPort // over TLS; invalid: they are not
}

// defaultLife is a registration's time to live.
const defaultLife = 5 * time.Minute

func (c *Config) check() error {
	if n := len(c.Identifier); n == 0 || n > 128 {
		return errors.New("gatekeeper: its identifier has 1 to 128 characters")
	}
	if c.Routed && !c.Signal.IsValid() {
		return errors.New("gatekeeper: routed mode needs an address for call signalling")
	}
	if c.PreGranted != PreGrantedNone && (c.TotalBandwidth > 0 || c.CallBandwidth > 0 || c.Credit != nil) {
		return errors.New("gatekeeper: neither bandwidth nor credit bounds calls that nobody asks for: they cannot be pre-granted")
	}
	if r := c.ReportEvery; r < 0 || r > 0 && r < time.Second || r > 65535*time.Second {
		return fmt.Errorf("gatekeeper: reports every %v, which is not 1 to 65535 s", r)
	}
	owners := map[string]string{}
	for _, u := range c.Users {
		if u.Name == "" || u.Password == "" {
			return fmt.Errorf("gatekeeper: user %q needs a name and a password", u.Name)
		}
		for _, a := range append([]string{u.Name}, u.Aliases...) {
			if owner, taken := owners[folded(a)]; taken && owner != u.Name {
				return fmt.Errorf("gatekeeper: users %q and %q both have alias %q", owner, u.Name, a)
			}
			owners[folded(a)] = u.Name
		}
	}
	for _, s := range c.Static {
		if s.Alias == "" || !s.Address.IsValid() {
			return fmt.Errorf("gatekeeper: static alias %q needs a name and an address", s.Alias)
		}
	}
	for _, n := range c.Neighbours {
		if !n.Address.IsValid() {
			return fmt.Errorf("gatekeeper: neighbour %q needs an address", n.Identifier)
		}
	}
	if len(c.Alternates) > maxAlternates {
		return fmt.Errorf("gatekeeper: %d alternates, at most %d", len(c.Alternates), maxAlternates)
	}
	return nil
}

// told is one of our addresses as a peer reaches it; the invalid peer is any
// outside.
func (c *Config) told(a netip.AddrPort, peer netip.Addr) netip.AddrPort {
	return netip.AddrPortFrom(qos.Public(c.External, a.Addr(), peer), a.Port())
}

// signal is the address of call signalling in routed mode as told to a peer,
// which reaches us at local.
func (c *Config) signal(local, peer netip.Addr) netip.AddrPort {
	a := c.Signal
	if a.Addr().IsUnspecified() {
		a = netip.AddrPortFrom(local.Unmap(), a.Port())
	}
	return c.told(a, peer)
}

// folded is how aliases are compared: without regard to case, as h323-IDs are
// typed, and without the zero that some stacks send.
func folded(alias string) string { return strings.ToLower(strings.TrimRight(alias, "\x00")) }
