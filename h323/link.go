package h323

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"parley/h323/q931"
	"parley/h323/tpkt"
	"parley/qos"
)

const controlFailed = q931.ProtocolError

// controlLink is a separate H.245 connection (H.323 clause 8.2). Either side may
// open it; both may try at once.
type controlLink struct {
	stream   *stream // in use; nil: none
	listener net.Listener
	told     netip.AddrPort // where we wait, as the peer knows it
	peer     netip.AddrPort // where the peer waits
	dialling bool
	offer    bool // tell the peer our address, when nothing else comes
	asked    bool // by startH245
	opened   bool // by us
	dials    int
	retries  int
	awaited  time.Time // until when a connection has to be; zero: not
	yield    time.Time // until when the peer's connection goes first; zero: not
}

func (l *controlLink) active() bool { return l.stream != nil || l.dialling || l.listener != nil }

// await bounds how long H.245 may take to come.
func (l *controlLink) await(until time.Time) {
	if l.awaited.IsZero() && l.stream == nil {
		l.awaited = until
	}
}

func (l *controlLink) deadline() (time.Time, bool) {
	at := l.awaited
	if at.IsZero() || !l.yield.IsZero() && l.yield.Before(at) {
		at = l.yield
	}
	if l.offer {
		return time.Now(), true
	}
	return at, !at.IsZero()
}

// finish sends what is queued and ends the connection.
func (l *controlLink) finish() {
	if l.stream != nil {
		l.stream.finish(true)
		l.stream = nil
	}
}

func (l *controlLink) close() {
	l.finish()
	if l.listener != nil {
		_ = l.listener.Close()
		l.listener = nil
	}
}

// expireLink goes on where the peer did not.
func (c *Call) expireLink(now time.Time) {
	l := &c.link
	if l.offer {
		l.offer = false
		if !l.active() && !l.peer.IsValid() {
			c.askControl()
		}
	}
	if !l.yield.IsZero() && !now.Before(l.yield) {
		l.yield = time.Time{}
		c.dialLink()
	}
	if !l.awaited.IsZero() && !now.Before(l.awaited) {
		l.awaited = time.Time{}
		if on, _ := c.signal.Tunnels(); !on && l.stream == nil {
			c.release(&Refusal{Cause: q931.RecoveryOnTimerExpiry, Text: "no H.245 connection"})
		}
	}
}

// offerControl opens a port for H.245, if it is to be separate and there is no
// other way, and has the next messages tell it.
func (c *Call) offerControl() {
	l := &c.link
	if on, known := c.signal.Tunnels(); on || !known && c.incoming || l.active() || c.traversal == sideClient || c.connection.secured() {
		return
	}
	if c.incoming && l.peer.IsValid() {
		return // the caller waits for us
	}
	c.listenControl()
	c.signal.SetControlAddress(l.told)
}

// askControl tells the peer to connect, by startH245.
func (c *Call) askControl() {
	c.offerControl()
	c.link.asked = c.link.listener != nil
	c.signal.StartControl()
}

// listenControl opens a port for H.245.
func (c *Call) listenControl() {
	local := c.connection.stream.local.Addr()
	listener, err := c.endpoint.listenControl(c.ctx, local)
	if err != nil {
		c.log.Warn("h323: no port for H.245", "error", err)
		return
	}
	l := &c.link
	l.listener = listener
	l.told = netip.AddrPortFrom(c.publicAddr(), addrPort(listener.Addr()).Port())
	allowed, leg := c.admittance(), c.leg
	c.background(func(context.Context) { c.acceptLink(listener, allowed, leg) })
}

// peerHost is the other end's: of a call that a gatekeeper here routed to us, the
// caller's.
func (c *Call) peerHost() netip.Addr {
	if c.incoming {
		return c.info.Remote.Addr()
	}
	return c.connection.stream.remote.Addr()
}

// listenControl opens a port of the range, or any.
func (e *Endpoint) listenControl(ctx context.Context, local netip.Addr) (net.Listener, error) {
	r := e.cfg.H245Ports
	if r.High == 0 {
		return e.network.listen(ctx, netip.AddrPortFrom(local, 0))
	}
	var last error
	for p := int(r.Low); p <= int(r.High); p++ {
		l, err := e.network.listen(ctx, netip.AddrPortFrom(local, uint16(p)))
		if err == nil {
			return l, nil
		}
		last = err
	}
	return nil, fmt.Errorf("no port from %d to %d is free: %w", r.Low, r.High, last)
}

