package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/cmd/parley/internal/config"
	"parley/codecs"
	"parley/multicast"
	"parley/multicast/allocation"
	"parley/multicast/madcap"
	"parley/multicast/sap"
)

// How the ledger names what is parley's own: groups of the configuration, which
// keep their addresses, and those that the API opened.
const (
	declaredPrefix = "group:"
	openedPrefix   = "opened:"
)

// leases is the addresses that are given: to groups of this bridge and, by
// MADCAP, to programs of others.
type leases struct {
	pool   *allocation.Allocator
	ledger *allocation.Ledger
	log    *slog.Logger
	heard  atomic.Pointer[sap.Listener] // nil: nothing is heard
	groups *multicast.Server
	codecs *codecs.Set
	config config.Multicast
	served *madcap.Listener // nil: nothing is leased

	changing sync.Mutex // held while groups are opened, moved and closed

	mu    sync.Mutex
	given []*given
	moved uint64 // groups that gave way
}

// given is a group of this bridge whose address was chosen or, without leases,
// named by the configuration.
type given struct {
	leases []string // in the ledger: of each family
	opened bool     // by the API, and not by the configuration
	group  multicast.GroupConfig
	clash  string // who uses the address as well
	told   string // of the clash
	// moves are those that are not long past; tend has it.
	moves []time.Time
}

// openLeases reads who has which addresses.
func (h *house) openLeases(cfg *config.Config, set *codecs.Set, log *slog.Logger) error {
	ledger, err := allocation.OpenLedger(cfg.Multicast.Allocation.State)
	if err != nil {
		return fmt.Errorf("multicast.allocation.state: %w", err)
	}
	l := &leases{ledger: ledger, log: log, codecs: set, config: cfg.Multicast}
	c := allocation.Config{Scopes: directoryScopes(cfg), Taken: l.announced}
	for _, text := range cfg.Multicast.Allocation.Ranges {
		if r, err := netip.ParsePrefix(text); err == nil { // it has been checked
			c.Ranges = append(c.Ranges, r)
		}
	}
	l.pool = allocation.New(c)
	for _, group := range namedGroups(cfg, set) {
		l.pool.Hold(group)
	}
	h.leases = l
	return nil
}

// namedGroups are the addresses that the configuration names, by SDP files, too.
func namedGroups(cfg *config.Config, set *codecs.Set) []netip.Addr {
	var out []netip.Addr
	file := func(path string) {
		if g, _, err := multicast.ReadSession(path, set); err == nil { // it has been checked
			for _, at := range g.Addresses() {
				out = append(out, at.Addr())
			}
		}
	}
	for i := range cfg.Conferences {
		for j := range cfg.Conferences[i].Multicast {
			g := &cfg.Conferences[i].Multicast[j]
			for _, s := range []config.Stream{g.Audio, g.Video} {
				if at, err := config.ParseGroup(s.Group); err == nil {
					layers, _ := multicast.Layers(at, s.Layers, false) // it has been checked
					for _, group := range append(layers, at) {
						out = append(out, group.Addr())
					}
				}
			}
			if g.SDP != "" {
				file(g.SDP)
			}
		}
	}
	for i := range cfg.Multicast.Sessions {
		file(cfg.Multicast.Sessions[i].File)
	}
	return out
}

func directoryScopes(cfg *config.Config) []netip.Prefix {
	var out []netip.Prefix
	for _, text := range cfg.Multicast.Directory.Scopes {
		if scope, err := config.ParseScope(text); err == nil { // it has been checked
			out = append(out, scope)
		}
	}
	return out
}

// announced reports whether others announce a group.
func (l *leases) announced(group netip.Addr) bool {
	heard := l.heard.Load()
	return heard != nil && heard.Taken(group)
}

// resolve chooses the addresses of the groups that leave them to the bridge, or
// finds those that they had. The Config that is returned has them; cfg stays as
// it is.
func (l *leases) resolve(cfg *config.Config) (*config.Config, error) {
	// Leases first: what is promised to others is theirs.
	for _, one := range l.ledger.Leases() {
		own := strings.HasPrefix(one.ID, declaredPrefix)
		over := !one.End.IsZero() && one.End.Add(cfg.Multicast.MADCAP.Extra).Before(time.Now())
		if over || strings.HasPrefix(one.ID, openedPrefix) || own && !declared(cfg, one.ID) {
			l.ledger.Delete(one.ID)
			continue
		}
		for _, b := range one.Blocks {
			_ = l.pool.Restore(b) // what is there twice ends some day
		}
	}
	out := *cfg
	out.Conferences = slices.Clone(cfg.Conferences)
	for i := range out.Conferences {
		c := &out.Conferences[i]
		c.Multicast = slices.Clone(c.Multicast)
		for j := range c.Multicast {
			if err := l.resolveGroup(c, j); err != nil {
				return nil, fmt.Errorf("conferences[%d].multicast[%d]: %w", i, j, err)
			}
		}
	}
	return &out, l.ledger.Save()
}

// leaseID names the address of a declared group.
func leaseID(conference string, group int, v6 bool) string {
	id := fmt.Sprintf("%s%s/%d", declaredPrefix, conference, group+1)
	if v6 {
		id += "/ipv6"
	}
	return id
}

