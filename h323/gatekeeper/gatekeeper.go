package gatekeeper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// Gatekeeper runs a zone. Its methods are safe for concurrent use.
type Gatekeeper struct {
	cfg    Config
	links  []ras.Link
	router *router // nil: calls are direct

	mu      sync.Mutex
	zone    *zone         // guarded by mu
	started bool          // guarded by mu
	wake    chan struct{} // the time of next has changed
	stop    chan struct{}
	running sync.WaitGroup
}

// Stats of a Gatekeeper; counts since its start but for Endpoints, Calls and
// Lookups.
type Stats struct {
	Endpoints, Calls, Lookups                 int
	BitRate                                   int // granted to all calls
	Connections                               int // of callers, in routed mode
	Received, Duplicates, Malformed           uint64
	Unexpected, Unauthentic, OverLimit        uint64
	Amplifying                                uint64 // answers not sent, too long for their request
	Registrations, Admitted, Located, Refused uint64
}

// New checks cfg. Nothing is opened yet.
func New(cfg Config) (*Gatekeeper, error) {
	if cfg.TimeToLive == 0 {
		cfg.TimeToLive = defaultLife
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Random == nil {
		cfg.Random = ras.Random
	}
	if len(cfg.Listen) == 0 {
		cfg.Listen = []netip.AddrPort{
			netip.AddrPortFrom(netip.IPv4Unspecified(), ras.Port), netip.AddrPortFrom(netip.IPv6Unspecified(), ras.Port),
		}
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Gatekeeper{cfg: cfg, wake: make(chan struct{}, 1), stop: make(chan struct{})}, nil
}

// Start listens. An error names the address that could not be had.
func (g *Gatekeeper) Start(_ context.Context) error {
	g.links = g.cfg.Links
	if len(g.links) == 0 {
		if err := g.listen(); err != nil {
			return errors.Join(err, g.closeLinks())
		}
	}
	g.mu.Lock()
	g.zone = newZone(g.cfg, g.own)
	g.mu.Unlock()
	if err := g.listenRouted(); err != nil {
		return errors.Join(err, g.closeLinks())
	}
	g.mu.Lock()
	g.started = true
	g.mu.Unlock()
	g.running.Add(1 + len(g.links))
	for _, l := range g.links {
		go g.read(l)
	}
	go g.clock()
	return nil
}

func (g *Gatekeeper) listen() error {
	for _, at := range g.cfg.Listen {
		s, err := ras.Listen(at, g.cfg.DSCP)
		if err != nil {
			return fmt.Errorf("gatekeeper: %w", err)
		}
		g.links = append(g.links, s)
	}
	if !g.cfg.Discovery {
		return nil
	}
	s, err := ras.ListenGroup(g.cfg.Interfaces)
	if err != nil {
		return err
	}
	g.links = append(g.links, s)
	return nil
}

func (g *Gatekeeper) closeLinks() error {
	var all error
	for _, l := range g.links {
		all = errors.Join(all, l.Close())
	}
	return all
}

// Close tells all endpoints that they are not registered any more, and closes the
// sockets. It does not wait for their answers.
func (g *Gatekeeper) Close(_ context.Context) error {
	g.mu.Lock()
	if !g.started {
		g.mu.Unlock()
		return nil
	}
	g.started = false
	now := time.Now()
	for _, e := range g.zone.endpoints {
		g.zone.drop(now, e, &h225.UnregRequestReason{Maintenance: &per.Null{}})
	}
	g.mu.Unlock()
	g.perform()
	if g.router != nil {
		g.router.close()
	}
	close(g.stop)
	err := g.closeLinks()
	g.running.Wait()
	return err
}

// own is our address of RAS toward another.
func (g *Gatekeeper) own(to netip.AddrPort) netip.AddrPort {
	l := g.linkTo(ras.Datagram{Remote: to})
	if l == nil {
		return netip.AddrPort{}
	}
	local := l.LocalAddr()
	if local.Addr().IsUnspecified() {
		return netip.AddrPortFrom(ras.Route(to, local.Addr()), local.Port())
	}
	return local
}

// linkTo returns the link to send from: the one that was asked, else the first
// that reaches the other's kind of address.
func (g *Gatekeeper) linkTo(d ras.Datagram) ras.Link {
	var first ras.Link
	for _, l := range g.links {
		local := l.LocalAddr()
		switch {
		case local.Addr().IsMulticast() || local.Addr().Is4() != d.Remote.Addr().Is4():
		case local == d.Local || local.Addr().IsUnspecified() && local.Port() == d.Local.Port():
			return l
		case first == nil:
			first = l
		}
	}
	return first
}

func (g *Gatekeeper) read(l ras.Link) {
	defer g.running.Done()
	for {
		d, err := l.ReadDatagram()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // of one datagram, as an ICMP error for an earlier answer
		}
		if d.Group || d.Local.Addr().IsUnspecified() {
			d.Local = g.own(d.Remote)
		}
		g.mu.Lock()
		g.zone.receive(time.Now(), d)
		g.mu.Unlock()
		g.act()
	}
}

// clock ticks when there is something to do.
func (g *Gatekeeper) clock() {
	defer g.running.Done()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-g.stop:
			return
		case <-g.wake:
		case <-timer.C:
			g.mu.Lock()
			g.zone.tick(time.Now())
			g.mu.Unlock()
			g.perform()
		}
		g.mu.Lock()
		next := g.zone.next()
		g.mu.Unlock()
		if next.IsZero() {
			timer.Stop()
			continue
		}
		timer.Reset(time.Until(next))
	}
}

