package h323

import (
	"context"
	"net"
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/internal/control"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

// Traversal knows the endpoints behind firewalls that are registered with a
// gatekeeper here (H.460.18). Its methods do not block.
type Traversal interface {
	// Behind tells whether the endpoint that is called by this address is such a
	// one, and the host that its connections come from.
	Behind(to netip.AddrPort) (source netip.Addr, ok bool)
	// Indicate asks it to open the connection for a call; false: it cannot be
	// asked.
	Indicate(to netip.AddrPort, call h225.CallIdentifier) bool
}

// side is what a call's end is in traversal (H.460.18, H.460.19).
type side uint8

const (
	sideNone   side = iota
	sideServer      // in the open: the peer opens all ways
	sideClient      // behind a firewall
)

// feature is what the side says of itself in SETUP and its answers.
func (s side) feature() h225.FeatureDescriptor {
	return h460.Role{Server: s == sideServer, Multiplexed: true}.Feature()
}

// features is a set with the feature; nil where there is none.
func (s side) features() *h225.FeatureSet {
	if s == sideNone {
		return nil
	}
	return h460.Support(nil, s.feature())
}

// traverse settles the sides of an incoming call.
func (c *Call) traverse(s *h225.SetupUUIE) {
	r, ok := h460.RoleOf(h460.FindInSetup(s, h460.MediaTraversal))
	c.multiplexes = r.Multiplexed
	switch {
	case c.connection.traversal == sideClient, ok && r.Server && c.endpoint.cfg.Firewalled:
		c.traversal, c.mediaTraversal = sideClient, ok && r.Server
	case ok && !r.Server && c.endpoint.cfg.Traversal != nil:
		c.traversal, c.mediaTraversal = sideServer, true
	}
	c.adapt()
}

// mediaSide is what this end is in H.460.19.
func (c *Call) mediaSide() control.Side {
	switch {
	case !c.mediaTraversal:
		return control.SideNone
	case c.traversal == sideServer:
		return control.SideServer
	}
	return control.SideClient
}

// adapt leaves out what does not go with traversal: fast connect, whose proposals
// tell where media goes before the sides are known, and H.245 by an address told
// early.
func (c *Call) adapt() {
	if c.traversal != sideNone {
		c.modes.NoFastStart, c.modes.EarlyH245 = true, false
	}
}

// answeredTraversal reads whether the called side is what was offered to it. A
// client's connection is as it is; only what H.460.19 does with media is left
// out.
func (c *Call) answeredTraversal(set *h225.FeatureSet) {
	if r, ok := h460.RoleOf(h460.FindIn(set, h460.MediaTraversal)); ok && c.traversal != sideNone {
		c.mediaTraversal, c.multiplexes = r.Server == (c.traversal == sideClient), r.Multiplexed
		if c.control != nil {
			c.control.SetSide(c.mediaSide(), c.multiplexes)
		}
	}
}

// expected is a call that waits for the connection of an endpoint behind a
// firewall.
type expected struct {
	source netip.Addr
	taken  chan *connection // of one
}

// expect waits until the endpoint at an address connects for a call; behind is
// false where it is to be called as any other.
func (e *Endpoint) expect(ctx context.Context, to netip.AddrPort, call h225.CallIdentifier) (n *connection, behind bool, err error) {
	if e.cfg.Traversal == nil {
		return nil, false, nil
	}
	source, behind := e.cfg.Traversal.Behind(to)
	if !behind {
		return nil, false, nil
	}
	if n = e.tunnelTo(to); n != nil && e.cfg.Traversal.Indicate(to, call) {
		return n, true, nil
	}
	x := &expected{source: source.Unmap(), taken: make(chan *connection, 1)}
	e.mu.Lock()
	e.expecting[call.GUID] = x
	e.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, indicationTimeout)
	defer cancel()
	if e.cfg.Traversal.Indicate(to, call) {
		select {
		case n = <-x.taken:
			return n, true, nil
		case <-ctx.Done():
		}
	}
	e.mu.Lock()
	delete(e.expecting, call.GUID)
	e.mu.Unlock()
	select {
	case n = <-x.taken: // in the last moment
		return n, true, nil
	default:
		return nil, true, &Refusal{Cause: q931.NoUserResponding, Text: "it is behind a firewall and did not connect"}
	}
}

// handOver gives a connection to the call that its first message names; false: no
// call waits for it from there.
func (n *connection) handOver(m *signalling.Message) bool {
	if m.Type != q931.Facility || m.Info == nil {
		return false
	}
	f := m.Info.H323UUPDU.H323MessageBody.Facility
	if f == nil || f.CallIdentifier == nil {
		return false
	}
	e := n.endpoint
	e.mu.Lock()
	defer e.mu.Unlock()
	x := e.expecting[f.CallIdentifier.GUID]
	if x == nil || x.source != n.stream.remote.Addr().WithZone("") {
		return false
	}
	delete(e.expecting, f.CallIdentifier.GUID)
	x.taken <- n
	return true
}

// Open connects to a server that indicated a call (H.460.18), which then comes
// over that connection. It does not wait. A call that is indicated again is not
// connected for again.
func (e *Endpoint) Open(i *h460.IncomingCallIndication) {
	to, ok := i.CallSignallingAddress.AddrPort()
	e.mu.Lock()
	defer e.mu.Unlock()
	_, known := e.indicated[i.CallID.GUID]
	if !ok || to.Port() == 0 || known || e.closed || len(e.indicated) >= maxIndicated {
		return
	}
	e.indicated[i.CallID.GUID] = struct{}{}
	e.wg.Add(1)
	go e.open(to, i)
}

func (e *Endpoint) open(to netip.AddrPort, i *h460.IncomingCallIndication) {
	defer e.wg.Done()
	// The indication may come again as long as the call is not there.
	time.AfterFunc(indicationTimeout, func() { e.forgetIndication(i.CallID.GUID) })
	select {
	case <-time.After(indicationPause):
	case <-e.ctx.Done():
		return
	}
	conn, err := e.network.connect(e.ctx, e.leaveFrom(to.Addr()), to)
	if err != nil {
		e.log.Info("h323: no connection for an indicated call", "to", to, "error", err)
		return
	}
	e.openOn(conn, i)
}

// openOn says on a connection which call it is for, and takes it.
func (e *Endpoint) openOn(conn net.Conn, i *h460.IncomingCallIndication) {
	n := e.connection(conn)
	if n == nil {
		return
	}
	n.traversal = sideClient
	n.expectFirst()
	n.start()
	tunnelling := !e.cfg.Modes.NoTunnelling
	n.send(&signalling.Message{
		Message: &q931.Message{Type: q931.Facility},
		Info: &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
			H323MessageBody: h225.MessageBody{Facility: i.Facility(h225.Protocol)},
			H245Tunnelling:  &tunnelling,
		}},
	}, nil)
}

func (e *Endpoint) forgetIndication(id h225.GloballyUniqueID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.indicated, id)
}
