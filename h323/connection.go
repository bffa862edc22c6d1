package h323

import (
	"bytes"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/internal/signalling"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/tpkt"
	"parley/qos/accept"
)

// connection is one of call signalling. As a rule it has one call; gatekeepers
// that route may lead several through one (H.323 clause 7.3, multipleCalls).
type connection struct {
	endpoint *Endpoint
	stream   *stream
	strays   int      // of the reader alone
	silenced *callKey // of a call that told too much; nil: none did. The reader's
	// traversal tells which side of H.460.18 opened it; it does not change.
	traversal side
	// way is the tunnel that we made the connection for (H.460.17); nil: none. It
	// does not change either.
	way *Tunnel

	mu     sync.Mutex
	calls  map[callKey]*Call
	keep   bool          // for further calls
	tunnel bool          // for RAS too (H.460.17)
	idle   time.Duration // for so long without calls, where it is kept; 0: ever
	alive  bool          // the peer sends keep-alives
	ending bool
}

// callKey names a call on its connection. The side that sent SETUP assigned the
// reference, so both sides may have chosen the same one.
type callKey struct {
	reference uint16
	ours      bool
}

// connection registers c; nil where the endpoint is closed.
func (e *Endpoint) connection(c net.Conn) *connection {
	n := &connection{endpoint: e, stream: newStream(c), calls: make(map[callKey]*Call), idle: idleConnection}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		_ = c.Close()
		return nil
	}
	e.connections[n] = struct{}{}
	e.wg.Add(2)
	return n
}

func (n *connection) start() {
	go func() {
		defer n.endpoint.wg.Done()
		n.stream.write()
	}()
	go func() {
		defer n.endpoint.wg.Done()
		n.read()
	}()
}

// expectFirst bounds how long a stranger may take for a first message. It is
// not moved by what is less than a call.
func (n *connection) expectFirst() {
	_ = n.stream.conn.SetReadDeadline(time.Now().Add(firstMessage))
}

func (n *connection) read() {
	if n.handshake() {
		n.readPackets()
	}
	n.lost()
}

func (n *connection) readPackets() {
	r := tpkt.NewReader(n.stream.conn)
	for {
		p, err := r.ReadPacket()
		if err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) && n.busy() {
				continue // it was set before the call came
			}
			n.unreadable(err)
			return
		}
		if len(p) == 0 {
			n.heard()
			continue
		}
		if !n.receive(bytes.Clone(p)) {
			return
		}
	}
}

// busy reports whether the connection has calls, or is being ended.
func (n *connection) busy() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.calls) > 0 && !n.ending
}

func (n *connection) isEnding() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ending
}

// keepsAlive reports whether the peer sends empty TPKTs.
func (n *connection) keepsAlive() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.alive
}

// heard tells the calls of a keep-alive.
func (n *connection) heard() {
	n.mu.Lock()
	n.alive = true
	n.mu.Unlock()
	for _, c := range n.all() {
		c.deliver(c.hear)
	}
}

func (n *connection) all() []*Call {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := make([]*Call, 0, len(n.calls))
	for _, c := range n.calls {
		all = append(all, c)
	}
	return all
}

// receive takes one message; false closes the connection.
func (n *connection) receive(octets []byte) bool {
	if n.isEnding() {
		return true // until the peer closes
	}
	m := &signalling.Message{Message: new(q931.Message)}
	if err := m.Unmarshal(octets); err != nil {
		n.endpoint.malformed.Add(1)
		return n.stray()
	}
	key := callKey{m.CallReference, m.FromDestination}
	call := n.find(key)
	if call == nil && m.Type != q931.Setup && n.silenced != nil && key == *n.silenced {
		return true // what was under way when it ended
	}
	if call != nil || m.Type == q931.Facility {
		m.Info = n.information(m)
	}
	if call != nil && !carriesNoCall(m) {
		n.trace(m, octets, false)
		n.hold(call, key, call.hand(func() { call.receive(n, m, octets) }))
		return true
	}
	if m.Type == q931.Facility {
		n.trace(m, octets, false)
		if n.tunnelled(m) || n.handOver(m) {
			return true
		}
		n.unknown(m)
		return n.stray()
	}
	if !n.begins(m) {
		n.unknown(m)
		return n.stray()
	}
	if !n.endpoint.rates.allow(n.source(), time.Now()) {
		n.endpoint.overLimit.Add(1)
		n.refuse(m, &Refusal{Cause: q931.SwitchingCongestion, Text: "too many calls at once"})
		return n.stray()
	}
	m.Info = n.information(m)
	n.trace(m, octets, false)
	return n.setup(m, octets) || n.stray()
}

