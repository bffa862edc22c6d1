package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"parley/cmd/parley/internal/config"
	"parley/conference"
	"parley/h323"
	"parley/h323/authentication"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/ras"
	"parley/qos"
)

// leave gives calls leave. Each is one gatekeeper's alone: our own zone's where it
// is of its endpoints, else that of the gatekeeper at which we are registered, and
// while that one is away our own again.
type leave struct {
	zone   atomic.Pointer[gatekeeper.Gatekeeper] // nil: none
	client atomic.Pointer[ras.Client]            // nil: none
	tunnel atomic.Pointer[h323.Tunnel]           // by which client registers (H.460.17); nil: by UDP
}

// Admit implements h323.Gatekeeper.
func (l *leave) Admit(ctx context.Context, a h323.Admission) (h323.Admitted, error) {
	zone, client := l.zone.Load(), l.client.Load()
	if zone != nil && zone.Concerns(a) {
		return l.ask(ctx, zone.Resident(), a)
	}
	var status ras.Status
	if client != nil {
		status = client.Status()
	}
	// What is being registered is waited for, unless it failed before and the call
	// can do without.
	under := status.State == ras.Registering && (status.Problem == "" || !a.CalledAddr.IsValid())
	if under || status.State == ras.Registered {
		got, err := l.askOther(ctx, client, a)
		if !unreachable(err) {
			return got, err
		}
		status = client.Status()
	}
	// A gatekeeper that is away does not keep those out who find us without it.
	switch {
	case zone != nil:
		got, err := l.ask(ctx, zone.Resident(), a)
		if client != nil {
			err = alsoAway(err, &status)
		}
		return got, err
	case a.CalledAddr.IsValid():
		return h323.Admitted{Signal: a.CalledAddr, Called: a.Called, BitRate: a.BitRate}, nil
	case client != nil:
		return h323.Admitted{}, &h323.Refusal{
			Cause: q931.NetworkOutOfOrder, Text: status.Away(),
			Reason: &h225.ReleaseCompleteReason{UnreachableGatekeeper: &per.Null{}},
		}
	}
	return h323.Admitted{}, &h323.Refusal{Cause: q931.UnallocatedNumber, Text: "nobody is registered by that name"}
}

// askOther asks the gatekeeper at which we are registered.
func (l *leave) askOther(ctx context.Context, client *ras.Client, a h323.Admission) (h323.Admitted, error) {
	if a.Answer || !a.CalledAddr.IsValid() {
		return l.ask(ctx, client, a)
	}
	// Who is dialled at a host is meant there; gatekeepers look for a name in their
	// own zone first.
	called := a.Called
	a.Called = nil
	got, err := l.ask(ctx, client, a)
	got.Called = called
	return got, err
}

// unreachable tells whether a gatekeeper did not judge a call at all.
func unreachable(err error) bool {
	var r *h323.Refusal
	return errors.As(err, &r) && r.Reason != nil && r.Reason.UnreachableGatekeeper != nil
}

// alsoAway says of a name that is not of the own zone why the other gatekeeper,
// which may know it, was not asked.
func alsoAway(err error, status *ras.Status) error {
	var r *h323.Refusal
	if !errors.As(err, &r) || r.Reason == nil || r.Reason.CalledPartyNotRegistered == nil {
		return err
	}
	told := *r
	told.Text += "; parley is " + status.Away()
	return &told
}

func (l *leave) ask(ctx context.Context, g h323.Gatekeeper, a h323.Admission) (h323.Admitted, error) {
	got, err := g.Admit(ctx, a)
	if err == nil {
		if _, others := g.(*ras.Client); others {
			got.Tunnel = l.tunnel.Load()
		}
		got.By = g
	}
	return got, err
}

// Disengage implements h323.Gatekeeper, for calls that needed nobody's leave.
func (*leave) Disengage(h323.Disengagement) {}

// ChangeBandwidth implements h323.Gatekeeper, for such calls.
func (*leave) ChangeBandwidth(_ context.Context, _ h225.CallIdentifier, bitRate int) (int, error) {
	return bitRate, nil
}

// rename tells the gatekeeper at which we are registered other names.
func (l *leave) rename(old, next []h225.AliasAddress) {
	if client := l.client.Load(); client != nil && !reflect.DeepEqual(old, next) {
		client.SetAliases(next)
	}
}

