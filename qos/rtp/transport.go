package rtp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"parley/qos"
)

// ListenConfig says where a Transport listens.
type ListenConfig struct {
	// Addr is a local address. Unspecified: all; v6 unspecified takes v4 too.
	// Not valid: as v6 unspecified, or v4 where there is no v6.
	Addr  netip.Addr
	Ports PortRange // zero: any free pair
	DSCP  qos.DSCP  // of RTP and RTCP, v4 and v6
	// Group joins an any-source multicast group instead; Addr and Ports are
	// then ignored.
	Group *GroupConfig
}

// Transport is the sockets of one session, or its place in a Multiplex. Who made
// it closes it, after the Session that uses it.
type Transport struct {
	rtp, rtcp *socket
	layers    []*net.UDPConn // of a group, beyond rtp
	reports   []*net.UDPConn // RTCP of these, in the same order, or none
	group     *groupAddrs    // nil: unicast
	place     *place         // nil: the sockets are its own
}

// Listen opens the sockets. An error names the address or range and what to do.
func Listen(cfg ListenConfig) (*Transport, error) {
	if cfg.Group != nil {
		return listenGroup(cfg)
	}
	return listenUnicast(cfg.Addr, cfg.DSCP, func(addr netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
		return listenPair(addr, cfg.Ports)
	})
}

// listenUnicast opens a pair of sockets on an address, which may be not valid.
func listenUnicast(at netip.Addr, dscp qos.DSCP, open func(netip.Addr) (rtp, rtcp *net.UDPConn, err error)) (*Transport, error) {
	addrs := []netip.Addr{at.Unmap()}
	if !at.IsValid() {
		addrs = []netip.Addr{netip.IPv6Unspecified(), netip.IPv4Unspecified()}
	}
	var errs []error
	for _, addr := range addrs {
		rtp, rtcp, err := open(addr)
		if err != nil {
			errs = append(errs, err)
			if errors.Is(err, syscall.EADDRINUSE) {
				break // by IPv4 alone it is taken too
			}
			continue
		}
		t := &Transport{}
		if t.rtp, err = newSocket(rtp, rtp, dscp); err == nil {
			t.rtcp, err = newSocket(rtcp, rtcp, dscp)
		}
		if err != nil {
			rtp.Close()
			rtcp.Close()
			return nil, err
		}
		return t, nil
	}
	return nil, errors.Join(errs...)
}

// LocalRTP is the address of the RTP socket, or the group's.
func (t *Transport) LocalRTP() netip.AddrPort {
	if t.group != nil {
		return t.group.rtp
	}
	return t.rtp.local()
}

// LocalRTCP is the address of the RTCP socket, or the group's.
func (t *Transport) LocalRTCP() netip.AddrPort {
	if t.group != nil {
		return t.group.rtcp
	}
	return t.rtcp.local()
}

// MultiplexID is what stands before each packet that is received; not ok:
// nothing does.
func (t *Transport) MultiplexID() (id uint32, ok bool) {
	if t.place == nil {
		return 0, false
	}
	return t.place.id, true
}

// port is which of a session's something comes to.
type port struct {
	layer int // 0: the base
	rtcp  bool
}

// sockets are those that are received from.
func (t *Transport) sockets() []*net.UDPConn {
	return slices.Concat([]*net.UDPConn{t.rtp.in, t.rtcp.in}, t.layers, t.reports)
}

// Close closes the sockets. With a group, it is left; in a Multiplex, the
// identifier is given back.
func (t *Transport) Close() error {
	if t.place != nil {
		t.place.giveBack()
		return nil
	}
	return errors.Join(t.rtp.close(), t.rtcp.close(), closeAll(t.layers), closeAll(t.reports))
}

// socket is one of the two of a Transport. In a group the packets go out by a
// socket of their own, whose port nobody shares: so they are known when they
// come back.
type socket struct {
	in, out *net.UDPConn
	sender  *sender
}

// newSocket takes the connections over once it returns without an error.
func newSocket(in, out *net.UDPConn, dscp qos.DSCP) (*socket, error) {
	if err := mark(out, dscp); err != nil {
		return nil, fmt.Errorf("rtp: set DSCP %d on %v: %w", dscp, out.LocalAddr(), err)
	}
	// A smaller buffer than asked for works, with more loss under load.
	_ = in.SetReadBuffer(readBuffer)
	s, err := newSender(out)
	if err != nil {
		return nil, fmt.Errorf("rtp: socket %v: %w", out.LocalAddr(), err)
	}
	return &socket{in: in, out: out, sender: s}, nil
}

// marked is a socket that others have too, with a mark of its own.
func (s *socket) marked(dscp qos.DSCP) *socket {
	return &socket{in: s.in, out: s.out, sender: s.sender.marked(dscp)}
}

func (s *socket) local() netip.AddrPort {
	return unmapped(s.in.LocalAddr().(*net.UDPAddr).AddrPort())
}

func (s *socket) close() error {
	err := s.in.Close()
	if s.out != s.in {
		err = errors.Join(err, s.out.Close())
	}
	return err
}

// bytes are what is to be written.
func (d *datagram) bytes() []byte {
	if d.n > len(d.buf) {
		return d.long[:d.n]
	}
	return d.buf[:d.n]
}

// isIPv6 reports whether c is an AF_INET6 socket.
func isIPv6(c *net.UDPConn) bool {
	a := c.LocalAddr().(*net.UDPAddr)
	return a.IP.To4() == nil
}

// mark sets the code point for all that c sends: the upper six bits of the
// IPv4 TOS and IPv6 traffic class octets (RFC 2474 3). A dual-stack socket
// has both, as its IPv4 packets take the former.
func mark(c *net.UDPConn, dscp qos.DSCP) error {
	if dscp > 63 {
		return fmt.Errorf("code point above 63")
	}
	octet := int(dscp) << 2
	if !isIPv6(c) {
		return ipv4.NewConn(c).SetTOS(octet)
	}
	if err := ipv6.NewConn(c).SetTrafficClass(octet); err != nil {
		return err
	}
	if c.LocalAddr().(*net.UDPAddr).IP.IsUnspecified() {
		return markMapped(c, octet)
	}
	return nil
}
