//go:build !linux

package rtp

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"

	"parley/codecs"
	"parley/qos"
)

// shareGroup does nothing: a group has one listener per host here.
func shareGroup(syscall.RawConn, bool) error { return nil }

// markMapped does nothing: IPv4 packets of a dual-stack socket stay unmarked.
func markMapped(*net.UDPConn, int) error { return nil }

func isAddrInUse(err error) bool { return strings.Contains(err.Error(), "in use") }

// routeInterface knows nothing: the system chooses a source itself here.
func routeInterface(netip.Addr) (*net.Interface, error) { return nil, errors.ErrUnsupported }

// target is an address resolved for sending.
type target struct{ addr netip.AddrPort }

func newTarget(a netip.AddrPort) target { return target{a} }

// sender writes datagrams.
type sender struct {
	conn *net.UDPConn
	v6   bool
	pool sync.Pool // of *datagram
}

// datagram is one write on its way.
type datagram struct {
	buf  [codecs.MaxPacket]byte
	long []byte // instead of buf for n beyond it; nil: never needed
	n    int
}

func newSender(c *net.UDPConn) (*sender, error) {
	return &sender{conn: c, v6: isIPv6(c), pool: sync.Pool{New: func() any { return new(datagram) }}}, nil
}

// marked is a sender by the same socket. Packets keep the socket's mark here.
func (s *sender) marked(qos.DSCP) *sender {
	return &sender{conn: s.conn, v6: s.v6, pool: sync.Pool{New: func() any { return new(datagram) }}}
}

// sendBy cannot be had here: packets go out by the first interface.
func (s *sender) sendBy(netip.Addr, []*net.Interface) error { return nil }

func (s *sender) get() *datagram { return s.pool.Get().(*datagram) }

// send writes d to t.
func (s *sender) send(d *datagram, t target) error {
	defer s.pool.Put(d)
	if !s.v6 && !t.addr.Addr().Is4() {
		return errFamily
	}
	_, err := s.conn.WriteToUDPAddrPort(d.bytes(), t.addr)
	return err
}

// drop gives d back unsent.
func (s *sender) drop(d *datagram) { s.pool.Put(d) }
