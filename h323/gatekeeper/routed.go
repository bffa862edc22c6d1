package gatekeeper

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
	"parley/qos/accept"
)

// router carries call signalling in routed mode (H.323, gatekeeper routed): each
// connection of a caller has one of its own to the called endpoint. H.245 passes
// through, tunnelled or by the address that an end tells; media does not come
// here.
type router struct {
	gatekeeper *Gatekeeper
	listener   net.Listener

	mu        sync.Mutex
	relays    map[*relay]struct{}              // guarded by mu
	calls     map[h225.GloballyUniqueID]*relay // guarded by mu
	ways      map[netip.AddrPort]*relay        // by our end of the connection to the called side; guarded by mu
	pace      *ras.Pace                        // of SETUPs; guarded by mu
	lines     *ras.Pace                        // of the log; guarded by mu
	overLimit uint64                           // SETUPs; guarded by mu
	closed    bool                             // guarded by mu
	running   sync.WaitGroup
}

func (g *Gatekeeper) listenRouted() error {
	if !g.cfg.Routed {
		return nil
	}
	l := g.cfg.SignalListener
	if l == nil {
		var err error
		at := net.TCPAddrFromAddrPort(g.cfg.Signal)
		if g.cfg.Signal.Addr() == netip.IPv6Unspecified() {
			at.IP = nil // IPv4 alone on a machine that has no IPv6
		}
		if l, err = net.ListenTCP("tcp", at); err != nil {
			return fmt.Errorf("gatekeeper: call signalling on %v: %w", g.cfg.Signal, err)
		}
	}
	g.router = &router{
		gatekeeper: g, relays: map[*relay]struct{}{}, calls: map[h225.GloballyUniqueID]*relay{},
		ways:     map[netip.AddrPort]*relay{},
		pace:     ras.NewPace(setupRate, setupBurst),
		lines:    ras.NewPace(lineRate, lineBurst),
		listener: accept.Within(l, accept.Limits{Total: maxRelays, PerSource: maxRelaysPerSource, Strangers: maxStrangers}),
	}
	g.router.running.Add(1)
	go g.router.accept()
	return nil
}

// accept takes callers' connections until the listener is closed.
func (r *router) accept() {
	defer r.running.Done()
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		l := r.admit(conn)
		if l == nil {
			conn.Close()
			continue
		}
		go func() {
			defer r.running.Done()
			l.run()
			r.remove(l)
		}()
	}
}

// admit begins with a connection; nil: all are being closed.
func (r *router) admit(conn net.Conn) *relay {
	remote, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return nil
	}
	from := remote.AddrPort()
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	l := &relay{router: r, remote: from}
	l.legs[caller].conn = conn
	r.relays[l] = struct{}{}
	r.running.Add(1)
	return l
}

func (r *router) remove(l *relay) {
	r.mu.Lock()
	delete(r.relays, l)
	if r.ways[l.way] == l {
		delete(r.ways, l.way)
	}
	known := r.calls[l.id] == l
	if known {
		delete(r.calls, l.id)
	}
	r.mu.Unlock()
	if known {
		r.gatekeeper.order(func(z *zone, _ time.Time) bool { z.unrouted(l.id); return true })
	}
}

// paced tells whether a source may have one more SETUP looked at.
func (r *router) paced(now time.Time, from netip.Addr) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.pace.Allow(now, from) {
		r.overLimit++
		return false
	}
	return true
}

// name gives a relay its call; false: another has it.
func (r *router) name(l *relay, id h225.GloballyUniqueID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.calls[id] != nil || r.closed {
		return false
	}
	l.id = id
	r.calls[id] = l
	return true
}

// leave notes a relay's connection to the called side, before it says anything.
func (r *router) leave(l *relay, conn net.Conn) {
	tcp, ok := conn.LocalAddr().(*net.TCPAddr)
	if !ok {
		return
	}
	at := tcp.AddrPort()
	r.mu.Lock()
	defer r.mu.Unlock()
	l.way = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	r.ways[l.way] = l
}

