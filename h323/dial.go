package h323

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

// Dial makes a call and returns at once; its Owner hears how it goes. ctx ends
// the call as long as it is not answered. An error is of the target, or of
// limits; what the network says comes as Released.
func (e *Endpoint) Dial(ctx context.Context, t Target, o Owner) (*Call, error) {
	var d destination
	if !t.Address.IsValid() || len(t.Aliases) == 0 && t.Text != "" {
		var err error
		if d, err = parseDestination(t.Text); err != nil {
			return nil, err
		}
	}
	if t.Address.IsValid() {
		d.addr, d.port = t.Address.Addr().Unmap(), t.Address.Port()
		if d.alias {
			d.alias = false
		}
	}
	if len(t.Aliases) > 0 {
		d.aliases, d.alias = t.Aliases, false
	}
	if d.secure && e.cfg.TLS.Client == nil {
		return nil, dialError("there is no TLS here")
	}
	if e.cfg.Gatekeeper == nil && !d.addr.IsValid() {
		if d.host == "" {
			return nil, dialError("without a gatekeeper an address is needed, as in " + exampleOf(d) + "@192.0.2.1")
		}
		if d.alias {
			d.alias, d.aliases = false, nil
		}
	}
	c := newCall(e)
	c.owner, c.target = o, t
	c.modes = e.cfg.Modes
	if t.Modes != nil {
		c.modes = *t.Modes
	}
	if t.Receive != nil {
		c.receives = t.Receive
	}
	if t.Send != nil {
		c.sends = t.Send
	}
	c.conference = t.Conference
	if c.conference == (h225.ConferenceIdentifier{}) {
		c.conference = newGUID()
	}
	c.id.GUID = newGUID()
	if r := e.enroll(c, netip.Addr{}); r != nil {
		return nil, r
	}
	e.outgoing.Add(1)
	c.key = callKey{c.reference, true}
	c.info = Info{
		ID: c.id, Conference: c.conference, Reference: c.reference, Started: time.Now(),
		Invitation: Invitation{Called: d.aliases, Calling: c.calling(), Display: c.displayName(), Goal: t.Goal, Conference: c.conference},
	}
	c.watch(ctx)
	go c.run(func() { c.reach(d) })
	return c, nil
}

// connectCause tells a host that is not there from one that takes no calls.
func connectCause(err error) q931.CauseValue {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return q931.DestinationOutOfOrder
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return q931.NoUserResponding
	}
	return q931.NoRouteToDestination
}

func exampleOf(d destination) string {
	if len(d.aliases) > 0 && d.aliases[0].DialledDigits != "" {
		return d.aliases[0].DialledDigits
	}
	return "name"
}

// watch ends the call when ctx ends before the answer.
func (c *Call) watch(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() {
		c.do(func() {
			if c.signal == nil || c.signal.State() != q931.Active {
				c.release(&Refusal{Cause: q931.NormalClearing, Text: "given up"})
			}
		})
	})
	context.AfterFunc(c.ctx, func() { stop() })
}

// reached is a way to the called side.
type reached struct {
	conn     net.Conn
	opened   *connection // already, instead of conn (H.460.17, H.460.18)
	asked    *Admission
	admitted Admitted
	err      error
}

// reach looks for the called side, beside the call.
func (c *Call) reach(d destination) {
	c.leg++
	leg := c.leg
	c.log.Info("h323: calling", "host", d.host, "address", d.addr)
	c.background(func(ctx context.Context) {
		r := c.find(ctx, d)
		taken := make(chan struct{})
		c.do(func() {
			close(taken)
			if leg == c.leg && !c.releasing && !c.over {
				c.reached(d, r)
				return
			}
			c.drop(r)
		})
		select {
		case <-taken:
		case <-c.done:
			select {
			case <-taken:
			default: // nobody will
				c.drop(r)
			}
		}
	})
}

// drop lets go of a way that is not needed any more.
func (c *Call) drop(r reached) {
	if r.conn != nil {
		_ = r.conn.Close()
	}
	if r.opened != nil {
		r.opened.unused()
	}
	if r.asked != nil {
		c.endpoint.by(r.admitted).Disengage(Disengagement{
			Call: r.asked.Call, Conference: r.asked.Conference, Reference: r.asked.Reference,
			Reason: h225.DisengageReason{NormalDrop: present()},
		})
	}
}

// find asks the gatekeeper and connects.
func (c *Call) find(ctx context.Context, d destination) reached {
	e := c.endpoint
	var r reached
	var to []netip.AddrPort
	if d.addr.IsValid() || d.host != "" && !d.alias {
		var err error
		if to, err = e.resolve(ctx, d); err != nil {
			return reached{err: err}
		}
	}
	if e.cfg.Gatekeeper != nil {
		a := Admission{
			Called: WithoutPINs(d.aliases), Calling: c.calling(), Conference: c.conference, Call: c.id,
			Reference: c.reference, BitRate: 2 * c.bitRate(), CanMapAlias: true, OnDisengaged: c.disengaged,
			OnBandwidth: c.bandwidthOrdered,
			ForwardedBy: c.forwarder,
		}
		if len(to) > 0 {
			a.CalledAddr = to[0]
		}
		ctx, cancel := context.WithTimeout(ctx, admissionTimeout)
		defer cancel()
		got, err := e.cfg.Gatekeeper.Admit(ctx, a)
		if err != nil {
			return reached{err: refusalOf(err, q931.NetworkOutOfOrder)}
		}
		r.asked, r.admitted = &a, got
		if to, err = e.led(&d, to, got); err != nil {
			r.err = err
			return r
		}
	}
	if d.secure {
		r.conn, r.err = c.connectSecurely(ctx, d, to)
		return r
	}
	if t := r.admitted.Tunnel; t != nil {
		r.opened, r.err = t.reach()
		return r
	}
	for _, a := range to {
		var behind bool
		if r.opened, behind, r.err = e.expect(ctx, a, c.id); behind {
			return r
		}
	}
	r.conn, r.err = c.connectAny(ctx, to)
	return r
}

