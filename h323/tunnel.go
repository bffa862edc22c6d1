package h323

import (
	"net/netip"
	"time"

	"parley/h323/h460"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
	"parley/qos/accept"
)

// RASTunnel is a gatekeeper that takes RAS within call signalling (H.460.17). The
// connection by which an endpoint registers is the one by which it calls and is
// called; it is known by the endpoint's address of it. Its methods do not block.
type RASTunnel interface {
	// Tunnelled takes an encoded RasMessage that came from an endpoint to a local
	// address, and answers by Endpoint.SendRAS. It reports whether that endpoint is
	// registered now: the connection of one that is not is a stranger's.
	Tunnelled(from, local netip.AddrPort, message []byte) (registered bool)
	// TunnelLost tells that the connection is gone.
	TunnelLost(from netip.AddrPort)
}

// tunnelled takes the RAS that a message carries; false: it carries none, or none
// that is wanted.
func (n *connection) tunnelled(m *signalling.Message) bool {
	if m.Info == nil {
		return false
	}
	all := h460.TunnelledRAS(m.Info)
	switch {
	case len(all) == 0:
		return false
	case n.way != nil:
		n.strays = 0
		n.way.deliver(all)
		return true
	case n.endpoint.cfg.Tunnel == nil || !n.enterTunnel():
		return false
	}
	registered := false
	for _, octets := range all {
		registered = n.endpoint.cfg.Tunnel.Tunnelled(n.stream.remote, n.stream.local, octets)
	}
	if registered {
		n.strays = 0 // it is none; empty messages between keep the way open
		n.keepTunnel()
		return true
	}
	n.strays++ // within the time of a stranger, for which it stands
	return n.strays <= maxStrays
}

// enterTunnel has SendRAS find the connection; false: the endpoint is closing, or
// there is another from the very same address.
func (n *connection) enterTunnel() bool {
	e := n.endpoint
	e.mu.Lock()
	defer e.mu.Unlock()
	other := e.tunnels[n.stream.remote]
	if e.closed || other != nil && other != n {
		return false
	}
	e.tunnels[n.stream.remote] = n
	return true
}

// leaveTunnel is the end of the connection.
func (n *connection) leaveTunnel() {
	e := n.endpoint
	e.mu.Lock()
	is := e.tunnels[n.stream.remote] == n
	if is {
		delete(e.tunnels, n.stream.remote)
	}
	e.mu.Unlock()
	if is {
		e.cfg.Tunnel.TunnelLost(n.stream.remote)
	}
	if n.way != nil {
		n.way.lost(n)
	}
}

// keepTunnel keeps the connection as long as the endpoint renews its registration.
func (n *connection) keepTunnel() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.keep, n.tunnel, n.idle = true, true, tunnelIdle
	accept.Known(n.stream.conn)
	if len(n.calls) == 0 && !n.ending {
		_ = n.stream.conn.SetReadDeadline(time.Now().Add(n.idle))
	}
}

// unused ends a connection that a call has no use for, but one that is kept for
// RAS.
func (n *connection) unused() {
	if !n.carriesRAS() {
		n.finishIdle()
	}
}

// carriesRAS reports whether the connection is kept for RAS.
func (n *connection) carriesRAS() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.tunnel
}

// tunnelTo returns the connection by which an endpoint registered; nil: it did not
// register so.
func (e *Endpoint) tunnelTo(a netip.AddrPort) *connection {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tunnels[a]
}

// SendRAS sends an encoded RasMessage to the endpoint whose connection comes from
// an address (H.460.17); false: there is none. It does not wait.
func (e *Endpoint) SendRAS(to netip.AddrPort, message []byte) bool {
	n := e.tunnelTo(to)
	if n == nil {
		return false
	}
	n.sendRAS(message)
	return true
}

// sendRAS sends a RasMessage by FACILITY of call reference 0 (H.460.17 clause 7).
func (n *connection) sendRAS(message []byte) {
	n.send(&signalling.Message{Message: &q931.Message{Type: q931.Facility}, Info: h460.TunnelRAS(message)}, nil)
}
