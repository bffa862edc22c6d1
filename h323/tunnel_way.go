package h323

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"

	"parley/h323/q931"
)

// Tunnel is the connection of call signalling to a gatekeeper by which RAS goes, and
// all calls, from behind a firewall (H.460.17). It is made when there is something
// to send, and made anew when it was lost. Its methods are safe for concurrent use.
type Tunnel struct {
	endpoint *Endpoint
	to       netip.AddrPort
	onLost   func()
	received chan []byte
	done     chan struct{} // closed by Close

	mu         sync.Mutex
	connection *connection // nil: none
	connecting bool        // until all that waited is sent
	closed     bool
	waiting    [][]byte // to be sent
}

// OpenTunnel returns a tunnel to a gatekeeper's address of call signalling, as a
// rule port 1720. onLost is called when the connection is lost, by which the
// registration ends too; it must not block. Nothing is connected yet.
func (e *Endpoint) OpenTunnel(to netip.AddrPort, onLost func()) *Tunnel {
	return &Tunnel{endpoint: e, to: to, onLost: onLost, received: make(chan []byte, maxTunnelled), done: make(chan struct{})}
}

// Remote is the gatekeeper's address.
func (t *Tunnel) Remote() netip.AddrPort { return t.to }

// Send sends an encoded RasMessage. It does not wait. The error is net.ErrClosed, or
// that too much waits for a connection.
func (t *Tunnel) Send(message []byte) error {
	n, err := t.enqueue(message)
	if n != nil {
		n.sendRAS(message)
	}
	return err
}

// enqueue has a message wait for the connection that is being made, or returns the
// one by which it goes now.
func (t *Tunnel) enqueue(message []byte) (*connection, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return nil, net.ErrClosed
	case t.connection != nil && !t.connecting:
		return t.connection, nil
	case len(t.waiting) >= maxTunnelled:
		return nil, errTunnelFull
	}
	t.waiting = append(t.waiting, slices.Clone(message))
	if !t.connecting && t.endpoint.begin() {
		t.connecting = true
		go t.connect()
	}
	return nil, nil
}

var errTunnelFull = errors.New("h323: too many RAS messages wait for a connection")

// Receive waits for an encoded RasMessage. The error is net.ErrClosed.
func (t *Tunnel) Receive() ([]byte, error) {
	select {
	case m := <-t.received:
		return m, nil
	case <-t.done:
		return nil, net.ErrClosed
	}
}

// Close ends the tunnel. Calls that go by its connection go on.
func (t *Tunnel) Close() error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil
	}
	t.closed = true
	n := t.connection
	t.mu.Unlock()
	close(t.done)
	if n != nil {
		n.finishIdle()
	}
	return nil
}

// connect makes the connection, and sends what waits for it.
func (t *Tunnel) connect() {
	e := t.endpoint
	defer e.wg.Done()
	ctx, cancel := context.WithTimeout(e.ctx, connectTimeout)
	defer cancel()
	conn, err := e.network.connect(ctx, e.leaveFrom(t.to.Addr()), t.to)
	var n *connection
	if err == nil {
		n = e.connection(conn)
	}
	if n == nil {
		t.mu.Lock()
		t.connecting, t.waiting = false, nil // RAS sends again what was lost
		t.mu.Unlock()
		e.log.Info("h323: no connection to the gatekeeper", "to", t.to, "error", err)
		return
	}
	n.way, n.traversal = t, sideClient
	n.mu.Lock() // the endpoint knows it already
	n.keep, n.tunnel, n.idle = true, true, 0
	n.mu.Unlock()
	t.mu.Lock()
	t.connection = n
	t.mu.Unlock()
	n.start()
	for waiting := t.next(n); waiting != nil; waiting = t.next(n) {
		for _, m := range waiting {
			n.sendRAS(m)
		}
	}
}

// next returns what waits for a new connection; nil: nothing does any more, and what
// comes now goes by itself.
func (t *Tunnel) next(n *connection) [][]byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	waiting := t.waiting
	t.waiting = nil
	if len(waiting) > 0 && t.connection == n {
		return waiting
	}
	t.connecting = false
	if t.closed {
		n.finishIdle()
	}
	return nil
}

// deliver takes what came. What nobody takes in time is lost, and sent again.
func (t *Tunnel) deliver(all [][]byte) {
	for _, m := range all {
		select {
		case t.received <- m:
		default:
			t.endpoint.overLimit.Add(1)
		}
	}
}

// lost is the end of the connection.
func (t *Tunnel) lost(n *connection) {
	t.mu.Lock()
	was := t.connection == n
	if was {
		t.connection = nil
	}
	t.mu.Unlock()
	if was && t.onLost != nil {
		t.onLost()
	}
}

// reach returns the connection for a call.
func (t *Tunnel) reach() (*connection, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.connection == nil {
		return nil, &Refusal{Cause: q931.NetworkOutOfOrder, Text: "there is no connection to the gatekeeper"}
	}
	return t.connection, nil
}

// begin counts a goroutine of the endpoint; false: it is closed.
func (e *Endpoint) begin() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.wg.Add(1)
	return true
}