// Origin implements h323.Router.
func (l *leave) Origin(from netip.AddrPort) (netip.AddrPort, bool) {
	if zone := l.zone.Load(); zone != nil {
		return zone.Origin(from)
	}
	return netip.AddrPort{}, false
}

// Behind implements h323.Traversal.
func (l *leave) Behind(to netip.AddrPort) (netip.Addr, bool) {
	if zone := l.zone.Load(); zone != nil {
		return zone.Behind(to)
	}
	return netip.Addr{}, false
}

// Indicate implements h323.Traversal.
func (l *leave) Indicate(to netip.AddrPort, call h225.CallIdentifier) bool {
	zone := l.zone.Load()
	return zone != nil && zone.Indicate(to, call)
}

// Tunnelled implements h323.RASTunnel.
func (l *leave) Tunnelled(from, local netip.AddrPort, message []byte) bool {
	zone := l.zone.Load()
	return zone != nil && zone.Tunnelled(from, local, message)
}

// TunnelLost implements h323.RASTunnel.
func (l *leave) TunnelLost(from netip.AddrPort) {
	if zone := l.zone.Load(); zone != nil {
		zone.TunnelLost(from)
	}
}

// conferences is the directory of what is here: a gatekeeper's callers find
// conferences at our own address.
type conferences struct {
	bridge   *conference.Bridge
	name     string // our own, which leads to whom no conference is named
	external netip.Addr
	signal   []netip.AddrPort
	secure   []netip.AddrPort // for calls over TLS
}

// Locate implements gatekeeper.Directory.
func (d *conferences) Locate(aliases []h225.AliasAddress, caller gatekeeper.Caller) (at gatekeeper.Located, ok bool) {
	for _, a := range aliases {
		name := ras.AliasText(a)
		_, err := d.bridge.Resolve(name)
		if err != nil {
			// Whom a route leads to is called through us.
			_, ok := d.bridge.Locate(name, caller.Address.Addr())
			if !ok && (d.name == "" || !strings.EqualFold(name, d.name)) {
				continue
			}
		}
		at.Signal, ok = d.address(caller.Address)
		at.Secure, _ = d.reached(d.secure, caller.Address)
		return at, ok
	}
	return at, false
}

// address is ours, as a caller at to reaches it.
func (d *conferences) address(to netip.AddrPort) (netip.AddrPort, bool) {
	return d.reached(d.signal, to)
}

// reached is the first of our addresses that a caller at to reaches, as it does.
func (d *conferences) reached(ours []netip.AddrPort, to netip.AddrPort) (netip.AddrPort, bool) {
	for _, s := range ours {
		switch {
		case s.Addr() == netip.IPv6Unspecified(), s.Addr() == netip.IPv4Unspecified() && to.Addr().Is4():
			return netip.AddrPortFrom(qos.Public(d.external, ras.Route(to, s.Addr()), to.Addr()), s.Port()), true
		case s.Addr().Is4() == to.Addr().Is4():
			return netip.AddrPortFrom(qos.Public(d.external, s.Addr(), to.Addr()), s.Port()), true
		}
	}
	return netip.AddrPort{}, false
}

// reserved reports whether a name is a conference's: no endpoint may take it.
func (d *conferences) reserved(alias string) bool { return d.bridge.Has(alias) }

// openZone starts the gatekeeper.
func (h *house) openZone(ctx context.Context, cfg *config.Config, trace func(*h323.Traced), log *slog.Logger) error {
	log = log.With("part", "gatekeeper")
	dir := &conferences{bridge: h.bridge, name: cfg.H323.Name, external: external(cfg), signal: h.h323.Addresses(), secure: h.h323.TLSAddresses()}
	c := zoneConfig(cfg, log)
	c.TLS = len(dir.secure) > 0
	c.Directory, c.Reserved, c.Trace = dir, dir.reserved, trace
	if len(dir.signal) > 0 {
		c.Traversal = dir.signal[0]
	}
	if cfg.Gatekeeper.Tunnel {
		c.SendTunnelled = h.h323.SendRAS
	}
	g, err := gatekeeper.New(c)
	if err != nil {
		return err
	}
	if err = g.Start(ctx); err != nil && c.Discovery {
		log.Warn("endpoints cannot find the gatekeeper by multicast", "error", err,
			"hint", "name the interfaces with gatekeeper.interfaces, or set gatekeeper.discovery: false")
		c.Discovery = false
		if g, err = gatekeeper.New(c); err == nil {
			err = g.Start(ctx)
		}
	}
	if err != nil {
		return explainListen(err, map[string]string{"udp": "gatekeeper.listen", "tcp": "gatekeeper.routed_listen"})
	}
	h.leave.zone.Store(g)
	h.calls.setRegistered(func(alias string, from netip.Addr) (string, bool) {
		at, ok := g.Reach(alias, from)
		return "h323:" + escape(alias) + "@" + at.String(), ok
	})
	h.zone, h.found = g, c.Discovery
	h.onClose(g.Close)
	return nil
}

