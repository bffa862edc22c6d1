package sipbridge

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// datagrams is a UDP socket for signalling.
//
// sipgo keeps every address that a reader of its has had a datagram from until
// that reader ends, and over UDP anybody can make up addresses. So one reader
// follows the other: each takes peers.max addresses at most. The next one reads
// before the last one ends, so that the socket can always be sent by.
type datagrams struct {
	net.PacketConn
	admit func(netip.Addr) bool // false: drop what comes from there
	peers peerBounds

	readOnce, closeOnce sync.Once
	reading, closed     chan struct{}
}

// peerBounds are for how many addresses a reader lasts, and for how long after
// that they are remembered.
type peerBounds struct {
	max    int
	linger time.Duration
}

func newDatagrams(c net.PacketConn, peers peerBounds, admit func(netip.Addr) bool) *datagrams {
	return &datagrams{
		PacketConn: c, admit: admit, peers: peers,
		reading: make(chan struct{}), closed: make(chan struct{}),
	}
}

// Close ends serve.
func (d *datagrams) Close() error {
	d.closeOnce.Do(func() { close(d.closed) })
	return d.PacketConn.Close()
}

// await returns when the socket can be sent by: sipgo knows it by the time it
// first reads. Before, it would try to bind another to its address.
func (d *datagrams) await() { <-d.reading }

// serve has read read the socket, one reader after the other, until the socket
// is closed.
func (d *datagrams) serve(read func(net.PacketConn) error) error {
	var readers sync.WaitGroup
	defer readers.Wait()
	var last *reader
	for {
		r := &reader{
			datagrams: d, known: make(map[netip.AddrPort]struct{}),
			ready: make(chan struct{}), full: make(chan struct{}), relieved: make(chan struct{}),
		}
		ended := make(chan error, 1)
		readers.Go(func() { ended <- read(r) })
		if last != nil {
			<-r.ready
			close(last.relieved)
		}
		select {
		case err := <-ended:
			return err
		case <-r.full:
			last = r
		}
	}
}

// reader is the socket as one of sipgo's readers sees it. All but the channels
// belongs to that reader's goroutine.
type reader struct {
	*datagrams
	known     map[netip.AddrPort]struct{}
	once      sync.Once
	ready     chan struct{} // closed when it reads
	full      chan struct{} // closed when another is to take over
	relieved  chan struct{} // closed when another has
	exhausted bool
}

// ReadFrom implements net.PacketConn.
func (r *reader) ReadFrom(b []byte) (int, net.Addr, error) {
	r.once.Do(func() {
		close(r.ready)
		r.readOnce.Do(func() { close(r.reading) })
	})
	if r.exhausted {
		return 0, nil, r.retire()
	}
	pause := minPause
	for {
		n, addr, err := r.PacketConn.ReadFrom(b)
		switch {
		case errors.Is(err, net.ErrClosed):
			return n, addr, err
		case err != nil:
			wait(pause, r.closed)
			pause = min(2*pause, maxPause)
			continue
		}
		peer := addrPort(addr)
		if !r.admit(peer.Addr()) {
			continue
		}
		r.known[peer] = struct{}{}
		r.exhausted = len(r.known) >= r.peers.max
		return n, addr, nil
	}
}

// retire lets another take over and returns when this reader may end.
func (r *reader) retire() error {
	close(r.full)
	select {
	case <-r.relieved:
	case <-r.closed:
		return net.ErrClosed
	}
	// What was read is still on its way through sipgo, which would open a
	// socket to answer an address that it knows no more.
	wait(r.peers.linger, r.closed)
	return net.ErrClosed
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
