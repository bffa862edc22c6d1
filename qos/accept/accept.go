// Package accept bounds what strangers may hold of a TCP port before anything
// is known of them.
package accept

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Limits are how many connections may be open at a time: in all, each of which
// costs a file descriptor and buffers, and of one source, so that one host
// cannot take them all.
type Limits struct{ Total, PerSource int }

// For so long nobody is accepted where that fails, most of all where the
// process has no file descriptor left.
const (
	minPause = 5 * time.Millisecond
	maxPause = time.Second
)

// Listener is a net.Listener within Limits. Its Accept fails only when it is
// closed: many who call it accept no more after an error.
type Listener struct {
	net.Listener
	perSource int
	slots     chan struct{}
	once      sync.Once
	done      chan struct{}

	mu       sync.Mutex
	bySource map[netip.Addr]int
}

// Within returns l within limits. Closing it closes l.
func Within(l net.Listener, limits Limits) *Listener {
	return &Listener{
		Listener: l, perSource: limits.PerSource,
		slots: make(chan struct{}, limits.Total), done: make(chan struct{}),
		bySource: make(map[netip.Addr]int),
	}
}

// Accept waits for a free place and a connection. What a source has too much
// is closed without a word.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	pause := minPause
	for {
		c, err := l.Listener.Accept()
		switch {
		case err == nil:
			source := sourceOf(c)
			if l.take(source) {
				return &conn{Conn: c, listener: l, source: source}, nil
			}
			_ = c.Close() // nothing was said
			continue
		case errors.Is(err, net.ErrClosed):
			<-l.slots
			return nil, err
		}
		l.wait(pause)
		pause = min(2*pause, maxPause)
	}
}

func (l *Listener) wait(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.done:
	}
}

// Close ends Accept. Connections stay open.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

func (l *Listener) take(source netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bySource[source] >= l.perSource {
		return false
	}
	l.bySource[source]++
	return true
}

func (l *Listener) release(source netip.Addr) {
	<-l.slots
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bySource[source]--; l.bySource[source] <= 0 {
		delete(l.bySource, source)
	}
}

// conn gives its place back when it is closed.
type conn struct {
	net.Conn
	listener *Listener
	source   netip.Addr
	once     sync.Once
}

func (c *conn) Close() error {
	c.once.Do(func() { c.listener.release(c.source) })
	return c.Conn.Close()
}

func sourceOf(c net.Conn) netip.Addr {
	a, _ := c.RemoteAddr().(*net.TCPAddr)
	return Source(a.AddrPort().Addr())
}

// Source is whose limits an address counts to. An IPv6 host has a whole /64 to
// come from (RFC 8981).
func Source(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}