// register begins to register with another's gatekeeper.
func (h *house) register(ctx context.Context, cfg *config.Config, trace func(*h323.Traced), log *slog.Logger) error {
	g := &cfg.H323.Gatekeeper
	log = log.With("part", "registration")
	c := ras.Config{
		External: external(cfg), DSCP: qos.DSCPCS3, Trace: trace, Log: log, Changed: advise(log),
		Type:   h225.EndpointType{MCU: &h225.MCUInfo{}, MC: true},
		Vendor: h225.VendorIdentifier{Vendor: h225.H221NonStandard{T35CountryCode: 0xb5}},
	}
	var err error
	if c.Gatekeeper, err = registrar(ctx, cfg); err != nil {
		return err
	}
	local := &conferences{external: external(cfg), signal: h.h323.Addresses()}
	to := c.Gatekeeper
	if !to.IsValid() {
		to = netip.AddrPortFrom(ras.DiscoveryGroup, ras.DiscoveryPort)
	}
	at, ok := local.address(to)
	if !ok {
		return fmt.Errorf("h323.gatekeeper: no address of h323.listen is reached from %v", to)
	}
	c.Signal = []netip.AddrPort{at}
	if !g.Tunnel {
		c.SignalFor = func(to netip.AddrPort) []netip.AddrPort {
			if at, ok := local.address(to); ok {
				return []netip.AddrPort{at}
			}
			return nil
		}
	}
	if at, ok := local.reached(h.h323.TLSAddresses(), to); ok && !g.Tunnel {
		c.Features = h460.Support(c.Features, h460.OfferTLS(at))
	}
	c.Aliases = ownAliases(cfg)
	if g.User != "" {
		c.Credentials = ras.Credentials{
			User: g.User, Password: g.Password, Methods: []authentication.Method{methods[g.Authentication]},
		}
	}
	h.leadRegistration(&c, g, at)
	client, err := ras.NewClient(c)
	if err != nil {
		return err
	}
	if err := client.Start(ctx); err != nil {
		return err
	}
	h.leave.client.Store(client)
	h.onClose(client.Close)
	return nil
}

// registrar is the gatekeeper to register with; not valid: it is looked for.
func registrar(ctx context.Context, cfg *config.Config) (at netip.AddrPort, err error) {
	g := &cfg.H323.Gatekeeper
	if g.Address == config.DiscoverGatekeeper {
		return at, nil
	}
	port := uint16(ras.Port)
	if g.Tunnel {
		port = h323.Port
	}
	if at, err = gatekeeperAddress(ctx, g.Address, port); err != nil {
		return at, fmt.Errorf("h323.gatekeeper.address: %w", err)
	}
	if cfg.OwnGatekeeper(at) {
		return at, fmt.Errorf("h323.gatekeeper.address: %s is parley's own gatekeeper at %v", g.Address, at)
	}
	return at, nil
}

// leadRegistration has a registration go the configured way out of a firewall, to
// calls at our address.
func (h *house) leadRegistration(c *ras.Config, g *config.GatekeeperClient, at netip.AddrPort) {
	switch {
	case g.Tunnel:
		tunnel := h.h323.OpenTunnel(c.Gatekeeper, func() {
			if client := h.leave.client.Load(); client != nil {
				client.ConnectionLost()
			}
		})
		h.leave.tunnel.Store(tunnel)
		c.Link = ras.OverSignalling(tunnel, at)
		c.Features = h460.Support(nil, h460.Feature(h460.RASOverSignalling))
	case g.Traversal:
		c.Features = h460.Support(c.Features, h460.Feature(h460.SignallingTraversal))
		c.ServiceControl = func(m *h225.ServiceControlIndication) {
			if i, err := h460.Indicated(m); err == nil {
				h.h323.Open(i)
			}
		}
	}
}