// publicAddr is the address that the peer is told: the one by which it reaches
// this host.
func (c *Call) publicAddr() netip.Addr {
	return qos.Public(c.endpoint.cfg.External, c.connection.stream.local.Addr(), c.peerHost())
}

// admittance is who may connect to the port for H.245.
type admittance struct {
	known []netip.Addr
	// hidden tells that the peer stands behind a gatekeeper that does not say
	// where: the first to connect is taken for it, and nobody after it.
	hidden bool
}

// admittance is the call's peer; where a gatekeeper routes signalling, also the
// endpoint behind it. A gatekeeper may route signalling and leave H.245 to the
// endpoints (H.323 clause 8.2, direct H.245) while it names itself as the other
// end, as GnuGk does.
func (c *Call) admittance() admittance {
	remote := c.connection.stream.remote.Addr().Unmap().WithZone("")
	a := admittance{known: []netip.Addr{remote}, hidden: c.routed && remote == c.router}
	if origin := c.peerHost().Unmap().WithZone(""); origin != remote {
		a.known, a.hidden = append(a.known, origin), false
	}
	if s := c.info.Invitation.Setup; c.routed && s != nil {
		t := s.DestCallSignalAddress
		if c.incoming {
			t = s.SourceCallSignalAddress
		}
		if t != nil {
			if at, ok := t.AddrPort(); ok && at.Addr() != remote {
				a.known, a.hidden = append(a.known, at.Addr()), false
			}
		}
	}
	return a
}

// admits reports whether a connection is the peer's.
func (a *admittance) admits(from netip.Addr) bool {
	known := slices.Contains(a.known, from)
	if !known && a.hidden {
		a.known, known = append(a.known, from), true
	}
	a.hidden = a.hidden && !known
	return known
}

// acceptLink waits for the peer, until the port is closed.
func (c *Call) acceptLink(l net.Listener, allowed admittance, leg int) {
	var told time.Time
	untold := 0
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		from := addrPort(conn.RemoteAddr()).Addr().Unmap().WithZone("")
		if !allowed.admits(from) {
			_ = conn.Close()
			c.endpoint.strangers.Add(1)
			if untold++; told.IsZero() || time.Since(told) >= strangersInterval {
				c.log.Warn("h323: H.245 connection from a stranger", "remote", from, "strangers", untold)
				told, untold = time.Now(), 0
			}
			continue
		}
		c.handOver(conn, false, leg)
	}
}

// handOver gives the call a connection, or closes it where the call is over or
// was forwarded meanwhile: it is of who was called before.
func (c *Call) handOver(conn net.Conn, ours bool, leg int) {
	taken := make(chan struct{})
	c.do(func() {
		close(taken)
		if leg != c.leg {
			_ = conn.Close()
			return
		}
		c.linkUp(conn, ours)
	})
	select {
	case <-taken:
	case <-c.done:
		select {
		case <-taken:
		default:
			_ = conn.Close()
		}
	}
}

// peerAddress is where the peer waits for H.245; now that it asks for a
// connection outright.
func (c *Call) peerAddress(a netip.AddrPort, now bool) {
	l := &c.link
	if c.connection.secured() {
		c.log.Debug("h323: no H.245 connection is made in the clear", "address", a)
		return
	}
	if c.traversal == sideServer {
		// It is of the network behind the firewall; the peer connects to us
		// (H.460.18).
		if now && !l.active() {
			c.askControl()
		}
		return
	}
	if !mayReach(a.Addr(), c.peerHost()) {
		c.log.Warn("h323: the peer's address for H.245 is not for calls", "address", a)
		return
	}
	l.peer = a
	on, known := c.signal.Tunnels()
	switch {
	case l.stream != nil || l.dialling:
	case on && !now:
	case !known && !now: // the answer will tell
	case c.signal.FastPending(): // H.245 now would end it; after the answer
	case c.incoming && !c.modes.EarlyH245 && !now && !c.answeredYet():
	case now && l.asked && compareAddr(l.told, a) < 0:
		// Both asked for a connection at the same time. The one of the smaller
		// address gives way (H.323 clause 8.2.3), unless nobody comes.
		if l.yield.IsZero() {
			l.yield = time.Now().Add(yieldTimeout)
		}
	default:
		c.dialLink()
	}
}

