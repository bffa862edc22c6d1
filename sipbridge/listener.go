package sipbridge

import (
	"fmt"
	"net"
	"net/netip"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// listener is one open socket for signalling.
type listener struct {
	server *Server
	listen Listen // with the port that was really taken
	packet *readyConn
	stream net.Listener
}

func (s *Server) open(l Listen) (*listener, error) {
	out := &listener{server: s, listen: l}
	network, addr := l.Network, l.Addr.String()
	if l.Addr.Addr().Is4() {
		network += "4"
	}
	if l.Network == "udp" {
		c, err := net.ListenPacket(network, addr)
		if err != nil {
			return nil, fmt.Errorf("sipbridge: listen on %v: %w", l, err)
		}
		out.packet = &readyConn{PacketConn: c, ready: make(chan struct{})}
		out.listen.Addr = netip.AddrPortFrom(l.Addr.Addr(), c.LocalAddr().(*net.UDPAddr).AddrPort().Port())
		return out, nil
	}
	c, err := net.Listen(network, addr)
	if err != nil {
		return nil, fmt.Errorf("sipbridge: listen on %v: %w", l, err)
	}
	out.stream = &boundedListener{Listener: c, slots: make(chan struct{}, maxTCPConnections), done: make(chan struct{})}
	out.listen.Addr = netip.AddrPortFrom(l.Addr.Addr(), c.Addr().(*net.TCPAddr).AddrPort().Port())
	return out, nil
}

// serve reads until close. Its error is that of the closed socket.
func (l *listener) serve() error {
	if l.packet != nil {
		return l.server.uas.ServeUDP(l.packet)
	}
	return l.server.uas.ServeTCP(l.stream)
}

// await returns when the socket can be sent by.
func (l *listener) await() {
	if l.packet != nil {
		<-l.packet.ready
	}
}

func (l *listener) close() error {
	if l.packet != nil {
		return l.packet.Close()
	}
	return l.stream.Close()
}

// bind makes a request leave by this socket. Over UDP sipgo would else open a
// socket of its own, from whose port no firewall lets an answer in. A TCP
// connection is chosen by its destination.
func (l *listener) bind(req *sip.Request) {
	if l.packet != nil {
		a := l.packet.LocalAddr().(*net.UDPAddr)
		req.Laddr = sip.Addr{IP: a.IP, Port: a.Port}
	}
}

// advertised is by which address and port a peer at remote reaches this
// socket.
func (l *listener) advertised(remote netip.Addr) (netip.Addr, int) {
	return l.server.localAddr(l.listen.Addr.Addr(), remote), int(l.listen.Addr.Port())
}

// readyConn tells when sipgo reads it for the first time: by then it knows the
// socket and sends by it. Before, it would try to bind another to its address.
type readyConn struct {
	net.PacketConn
	once  sync.Once
	ready chan struct{}
}

// ReadFrom implements net.PacketConn.
func (c *readyConn) ReadFrom(b []byte) (int, net.Addr, error) {
	c.once.Do(func() { close(c.ready) })
	return c.PacketConn.ReadFrom(b)
}

// boundedListener accepts at most cap(slots) connections at a time.
type boundedListener struct {
	net.Listener
	slots chan struct{}
	once  sync.Once
	done  chan struct{}
}

// Accept waits for a free slot and a connection.
func (b *boundedListener) Accept() (net.Conn, error) {
	select {
	case b.slots <- struct{}{}:
	case <-b.done:
		return nil, net.ErrClosed
	}
	c, err := b.Listener.Accept()
	if err != nil {
		<-b.slots
		return nil, err
	}
	return &boundedConn{Conn: c, slots: b.slots}, nil
}

// Close ends Accept.
func (b *boundedListener) Close() error {
	b.once.Do(func() { close(b.done) })
	return b.Listener.Close()
}

type boundedConn struct {
	net.Conn
	slots chan struct{}
	once  sync.Once
}

// Close frees the slot.
func (c *boundedConn) Close() error {
	c.once.Do(func() { <-c.slots })
	return c.Conn.Close()
}