// methods are those of h323.gatekeeper.authentication.
var methods = map[string]authentication.Method{
	"h235.1": authentication.HMACSHA196, "md5": authentication.PasswordMD5, "cat": authentication.AccessToken,
}

// ownAliases are what is registered: the names of the machine and of its
// conferences. Conferences on demand are none: whoever opens one would take its
// name in all of the other's zone.
func ownAliases(cfg *config.Config) (aliases []h225.AliasAddress) {
	names := append([]string{cfg.H323.Name}, cfg.H323.Gatekeeper.Aliases...)
	for _, c := range cfg.Conferences {
		names = append(append(names, c.ID), c.Numbers...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		aliases = append(aliases, ras.AliasOf(name))
	}
	return aliases
}

// gatekeeperAddress looks a host up.
func gatekeeperAddress(ctx context.Context, text string, otherwise uint16) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = text, fmt.Sprint(otherwise)
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return netip.ParseAddrPort(net.JoinHostPort(addrs[0].Unmap().String(), port))
}

// lookupTimeout bounds the start where the network's names do not answer.
const lookupTimeout = 5 * time.Second

func zoneConfig(cfg *config.Config, log *slog.Logger) gatekeeper.Config {
	g := &cfg.Gatekeeper
	c := gatekeeper.Config{
		Identifier: h225.GatekeeperIdentifier(g.Identifier), External: external(cfg), TimeToLive: g.TimeToLive,
		UsersOnly: g.UsersOnly, TotalBandwidth: 1000 * g.TotalKbps, CallBandwidth: 1000 * g.CallKbps,
		DSCP: qos.DSCPCS3, Log: log,
	}
	for _, text := range g.Listen {
		both := listenBoth(text)
		c.Listen = append(c.Listen, both...)
		c.Discovery = c.Discovery || g.Discovery && both[0].Addr().IsUnspecified()
	}
	if g.Routed {
		c.Routed, c.Signal = true, listen(g.RoutedListen)
	}
	switch g.Unregistered {
	case "call":
		c.Unregistered = gatekeeper.UnregisteredCall
	case "locate":
		c.Unregistered = gatekeeper.UnregisteredLocate
	}
	c.ReportEvery = g.ReportEvery
	switch g.PreGranted {
	case "users":
		c.PreGranted = gatekeeper.PreGrantedUsers
	case "all":
		c.PreGranted = gatekeeper.PreGrantedAll
	}
	for _, u := range g.Users {
		c.Users = append(c.Users, gatekeeper.User{Name: u.Name, Password: u.Password, Aliases: u.Aliases})
	}
	for _, s := range g.Static {
		c.Static = append(c.Static, gatekeeper.Static{Alias: s.Alias, Address: peer(s.Address)})
	}
	for _, n := range g.Neighbours {
		c.Neighbours = append(c.Neighbours, gatekeeper.Neighbour{
			Identifier: h225.GatekeeperIdentifier(n.Identifier), Address: peer(n.Address), Prefixes: n.Prefixes, Password: n.Password,
		})
	}
	for _, a := range g.Alternates {
		c.Alternates = append(c.Alternates, gatekeeper.Alternate{
			Identifier: h225.GatekeeperIdentifier(a.Identifier), Address: peer(a.Address), NeedToRegister: true, Priority: uint8(a.Priority),
		})
	}
	if limit := g.MaxCallTime; limit > 0 {
		c.Credit = func(string, []h225.AliasAddress) (gatekeeper.Credit, error) {
			return gatekeeper.Credit{Limit: limit}, nil
		}
	}
	for _, name := range g.Interfaces {
		if i, err := net.InterfaceByName(name); err == nil { // it has been checked
			c.Interfaces = append(c.Interfaces, *i)
		}
	}
	return c
}

// peer is an address that has been checked.
func peer(text string) netip.AddrPort {
	a, _ := netip.ParseAddrPort(text)
	return a
}
