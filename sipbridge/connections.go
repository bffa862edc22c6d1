package sipbridge

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"parley/qos/accept"
)

// connections accepts TCP connections for signalling.
type connections struct {
	net.Listener
	inCall func(netip.Addr) bool // whether an address has a call
}

func newConnections(l net.Listener, inCall func(netip.Addr) bool) *connections {
	limits := accept.Limits{Total: maxTCPConnections, PerSource: maxTCPPerSource}
	return &connections{Listener: accept.Within(l, limits), inCall: inCall}
}

// Accept implements net.Listener.
func (l *connections) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &connection{Conn: c, inCall: l.inCall}, nil
}

// connection is one that was accepted.
type connection struct {
	net.Conn
	inCall func(netip.Addr) bool
}

// Read outlasts its deadline while the peer has a call: a phone that sends no
// keep-alives must still hear our BYE.
func (c *connection) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if !errors.Is(err, os.ErrDeadlineExceeded) || !c.inCall(addrPort(c.RemoteAddr()).Addr()) {
			return n, err
		}
		if err := c.SetReadDeadline(time.Now().Add(tcpIdle)); err != nil {
			return n, err
		}
	}
}
