// Package memory is a network of datagrams within the process, for tests: package
// ras's Link without sockets, whose goroutines testing/synctest can see wait.
package memory

import (
	"net"
	"net/netip"
	"sync"

	"parley/h323/ras"
)

// queue bounds what waits at one address, as a socket's buffer does.
const queue = 1024

// Network is where Links meet.
type Network struct {
	mu    sync.Mutex
	links map[netip.AddrPort]*Link
	// Lost tells of each datagram whether it gets lost; nil: none does.
	lost func(ras.Datagram) bool
	// Passed gets each datagram, with its sender as Local and receiver as Remote.
	passed func(ras.Datagram)
}

// NewNetwork returns an empty network.
func NewNetwork() *Network { return &Network{links: map[netip.AddrPort]*Link{}} }

// Lose has datagrams lost for which f is true; nil: none.
func (n *Network) Lose(f func(ras.Datagram) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lost = f
}

// Watch has f see each datagram.
func (n *Network) Watch(f func(ras.Datagram)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.passed = f
}

// Open returns a link at an address. Links at a multicast address hear the group.
func (n *Network) Open(at netip.AddrPort) *Link {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := &Link{network: n, local: at, arrived: make(chan ras.Datagram, queue), closed: make(chan struct{})}
	n.links[at] = l
	return l
}

// Link is one address of a Network.
type Link struct {
	network *Network
	local   netip.AddrPort
	arrived chan ras.Datagram
	once    sync.Once
	closed  chan struct{}
}

// ReadDatagram is of ras.Link.
func (l *Link) ReadDatagram() (ras.Datagram, error) {
	select {
	case <-l.closed:
		return ras.Datagram{}, net.ErrClosed
	case d := <-l.arrived:
		return d, nil
	}
}

// WriteDatagram is of ras.Link.
func (l *Link) WriteDatagram(d ras.Datagram) error {
	n := l.network
	n.mu.Lock()
	to, lost, passed := n.links[d.Remote], n.lost, n.passed
	n.mu.Unlock()
	sent := ras.Datagram{Local: l.local, Remote: d.Remote, Data: append([]byte(nil), d.Data...)}
	if passed != nil {
		passed(sent)
	}
	if to == nil || lost != nil && lost(sent) {
		return nil
	}
	select {
	case to.arrived <- ras.Datagram{Local: d.Remote, Remote: l.local, Group: d.Remote.Addr().IsMulticast(), Data: sent.Data}:
	default:
	}
	return nil
}

// LocalAddr is of ras.Link.
func (l *Link) LocalAddr() netip.AddrPort { return l.local }

// Close is of ras.Link.
func (l *Link) Close() error {
	l.once.Do(func() {
		l.network.mu.Lock()
		if l.network.links[l.local] == l {
			delete(l.network.links, l.local)
		}
		l.network.mu.Unlock()
		close(l.closed)
	})
	return nil
}
