package rtp

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// inlet reads datagrams, each with where it arrived where somebody wants to know.
type inlet struct {
	conn    *net.UDPConn
	control []byte // nil: nobody does
}

// maxControl holds a TTL and an interface (RFC 3542 4).
var maxControl = unix.CmsgSpace(4) + unix.CmsgSpace(unix.SizeofInet6Pktinfo)

func newInlet(c *net.UDPConn, g *groupAddrs) *inlet {
	in := &inlet{conn: c}
	if g != nil && (g.hopFloor > 0 || g.interfaces != nil) {
		in.control = make([]byte, maxControl)
	}
	return in
}

// read reads one.
func (in *inlet) read(b []byte) (n int, from netip.AddrPort, at whence, err error) {
	if in.control == nil {
		n, from, err = in.conn.ReadFromUDPAddrPort(b)
		return n, from, whence{ttl: 255}, err
	}
	n, told, _, from, err := in.conn.ReadMsgUDPAddrPort(b, in.control)
	return n, from, whenceOf(in.control[:told]), err
}

// whenceOf reads control messages. A TTL that is not there is 0, as if it came
// from very far.
func whenceOf(control []byte) (at whence) {
	for len(control) >= unix.CmsgLen(0) {
		h, data, rest, err := unix.ParseOneSocketControlMessage(control)
		if err != nil {
			return at
		}
		order := binary.NativeEndian
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_TTL && len(data) >= 4,
			h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_HOPLIMIT && len(data) >= 4:
			at.ttl = int(int32(order.Uint32(data)))
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= unix.SizeofInet6Pktinfo:
			at.index = int(order.Uint32(data[16:]))
		}
		control = rest
	}
	return at
}

// reportHops has the kernel tell each packet's TTL or hop limit.
func reportHops(c *net.UDPConn) error {
	if isIPv6(c) {
		return setOption(c, unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT)
	}
	return setOption(c, unix.IPPROTO_IP, unix.IP_RECVTTL)
}

// reportInterface has the kernel tell by which interface each packet came. Only
// IPv6 needs it: there a socket that joined a group on one interface is given what
// comes on all others where some program joined it, too.
func reportInterface(c *net.UDPConn) (needed bool, err error) {
	if !isIPv6(c) {
		return false, nil
	}
	return true, setOption(c, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO)
}

func setOption(c *net.UDPConn, level, option int) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	control := raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), level, option, 1) })
	return errors.Join(control, err)
}
