package sipbridge

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"parley/qos/rtp/leg"
)

// listener is one open socket for signalling.
type listener struct {
	server *Server
	listen Listen // with the port that was really taken
	packet *datagrams
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
		out.packet = newDatagrams(c, s.peers, s.admitDatagram)
		out.listen.Addr = netip.AddrPortFrom(l.Addr.Addr(), c.LocalAddr().(*net.UDPAddr).AddrPort().Port())
		return out, nil
	}
	c, err := net.Listen(network, addr)
	if err != nil {
		return nil, fmt.Errorf("sipbridge: listen on %v: %w", l, err)
	}
	out.stream = newConnections(c, s.inCall)
	out.listen.Addr = netip.AddrPortFrom(l.Addr.Addr(), c.Addr().(*net.TCPAddr).AddrPort().Port())
	return out, nil
}

// serve reads until close. Its error is that of the closed socket.
func (l *listener) serve() error {
	if l.packet != nil {
		return l.packet.serve(l.server.uas.ServeUDP)
	}
	return l.server.uas.ServeTCP(l.stream)
}

// await returns when the socket can be sent by.
func (l *listener) await() {
	if l.packet != nil {
		l.packet.await()
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
	return leg.Advertised(l.server.cfg.External, l.listen.Addr.Addr(), remote), int(l.listen.Addr.Port())
}