func (g *Gatekeeper) act() {
	g.perform()
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// perform does what the zone wants.
func (g *Gatekeeper) perform() {
	g.mu.Lock()
	actions := g.zone.take()
	g.mu.Unlock()
	for _, a := range actions {
		switch a := a.(type) {
		case transmit:
			g.transmit(a)
		case locate:
			g.running.Add(1)
			go g.locate(a)
		case changed:
			g.tell(a)
		case dropped:
			a.drop()
		case hangUp:
			if g.router != nil {
				g.router.hangUp(a.id)
			}
		case service:
			g.cfg.ServiceControl(a.from, a.sci)
		case received:
			g.trace(a.datagram, a.message, false)
		case refused:
			g.cfg.Log.Warn("gatekeeper refused", "from", a.from, "message", a.name, "why", a.why)
		case leftOut:
			g.cfg.Log.Warn("gatekeeper refused", "left_out", a.refusals)
		}
	}
}

func (g *Gatekeeper) transmit(a transmit) {
	if a.datagram.Tunnel {
		if g.cfg.SendTunnelled(a.datagram.Remote, a.datagram.Data) {
			g.trace(a.datagram, a.message, true)
		}
		return
	}
	l := g.linkTo(a.datagram)
	if l == nil {
		return
	}
	if err := l.WriteDatagram(a.datagram); err != nil {
		g.cfg.Log.Debug("RAS not sent", "to", a.datagram.Remote, "error", err) // it counts as lost
		return
	}
	g.trace(a.datagram, a.message, true)
}

// locate asks the directory, which may take its time.
func (g *Gatekeeper) locate(a locate) {
	defer g.running.Done()
	to, ok := g.cfg.Directory.Locate(a.aliases, a.caller)
	g.mu.Lock()
	g.zone.located(time.Now(), a.id, to, ok)
	g.mu.Unlock()
	g.act()
}

func (g *Gatekeeper) tell(a changed) {
	r := a.registration
	text := "registered"
	if a.gone {
		text = "unregistered"
	}
	g.cfg.Log.Info("endpoint "+text, "endpoint", r.Identifier, "aliases", strings.Join(r.Aliases, " "), "signal", r.Signal, "user", r.User)
	if g.cfg.Changed != nil {
		g.cfg.Changed(r, a.gone)
	}
}

func (g *Gatekeeper) trace(d ras.Datagram, m *h225.RasMessage, sent bool) {
	if g.cfg.Trace == nil {
		return
	}
	if m == nil {
		m = new(h225.RasMessage)
		if _, err := per.Unmarshal(d.Data, m); err != nil {
			return
		}
	}
	g.cfg.Trace(&h323.Traced{
		Time: time.Now(), Sent: sent, Local: d.Local, Remote: d.Remote, Protocol: "RAS", Name: ras.Name(m), Message: m, Octets: d.Data,
	})
}

// Endpoints returns the registered endpoints, in order of their registration.
func (g *Gatekeeper) Endpoints() []Registration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.zone == nil {
		return nil
	}
	var all []Registration
	for _, e := range g.zone.endpoints {
		all = append(all, e.registration())
	}
	slices.SortFunc(all, func(a, b Registration) int {
		if n := a.Since.Compare(b.Since); n != 0 {
			return n
		}
		return strings.Compare(string(a.Identifier), string(b.Identifier))
	})
	return all
}

