package rtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"parley/codecs"
	"parley/qos"
)

// ipv6MulticastAll is IPV6_MULTICAST_ALL of linux/in6.h.
const ipv6MulticastAll = 29

// shareGroup lets several programs listen to one group, and keeps packets of
// groups away that other programs joined.
func shareGroup(c syscall.RawConn, v6 bool) error {
	var err error
	control := c.Control(func(fd uintptr) {
		if err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return
		}
		if v6 {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, ipv6MulticastAll, 0)
			return
		}
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0)
	})
	return errors.Join(control, err)
}

// markMapped sets the TOS of the IPv4 packets of an IPv6 socket.
func markMapped(c *net.UDPConn, octet int) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	control := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_TOS, octet)
	})
	return errors.Join(control, err)
}

func isAddrInUse(err error) bool { return errors.Is(err, unix.EADDRINUSE) }

// target is an address resolved for sending.
type target struct {
	addr  netip.AddrPort
	scope uint32 // interface index of a link-local address
}

func newTarget(a netip.AddrPort) target {
	t := target{addr: a}
	if zone := a.Addr().Zone(); zone != "" {
		if ifi, err := net.InterfaceByName(zone); err == nil {
			t.scope = uint32(ifi.Index)
		}
	}
	return t
}

// sender writes datagrams without waiting: net's own writes park the
// goroutine when the socket's buffer is full, and a media path drops instead.
type sender struct {
	raw  syscall.RawConn
	v6   bool
	pool sync.Pool // of *datagram
	// marks4 and marks6 are control messages that mark each packet, to IPv4 and
	// IPv6; nil: the socket's mark holds.
	marks4, marks6 []byte
	// ways are control messages by which a packet to a group goes out by each of
	// several interfaces; nil: by the socket's.
	ways [][]byte
}

// datagram is one write on its way, with all memory it needs.
type datagram struct {
	buf   [codecs.MaxPacket]byte
	long  []byte // instead of buf for n beyond it; nil: never needed
	n     int
	sa4   unix.SockaddrInet4
	sa6   unix.SockaddrInet6
	to    unix.Sockaddr
	marks []byte
	err   error
	write func(fd uintptr) bool
}

func newSender(c *net.UDPConn) (*sender, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &sender{raw: raw, v6: isIPv6(c)}
	s.pool.New = newDatagram
	return s, nil
}

// newDatagram is of a sender's pool.
func newDatagram() any {
	d := new(datagram)
	// Bound once: a closure a packet would be an allocation a packet.
	d.write = func(fd uintptr) bool {
		const flags = unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL
		if d.marks != nil {
			_, d.err = unix.SendmsgN(int(fd), d.bytes(), d.marks, d.to, flags)
		} else {
			d.err = unix.Sendto(int(fd), d.bytes(), flags, d.to)
		}
		return true
	}
	return d
}

// marked is a sender by the same socket that marks its packets itself: the upper
// six bits of the IPv4 TOS and IPv6 traffic class octets (RFC 2474 3).
func (s *sender) marked(dscp qos.DSCP) *sender {
	octet := int32(dscp) << 2
	m := &sender{
		raw: s.raw, v6: s.v6,
		marks4: controlMessage(unix.IPPROTO_IP, unix.IP_TOS, octet),
		marks6: controlMessage(unix.IPPROTO_IPV6, unix.IPV6_TCLASS, octet),
	}
	m.pool.New = newDatagram
	return m
}

// controlMessage is one with a C int.
func controlMessage(level, kind int32, value int32) []byte {
	return controlBytes(level, kind, binary.NativeEndian.AppendUint32(nil, uint32(value)))
}

// controlBytes is a control message.
func controlBytes(level, kind int32, data []byte) []byte {
	b := make([]byte, unix.CmsgSpace(len(data)))
	// struct cmsghdr: its length, of a word, and two ints; the data is aligned.
	word := unix.CmsgLen(0) - 8
	if length := uint64(unix.CmsgLen(len(data))); word == 8 {
		binary.NativeEndian.PutUint64(b, length)
	} else {
		binary.NativeEndian.PutUint32(b, uint32(length))
	}
	binary.NativeEndian.PutUint32(b[word:], uint32(level))
	binary.NativeEndian.PutUint32(b[word+4:], uint32(kind))
	copy(b[word+8:], data)
	return b
}

// get returns a datagram to fill; send gives it back.
func (s *sender) get() *datagram { return s.pool.Get().(*datagram) }

// send writes d to t.
func (s *sender) send(d *datagram, t target) error {
	defer s.pool.Put(d)
	if s.v6 {
		d.sa6.Addr, d.sa6.Port, d.sa6.ZoneId = t.addr.Addr().As16(), int(t.addr.Port()), t.scope
		d.to = &d.sa6
		d.marks = s.marks6
		if t.addr.Addr().Is4() { // a mapped one goes out as IPv4
			d.marks = s.marks4
		}
	} else {
		if !t.addr.Addr().Is4() {
			return errFamily
		}
		d.sa4.Addr, d.sa4.Port = t.addr.Addr().As4(), int(t.addr.Port())
		d.to, d.marks = &d.sa4, s.marks4
	}
	if s.ways == nil || !t.addr.Addr().IsMulticast() {
		return s.write(d)
	}
	var failed error
	for _, way := range s.ways {
		d.marks = way
		if err := s.write(d); err != nil {
			failed = err // the others still have it
		}
	}
	return failed
}

func (s *sender) write(d *datagram) error {
	d.err = nil
	if err := s.raw.Write(d.write); err != nil {
		return err
	}
	return d.err
}

// sendBy has each packet to a group go out by all of these interfaces, from an
// address of each (ip(7), IP_PKTINFO; RFC 3542 6.2).
func (s *sender) sendBy(group netip.Addr, interfaces []*net.Interface) error {
	for _, ifi := range interfaces {
		order := binary.NativeEndian
		source := interfaceAddr(group, ifi)
		if s.v6 {
			info := make([]byte, unix.SizeofInet6Pktinfo) // the kernel chooses the source
			order.PutUint32(info[16:], uint32(ifi.Index))
			s.ways = append(s.ways, controlBytes(unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, info))
			continue
		}
		if source.IsUnspecified() {
			return fmt.Errorf("interface %q has no address to send from", ifi.Name)
		}
		info := make([]byte, unix.SizeofInet4Pktinfo)
		order.PutUint32(info, uint32(ifi.Index))
		from := source.As4()
		copy(info[4:], from[:])
		s.ways = append(s.ways, controlBytes(unix.IPPROTO_IP, unix.IP_PKTINFO, info))
	}
	return nil
}

// drop gives d back unsent.
func (s *sender) drop(d *datagram) { s.pool.Put(d) }
