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
type Limits struct {
	Total, PerSource int
	// Strangers of these may not be Known, which leaves the rest to who is. Beyond,
	// that of the source with most of them is closed that came first: a flood of
	// idle connections displaces itself, not who comes from elsewhere and speaks. 0:
	// all may be.
	Strangers int
}

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
	limits Limits
	slots  chan struct{}
	once   sync.Once
	done   chan struct{}

	mu        sync.Mutex
	bySource  map[netip.Addr]int
	strangers strangers
}

// Within returns l within limits. Closing it closes l.
func Within(l net.Listener, limits Limits) *Listener {
	return &Listener{
		Listener: l, limits: limits,
		slots: make(chan struct{}, limits.Total), done: make(chan struct{}),
		bySource: make(map[netip.Addr]int), strangers: strangers{bySource: make(map[netip.Addr][]*conn)},
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
				return l.receive(&conn{Conn: c, listener: l, source: source}), nil
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
	if l.bySource[source] >= l.limits.PerSource {
		return false
	}
	l.bySource[source]++
	return true
}

// receive counts c among strangers, in another's place where they are too many.
func (l *Listener) receive(c *conn) *conn {
	if l.limits.Strangers == 0 {
		return c
	}
	var displaced *conn
	l.mu.Lock()
	l.strangers.add(c)
	if l.strangers.n > uint64(l.limits.Strangers) {
		displaced = l.strangers.first()
		l.strangers.remove(displaced)
	}
	l.mu.Unlock()
	if displaced != nil {
		_ = displaced.Close() // nothing was said
	}
	return c
}

func (l *Listener) release(c *conn) {
	<-l.slots
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bySource[c.source]--; l.bySource[c.source] <= 0 {
		delete(l.bySource, c.source)
	}
	l.strangers.remove(c)
}

// Known has a connection that a Listener accepted, or what stands on it, not count
// as a stranger's any more. Others are left as they are.
func Known(c net.Conn) {
	k, ok := c.(*conn)
	for !ok {
		over, stacked := c.(interface{ NetConn() net.Conn }) // TLS
		if !stacked {
			return
		}
		c = over.NetConn()
		k, ok = c.(*conn)
	}
	k.listener.mu.Lock()
	defer k.listener.mu.Unlock()
	k.listener.strangers.remove(k)
}

// conn gives its place back when it is closed.
type conn struct {
	net.Conn
	listener *Listener
	source   netip.Addr
	once     sync.Once
	arrived  uint64 // as a stranger; 0: it is none
}

func (c *conn) Close() error {
	c.once.Do(func() { c.listener.release(c) })
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
