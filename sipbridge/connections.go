package sipbridge

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// connections accepts TCP connections for signalling, of which there are at
// most cap(slots) at a time, and maxTCPPerSource of one source.
type connections struct {
	net.Listener
	inCall func(netip.Addr) bool // whether a source has a call
	slots  chan struct{}
	once   sync.Once
	done   chan struct{}

	mu       sync.Mutex
	bySource map[netip.Addr]int
}

func newConnections(l net.Listener, inCall func(netip.Addr) bool) *connections {
	return &connections{
		Listener: l, inCall: inCall,
		slots: make(chan struct{}, maxTCPConnections), done: make(chan struct{}),
		bySource: make(map[netip.Addr]int),
	}
}

// Accept waits for a free slot and a connection. Its error is final: sipgo
// does not accept again after one.
func (l *connections) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	pause := minPause
	for {
		conn, err := l.Listener.Accept()
		switch {
		case err == nil:
			source := limited(addrPort(conn.RemoteAddr()).Addr())
			if l.take(source) {
				return &connection{Conn: conn, listener: l, source: source}, nil
			}
			_ = conn.Close() // nothing was said
			continue
		case errors.Is(err, net.ErrClosed):
			<-l.slots
			return nil, err
		}
		wait(pause, l.done)
		pause = min(2*pause, maxPause)
	}
}

// wait returns after d, or when done is closed.
func wait(d time.Duration, done <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-done:
	}
}

// Close ends Accept.
func (l *connections) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

func (l *connections) take(source netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bySource[source] >= maxTCPPerSource {
		return false
	}
	l.bySource[source]++
	return true
}

func (l *connections) release(source netip.Addr) {
	<-l.slots
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bySource[source]--; l.bySource[source] <= 0 {
		delete(l.bySource, source)
	}
}

// connection is one that was accepted.
type connection struct {
	net.Conn
	listener *connections
	source   netip.Addr
	once     sync.Once
}

// Read outlasts its deadline while the source has a call: a phone that sends
// no keep-alives must still hear our BYE.
func (c *connection) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if !errors.Is(err, os.ErrDeadlineExceeded) || !c.listener.inCall(c.source) {
			return n, err
		}
		if err := c.SetReadDeadline(time.Now().Add(tcpIdle)); err != nil {
			return n, err
		}
	}
}

// Close frees the slot.
func (c *connection) Close() error {
	c.once.Do(func() { c.listener.release(c.source) })
	return c.Conn.Close()
}