// Calls returns the admitted calls, in order of their admission.
func (g *Gatekeeper) Calls() []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.zone == nil {
		return nil
	}
	var all []Call
	for _, c := range g.zone.calls {
		all = append(all, c.snapshot())
	}
	slices.SortFunc(all, func(a, b Call) int { return a.Since.Compare(b.Since) })
	return all
}

// Lookup returns the address of call signalling of a registered endpoint or
// static alias, or of a gateway with a prefix of it. It asks nobody.
func (g *Gatekeeper) Lookup(alias string) (netip.AddrPort, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.zone == nil {
		return netip.AddrPort{}, false
	}
	found, ok := g.zone.find(&search{aliases: []h225.AliasAddress{ras.AliasOf(alias)}})
	return found.signal, ok
}

// Reach returns where to call who has a name or number, for somebody at from who is
// put through by this process. Prefixes of gateways do not count: a stranger would
// telephone at their owner's expense, and in this process's name. Under
// UnregisteredRefuse, only those are put through from whose host somebody is
// registered. What a registered endpoint behind a firewall was just admitted to call,
// it is put through to, whatever that is.
func (g *Gatekeeper) Reach(alias string, from netip.Addr) (netip.AddrPort, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.zone == nil || g.cfg.Unregistered == UnregisteredRefuse && g.zone.sources[ras.Source(from)] == 0 {
		return netip.AddrPort{}, false
	}
	if found, ok := g.zone.named(alias); ok {
		return found.signal, true
	}
	return g.zone.admittedTo(time.Now(), alias, from)
}

// Unregister ends a registration; false: there was none.
func (g *Gatekeeper) Unregister(id h225.EndpointIdentifier) bool {
	return g.order(func(z *zone, now time.Time) bool {
		e := z.endpoints[id]
		if e != nil {
			z.drop(now, e, &h225.UnregRequestReason{UndefinedReason: &per.Null{}})
		}
		return e != nil
	})
}

// Disengage has the ends of a call end it; false: there was none.
func (g *Gatekeeper) Disengage(id h225.CallIdentifier) bool {
	return g.order(func(z *zone, now time.Time) bool {
		c := z.calls[id.GUID]
		if c != nil {
			z.end(now, c)
		}
		return c != nil
	})
}

// order has the zone do something.
func (g *Gatekeeper) order(do func(*zone, time.Time) bool) bool {
	g.mu.Lock()
	if !g.started {
		g.mu.Unlock()
		return false
	}
	ok := do(g.zone, time.Now())
	g.mu.Unlock()
	g.act()
	return ok
}

// Signal is where calls are signalled to in routed mode, from outside.
func (g *Gatekeeper) Signal() netip.AddrPort { return g.cfg.told(g.cfg.Signal, netip.Addr{}) }

// Stats is a snapshot.
func (g *Gatekeeper) Stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.zone == nil {
		return Stats{}
	}
	s := g.zone.stats
	s.Endpoints, s.Calls, s.Lookups = len(g.zone.endpoints), len(g.zone.calls), len(g.zone.lookups)
	s.BitRate = 100 * g.zone.bandwidth
	if g.router != nil {
		connections, overLimit := g.router.counts()
		s.Connections, s.OverLimit = connections, s.OverLimit+overLimit
	}
	return s
}