// connectAny connects to the first address that answers.
func (c *Call) connectAny(ctx context.Context, to []netip.AddrPort) (net.Conn, error) {
	var failed []error
	for _, a := range to {
		conn, err := c.endpoint.network.connect(ctx, c.endpoint.leaveFrom(a.Addr()), a)
		if err == nil {
			return conn, nil
		}
		failed = append(failed, err)
	}
	cause, text := q931.NoRouteToDestination, "no address is known"
	if err := errors.Join(failed...); err != nil {
		cause, text = connectCause(err), fmt.Sprintf("no connection: %v", err)
	}
	return nil, &Refusal{Cause: cause, Text: text}
}

// leaveFrom is the address that a call to another leaves from: one that is listened
// on, as firewalls and routes by source address expect; not valid: the system's
// choice, where all are, or none of that kind is.
func (e *Endpoint) leaveFrom(to netip.Addr) netip.Addr {
	to = to.Unmap()
	for _, l := range e.cfg.Listen {
		a := l.Addr().Unmap()
		if !a.IsUnspecified() && a.Is4() == to.Is4() && a.IsLoopback() == to.IsLoopback() && a.IsLinkLocalUnicast() == to.IsLinkLocalUnicast() {
			return a
		}
	}
	return netip.Addr{}
}

// reached sends the SETUP.
func (c *Call) reached(d destination, r reached) {
	if r.asked != nil {
		c.admit(*r.asked, r.admitted)
	}
	if r.err != nil {
		c.ended(signalling.Released{Release: refusalOf(r.err, q931.NoRouteToDestination).signalling(), Local: true})
		return
	}
	n := r.opened
	if n == nil {
		n = c.endpoint.connection(r.conn)
	}
	if n == nil || !n.attach(c, c.key) {
		c.ended(signalling.Released{Release: signalling.Release{Cause: q931.DestinationOutOfOrder, Text: "the endpoint is closing, or the connection is lost"}, Local: true})
		return
	}
	c.connection = n
	if n.secured() {
		c.modes.NoTunnelling = false // H.245 of its own would go in the clear
		c.update(func(i *Info) { i.Secured = true })
	}
	switch {
	case r.opened != nil && r.opened.way == nil:
		c.traversal = sideServer
	case r.opened != nil, c.endpoint.cfg.Firewalled:
		c.traversal = sideClient
	}
	c.adapt()
	if r.opened == nil {
		n.start()
	}
	c.signal = signalling.Outgoing(signalling.Config{
		Reference: c.reference, Call: c.id, Conference: c.conference,
		Self: c.endpoint.self, Display: c.displayName(), Tunnelling: !c.modes.NoTunnelling,
	})
	c.liveness.start(time.Now())
	d.aliases = WithPINs(d.aliases, r.admitted.Called)
	c.sendSetup(d.aliases, r.admitted)
}

// forwarded calls elsewhere, as the peer wants it.
func (c *Call) forwarded(o signalling.Forwarded) {
	if c.forwards++; c.forwards > maxForwards {
		c.release(&Refusal{Cause: q931.ExchangeRoutingError, Text: "forwarded in circles"})
		return
	}
	if o.Addr.IsValid() && !mayReach(o.Addr.Addr(), c.connection.stream.remote.Addr()) {
		c.release(&Refusal{Cause: q931.NoRouteToDestination, Text: "forwarded to an address that is not for calls"})
		return
	}
	c.event(Forwarded{To: o.To, Addr: o.Addr})
	if c.over || c.releasing {
		return
	}
	c.log.Info("h323: forwarded", "address", o.Addr)
	d := destination{aliases: o.To, secure: c.connection.secured()}
	if o.Addr.IsValid() {
		d.addr, d.port = o.Addr.Addr(), o.Addr.Port()
	}
	if o.Gatekeeper || len(d.aliases) == 0 {
		d.aliases = c.info.Invitation.Called
	}
	if !d.addr.IsValid() && c.endpoint.cfg.Gatekeeper == nil {
		// An alias alone is known where we called.
		to := c.connection.stream.remote
		d.addr, d.port = to.Addr(), to.Port()
	}
	c.forwarder = c.connection.stream.remote.Addr().Unmap()
	c.leave(o)
	c.reach(d)
}

// leave ends the leg to the one who forwards, and lets nobody know.
func (c *Call) leave(o signalling.Forwarded) {
	c.endControl()
	c.signal.Release(signalling.Release{Cause: q931.NormalClearing, Reason: &h225.ReleaseCompleteReason{FacilityCallDeflection: present()}})
	for _, out := range c.signal.Take() {
		if t, ok := out.(signalling.Transmit); ok {
			c.connection.send(t.Message, c.guard)
		}
	}
	c.link.close()
	c.disengage(signalling.Release{Cause: q931.NormalClearing})
	c.connection.detach(c.key, true)
	c.connection, c.signal, c.control, c.guard = nil, nil, nil, nil
	c.pending, c.started, c.parallel, c.link = nil, false, parallelControl{}, controlLink{}
	c.services, c.liveness = services{}, liveness{}
	c.traversal, c.mediaTraversal, c.multiplexes = sideNone, false, false
	c.exchange = exchange{}
	if o.Conference != nil {
		c.conference = *o.Conference
	}
	c.id.GUID = newGUID()
	c.update(func(i *Info) {
		i.ID, i.Conference, i.FastStart, i.Tunnelling, i.Encryption, i.Secured = c.id, c.conference, false, false, false, false
	})
}