// Origin implements h323.Router: the caller of a call that is routed from an
// address of ours.
func (g *Gatekeeper) Origin(from netip.AddrPort) (netip.AddrPort, bool) {
	r := g.router
	if r == nil {
		return netip.AddrPort{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.ways[netip.AddrPortFrom(from.Addr().Unmap(), from.Port())]
	if l == nil {
		return netip.AddrPort{}, false
	}
	return l.remote, true
}

// hangUp ends a call's signalling. It does not wait for ends that do not read:
// RAS would wait with it.
func (r *router) hangUp(id h225.GloballyUniqueID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.calls[id]
	if l == nil || r.closed {
		return // or all are released anyway
	}
	r.running.Add(1)
	go func() {
		defer r.running.Done()
		l.release()
	}()
}

// counts returns the connections there are, and the SETUPs that were too many.
func (r *router) counts() (connections int, overLimit uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.relays), r.overLimit
}

// close ends all calls.
func (r *router) close() {
	r.listener.Close()
	r.mu.Lock()
	r.closed = true
	var all []*relay
	for l := range r.relays {
		all = append(all, l)
	}
	r.mu.Unlock()
	for _, l := range all {
		l.release()
	}
	r.running.Wait()
}

// route finds where a SETUP leads. A *h225.ReleaseCompleteReason tells why
// nowhere.
func (g *Gatekeeper) route(from netip.Addr, s *h225.SetupUUIE) (target, *h225.ReleaseCompleteReason) {
	g.mu.Lock()
	found, known, reason := g.zone.route(time.Now(), from, s)
	g.mu.Unlock()
	if reason != nil || known {
		return found, reason
	}
	if g.cfg.Directory == nil || len(s.DestinationAddress) == 0 {
		return target{}, &h225.ReleaseCompleteReason{CalledPartyNotRegistered: &per.Null{}}
	}
	to, ok := g.cfg.Directory.Locate(h323.WithoutPINs(s.DestinationAddress), Caller{Aliases: s.SourceAddress, Address: netip.AddrPortFrom(from, 0)})
	if !ok || !callable(to.Signal) {
		return target{}, &h225.ReleaseCompleteReason{CalledPartyNotRegistered: &per.Null{}}
	}
	found = target{signal: to.Signal}
	g.mu.Lock()
	ok = g.zone.adopt(time.Now(), setupID(s), s, found)
	g.mu.Unlock()
	if !ok {
		return target{}, &h225.ReleaseCompleteReason{GatekeeperResources: &per.Null{}}
	}
	return found, nil
}

// setupID is a call's name; of version 1, its conference's.
func setupID(s *h225.SetupUUIE) h225.GloballyUniqueID {
	if s.CallIdentifier != nil && s.CallIdentifier.GUID != (h225.GloballyUniqueID{}) {
		return s.CallIdentifier.GUID
	}
	return s.ConferenceID
}

// route judges a SETUP: of a call that was admitted it comes from the admitted
// caller; others are let in where strangers may call, and lead to aliases only:
// by an address, anyone could reach any host through us.
func (z *zone) route(now time.Time, from netip.Addr, s *h225.SetupUUIE) (found target, known bool, _ *h225.ReleaseCompleteReason) {
	id := setupID(s)
	if c := z.calls[id]; c != nil && c.ends[caller].endpoint != nil {
		if !c.ends[caller].endpoint.sendsFrom(from) {
			z.stats.Unauthentic++
			return target{}, false, &h225.ReleaseCompleteReason{SecurityDenied: &per.Null{}}
		}
		c.last = now
		return target{signal: c.dest, aliases: c.called}, true, nil
	}
	_, granted := z.granted[id]
	if e := z.endpoints[trimmed(s.EndpointIdentifier)]; e != nil && z.unasked(e) && e.sendsFrom(from) {
		granted = true
	}
	stranger := !granted && z.neighbourAt(from) == nil
	if stranger && z.cfg.Unregistered == UnregisteredRefuse {
		z.stats.Refused++
		return target{}, false, &h225.ReleaseCompleteReason{CallerNotRegistered: &per.Null{}}
	}
	found, known = z.find(&search{aliases: h323.WithoutPINs(s.DestinationAddress), stranger: stranger})
	if known && !z.adopt(now, id, s, found) {
		return target{}, false, &h225.ReleaseCompleteReason{GatekeeperResources: &per.Null{}}
	}
	return found, known, nil
}

// sendsFrom tells whether an address is one of the endpoint's.
func (e *endpoint) sendsFrom(from netip.Addr) bool {
	if e.source.Addr() == from {
		return true
	}
	for _, t := range e.signal {
		if a, ok := t.AddrPort(); ok && a.Addr().Unmap() == from {
			return true
		}
	}
	return false
}

// adopt notes a call whose caller did not ask us, so that its called endpoint may
// answer it.
func (z *zone) adopt(now time.Time, id h225.GloballyUniqueID, s *h225.SetupUUIE, found target) bool {
	if z.calls[id] != nil || len(z.calls) >= maxCalls {
		return false
	}
	z.calls[id] = &call{
		id: id, conference: s.ConferenceID, dest: found.signal, called: h323.WithoutPINs(s.DestinationAddress), routed: true, since: now, last: now,
	}
	z.stats.Admitted++
	return true
}

// unrouted forgets a call whose signalling is over, unless its ends have yet to
// disengage.
func (z *zone) unrouted(id h225.GloballyUniqueID) {
	if c := z.calls[id]; c != nil && c.empty() {
		z.forget(c)
	}
}