// begins reports whether a message may begin a call. A call reference of 0 is the
// global one (Q.931 clause 4.3), which no call has, but chan_ooh323 of Asterisk
// begins at a random number below 100. Where RAS messages have it (H.460.17) no
// call can.
func (n *connection) begins(m *signalling.Message) bool {
	return m.Type == q931.Setup && !m.FromDestination && (m.CallReference != 0 || !n.carriesRAS())
}

// carriesNoCall reports whether a message is of RAS (H.460.17), although a call has
// its reference, 0.
func carriesNoCall(m *signalling.Message) bool {
	return m.CallReference == 0 && m.Type == q931.Facility && m.Info != nil && len(h460.TunnelledRAS(m.Info)) > 0
}

// hold reads nothing for a while, of a peer that told a call too much. A connection
// of more calls is not held up for one of them, which ends.
func (n *connection) hold(c *Call, key callKey, d time.Duration) {
	if d > 0 && len(n.all()) > 1 {
		n.silenced = &key
		c.Release(&Refusal{Cause: q931.ProtocolError, Text: "too many messages"})
		return
	}
	c.pause(d)
}

// information decodes the user-user information; nil: there is none that can be
// read.
func (n *connection) information(m *signalling.Message) *h225.H323UserInformation {
	raw, err := m.UserInformation()
	if err != nil {
		return nil
	}
	info := new(h225.H323UserInformation)
	if _, err = per.Unmarshal(raw, info); err != nil {
		n.endpoint.malformed.Add(1)
		n.endpoint.log.Debug("h323: unreadable user information", "remote", n.stream.remote, "message", m.Type, "error", err)
		return nil
	}
	return info
}

// stray counts what belongs to no call; false is too many.
func (n *connection) stray() bool {
	n.strays++
	return n.strays <= maxStrays && (n.busy() || n.keeps())
}

// keeps reports whether the connection is there for further calls.
func (n *connection) keeps() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.keep
}

func (n *connection) find(k callKey) *Call {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.calls[k]
}

// unknown answers a message of a call that is not known (Q.931 clause 5.8.3.2).
func (n *connection) unknown(m *signalling.Message) {
	switch m.Type {
	case q931.ReleaseComplete, q931.Status, q931.Setup:
		n.endpoint.log.Debug("h323: message of no call", "remote", n.stream.remote, "message", m.Type, "reference", m.CallReference)
		return
	}
	if m.CallReference != 0 {
		n.refuse(m, &Refusal{Cause: q931.InvalidCallReference, Text: "no such call"})
	}
}

// send encodes a message and queues it; guard signs it, where there is one.
func (n *connection) send(m *signalling.Message, guard Guard) {
	encode := func() ([]byte, error) {
		if m.Info != nil {
			info, err := per.Marshal(m.Info)
			if err != nil {
				return nil, err
			}
			m.PutUserInformation(info)
		}
		return m.Append(nil)
	}
	var octets []byte
	var err error
	if guard == nil || m.Info == nil {
		octets, err = encode()
	} else {
		octets, err = guard.Sign(m.Info, time.Now(), encode)
	}
	if err != nil {
		n.endpoint.log.Error("h323: message not sent", "message", m.Type, "error", err)
		return
	}
	n.trace(m, octets, true)
	n.stream.send(octets)
}

// attach gives the connection a call; false where it is being ended or has such
// a one.
func (n *connection) attach(c *Call, k callKey) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ending || n.calls[k] != nil {
		return false
	}
	n.calls[k] = c
	accept.Known(n.stream.conn)
	_ = n.stream.conn.SetReadDeadline(time.Time{})
	return true
}

// detach takes it away. A connection without calls ends, unless it is kept for
// a while; linger waits for the peer's end, for who sent the last message.
func (n *connection) detach(k callKey, linger bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.calls, k)
	switch {
	case len(n.calls) > 0 || n.ending:
	case n.keep && n.idle > 0:
		_ = n.stream.conn.SetReadDeadline(time.Now().Add(n.idle))
	case n.keep:
	default:
		n.ending = true
		n.stream.finish(linger)
	}
}

// finishIdle ends the connection if it has no call.
func (n *connection) finishIdle() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.keep = false
	if len(n.calls) == 0 && !n.ending {
		n.ending = true
		n.stream.finish(false)
	}
}

// lost is the end of the reader: the connection is no more.
func (n *connection) lost() {
	n.mu.Lock()
	n.ending = true
	n.mu.Unlock()
	calls := n.all()
	if len(calls) > 0 {
		_ = n.stream.conn.Close() // nobody is there to read what is queued
	}
	n.stream.endRead()
	for _, c := range calls {
		c.deliver(func() { c.lost(n) })
	}
	n.leaveTunnel()
	n.endpoint.mu.Lock()
	delete(n.endpoint.connections, n)
	n.endpoint.mu.Unlock()
}