func (c *Call) answeredYet() bool { return c.signal.State() == q931.Active }

// compareAddr compares as numbers, addresses first.
func compareAddr(a, b netip.AddrPort) int {
	if n := a.Addr().Unmap().Compare(b.Addr().Unmap()); n != 0 {
		return n
	}
	return int(a.Port()) - int(b.Port())
}

// dialLink connects to where the peer waits.
func (c *Call) dialLink() {
	l := &c.link
	if l.stream != nil || l.dialling || !l.peer.IsValid() || c.over || c.releasing {
		return
	}
	if l.dials++; l.dials > maxControlDials {
		c.log.Warn("h323: the peer has told too many addresses for H.245", "address", l.peer)
		return
	}
	l.dialling = true
	leg := c.leg
	to, local := l.peer, c.connection.stream.local.Addr()
	if to.Addr().WithZone("") != c.connection.stream.remote.Addr().WithZone("") {
		local = netip.Addr{} // another host than that of signalling may be reached another way
	}
	c.background(func(ctx context.Context) {
		conn, err := c.endpoint.network.connect(ctx, local, to)
		if err != nil {
			c.do(func() {
				if leg == c.leg {
					c.linkRefused(err)
				}
			})
			return
		}
		c.handOver(conn, true, leg)
	})
}

// linkRefused tries the other way round: the peer is told where we wait.
func (c *Call) linkRefused(err error) {
	l := &c.link
	l.dialling = false
	c.log.Info("h323: no H.245 connection to the peer", "address", l.peer, "error", err)
	l.peer = netip.AddrPort{}
	if l.stream == nil && l.listener == nil && c.answeredYet() {
		c.askControl()
	}
}

// linkUp takes a connection. Of two, the one stays that the side of the greater
// address opened (H.323 clause 8.2.3).
func (c *Call) linkUp(conn net.Conn, ours bool) {
	l := &c.link
	dialling := l.dialling && !ours
	if ours {
		l.dialling = false
	}
	both := l.told.IsValid() && l.peer.IsValid()
	first := !both || ours == (compareAddr(l.told, l.peer) > 0)
	switch {
	case c.over || c.releasing,
		l.stream != nil && (!first || l.opened == ours),
		l.stream == nil && !first && (dialling || ours && !l.yield.IsZero()):
		_ = conn.Close()
		return
	}
	if l.stream != nil {
		l.stream.finish(true)
	}
	s := newStream(conn)
	l.stream, l.opened = s, ours
	l.awaited, l.yield, l.offer = time.Time{}, time.Time{}, false
	if ours && c.traversal == sideClient {
		c.identifyLink(s)
	}
	c.background(func(context.Context) { s.write() })
	c.background(func(context.Context) { c.readLink(s) })
	c.startControl()
}

func (c *Call) readLink(s *stream) {
	r := tpkt.NewReader(s.conn)
	for {
		p, err := r.ReadPacket()
		if err != nil {
			break
		}
		octets := bytes.Clone(p)
		c.pause(c.hand(func() {
			c.hear()
			if c.link.stream == s || c.link.stream == nil {
				c.receiveOctets(s, octets)
			}
		}))
	}
	s.endRead()
	c.deliver(func() { c.linkLost(s) })
}

// linkLost has a broken connection made anew, by whom it was made: calls outlive
// a firewall that forgets.
func (c *Call) linkLost(s *stream) {
	l := &c.link
	if l.stream != s {
		return
	}
	l.stream = nil
	if c.releasing || c.over {
		return
	}
	if l.retries++; l.retries > maxReconnects {
		c.release(&Refusal{Cause: q931.TemporaryFailure, Text: "the H.245 connection was lost"})
		return
	}
	l.awaited = time.Now().Add(reconnectTimeout)
	if l.opened {
		c.dialLink()
	}
}