// declared reports whether the configuration still leaves this address to the
// bridge.
func declared(cfg *config.Config, id string) bool {
	for i := range cfg.Conferences {
		c := &cfg.Conferences[i]
		for j := range c.Multicast {
			for _, s := range []config.Stream{c.Multicast[j].Audio, c.Multicast[j].Video} {
				if a, ok := s.AutoStream(1); ok && leaseID(c.ID, j, a.IPv6) == id {
					return true
				}
			}
		}
	}
	return false
}

func (l *leases) resolveGroup(c *config.Conference, j int) error {
	g := &c.Multicast[j]
	for _, s := range []struct {
		stream *config.Stream
		port   uint16
	}{{&g.Audio, config.AutoAudioPort}, {&g.Video, config.AutoVideoPort}} {
		a, ok := s.stream.AutoStream(s.port)
		if !ok {
			continue
		}
		id := leaseID(c.ID, j, a.IPv6)
		one, ok := l.ledger.Lease(id)
		if r, _ := l.pool.Range(a.IPv6); ok && !r.Contains(one.Blocks[0].First) {
			l.pool.Release(one.Blocks[0]) // the range is another now
			ok = false
		}
		if !ok {
			var err error
			if one, err = l.allot(id, c.ID, a.IPv6); err != nil {
				return err
			}
		}
		s.stream.Group = netip.AddrPortFrom(one.Blocks[0].First, a.Port).String()
	}
	return nil
}

// allot chooses an address and enters it.
func (l *leases) allot(id, conference string, v6 bool) (allocation.Lease, error) {
	r, ok := l.pool.Range(v6)
	if !ok {
		return allocation.Lease{}, allocation.ErrNone
	}
	b, err := l.pool.Allocate(r, 1)
	if err != nil {
		return allocation.Lease{}, fmt.Errorf("%w: all of %v is taken or, as the highest 256 of a scope, reserved", err, r)
	}
	now := time.Now().UTC().Truncate(time.Second)
	one := allocation.Lease{ID: id, Holder: conference, Blocks: []allocation.Block{b}, Granted: now, Start: now}
	l.ledger.Put(one)
	return one, nil
}

// giveBack ends a lease of parley's own.
func (l *leases) giveBack(id string) {
	one, ok := l.ledger.Lease(id)
	if !ok {
		return
	}
	l.ledger.Delete(id)
	for _, b := range one.Blocks {
		l.pool.Release(b)
	}
}

// adopt takes note of the declared groups, and of which addresses resolve has
// chosen for them: mc has those of cfg in order.
func (l *leases) adopt(cfg *config.Config, mc *multicast.Config) {
	n := 0
	for i := range cfg.Conferences {
		c := &cfg.Conferences[i]
		for j := range c.Multicast {
			g := &given{}
			for _, s := range []config.Stream{c.Multicast[j].Audio, c.Multicast[j].Video} {
				if a, ok := s.AutoStream(1); ok && !slices.Contains(g.leases, leaseID(c.ID, j, a.IPv6)) {
					g.leases = append(g.leases, leaseID(c.ID, j, a.IPv6))
				}
			}
			if len(g.leases) > 0 {
				mc.Groups[n].Identity = fmt.Sprint("auto ", j+1)
			}
			g.group = mc.Groups[n]
			l.given = append(l.given, g)
			n++
		}
	}
}

// serve leases addresses by MADCAP.
func (h *house) serveLeases(cfg *config.Config, log *slog.Logger) error {
	l, m := h.leases, &cfg.Multicast.MADCAP
	if !m.Enabled {
		return nil
	}
	interfaces := cfg.Multicast.Directory.Interfaces
	if len(interfaces) == 0 && cfg.Multicast.Interface != "" {
		interfaces = append([]string{cfg.Multicast.Interface}, cfg.Multicast.MoreInterfaces...)
	}
	served, err := madcap.Listen(madcap.ListenConfig{
		Server: madcap.Config{
			Scopes: leaseScopes(cfg), MaxLease: m.MaxLease, Extra: m.Extra, Skew: m.ClockSkew, MaxLeases: m.MaxLeases, MaxPerClient: m.MaxPerClient,
		},
		Interfaces: interfaces, Log: log.With("protocol", "madcap"),
	}, l.pool, l.ledger)
	if err != nil {
		return fmt.Errorf("multicast.madcap: %w", err)
	}
	l.served = served
	h.onClose(func(context.Context) error { return served.Close() })
	return nil
}

// leaseScopes are the scopes of the ranges, the smallest first (RFC 2730 3.10).
func leaseScopes(cfg *config.Config) []madcap.Scope {
	var out []madcap.Scope
	for _, text := range cfg.Multicast.Allocation.Ranges {
		r, err := netip.ParsePrefix(text)
		if err != nil {
			continue // checked
		}
		scope := allocation.ScopeOf(r, directoryScopes(cfg))
		s := madcap.Scope{First: scope.Addr(), Last: allocation.Last(scope), Range: r.Masked(), TTL: cfg.Multicast.MADCAP.TTL, Name: scope.String()}
		if !slices.ContainsFunc(out, func(o madcap.Scope) bool { return o.First == s.First }) { // RFC 2730 3.10: each once
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b madcap.Scope) int { return width(a) - width(b) })
	return out
}

// width orders scopes by how far they reach: IPv4 local, others of RFC 2365, the
// world; IPv6 as RFC 7346 numbers them.
func width(s madcap.Scope) int {
	if s.First.Is6() {
		return int(s.First.As16()[1] & 0x0f)
	}
	switch b := s.First.As4(); {
	case b[0] == 239 && b[1] == 255:
		return 0
	case b[0] == 239:
		return 1
	}
	return 2
}
