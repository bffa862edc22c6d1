package doctor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"
)

// socket is a member of the probe group: in hears the group, out sends to it and
// hears answers to us alone.
type socket struct {
	in, out *net.UDPConn
	group   netip.AddrPort
}

// openSocket joins group on an interface.
func openSocket(group netip.AddrPort, ifi *net.Interface) (_ *socket, err error) {
	s := &socket{group: group}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	v6 := group.Addr().Is6()
	network := "udp4"
	if v6 {
		network = "udp6"
		if a := group.Addr(); a.IsLinkLocalMulticast() || a.IsInterfaceLocalMulticast() {
			s.group = netip.AddrPortFrom(a.WithZone(ifi.Name), group.Port())
		}
	}
	if s.in, err = listen(network, s.group.String(), func(fd int) error { return prepare(fd, v6, true) }); err != nil {
		return nil, err
	}
	if s.out, err = listen(network, sendFrom(group.Addr(), ifi), func(fd int) error { return prepare(fd, v6, false) }); err != nil {
		return nil, err
	}
	return s, s.join(ifi)
}

func listen(network, address string, prepare func(fd int) error) (*net.UDPConn, error) {
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) { failed = prepare(int(fd)) })
		return errors.Join(err, failed)
	}}
	pc, err := lc.ListenPacket(context.Background(), network, address)
	if err != nil {
		return nil, err
	}
	return pc.(*net.UDPConn), nil
}

// prepare has the system tell TTL and DSCP of what arrives, share the port of the
// group, and never divide what is sent.
func prepare(fd int, v6, shared bool) error {
	type option struct{ level, name, value int }
	options := []option{
		{unix.IPPROTO_IP, unix.IP_RECVTTL, 1}, {unix.IPPROTO_IP, unix.IP_RECVTOS, 1},
		{unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DO},
	}
	if v6 {
		options = []option{
			{unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1}, {unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS, 1},
			{unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_DO}, {unix.IPPROTO_IPV6, unix.IPV6_DONTFRAG, 1},
		}
	}
	if shared {
		options = append(options, option{unix.SOL_SOCKET, unix.SO_REUSEADDR, 1})
	}
	for _, o := range options {
		if err := unix.SetsockoptInt(fd, o.level, o.name, o.value); err != nil {
			return err
		}
	}
	return nil
}

// sendFrom is the local address to send from. For the loopback interface the
// system chooses none by itself.
func sendFrom(group netip.Addr, ifi *net.Interface) string {
	if group.Is4() && ifi.Flags&net.FlagLoopback != 0 {
		return "127.0.0.1:0"
	}
	return ":0"
}

func (s *socket) join(ifi *net.Interface) error {
	addr := &net.UDPAddr{IP: s.group.Addr().AsSlice()}
	if s.group.Addr().Is4() {
		out := ipv4.NewPacketConn(s.out)
		return errors.Join(out.SetMulticastInterface(ifi), out.SetMulticastLoopback(true), ipv4.NewPacketConn(s.in).JoinGroup(ifi, addr))
	}
	out := ipv6.NewPacketConn(s.out)
	return errors.Join(out.SetMulticastInterface(ifi), out.SetMulticastLoopback(true), ipv6.NewPacketConn(s.in).JoinGroup(ifi, addr))
}

func (s *socket) close() error {
	var errs []error
	for _, c := range []*net.UDPConn{s.in, s.out} {
		if c != nil {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

// send sends r with its own TTL and DSCP.
func (s *socket) send(r *reply) error {
	to := r.to
	if !to.IsValid() {
		to = s.group
	}
	var oob []byte
	if to.Addr().Is4() {
		oob = appendControl(oob, unix.IPPROTO_IP, unix.IP_TTL, int32(r.ttl))
		oob = appendControl(oob, unix.IPPROTO_IP, unix.IP_TOS, int32(r.dscp<<2))
	} else {
		oob = appendControl(oob, unix.IPPROTO_IPV6, unix.IPV6_HOPLIMIT, int32(r.ttl))
		oob = appendControl(oob, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, int32(r.dscp<<2))
	}
	_, _, err := s.out.WriteMsgUDPAddrPort(r.data, oob, to)
	return err
}

// appendControl appends a control message (cmsg(3)): its length, level and type,
// and a value of four bytes.
func appendControl(b []byte, level, kind, value int32) []byte {
	order := binary.NativeEndian
	m := make([]byte, unix.CmsgSpace(4))
	if unix.SizeofCmsghdr == 16 { // of a length of 8 bytes
		order.PutUint64(m, uint64(unix.CmsgLen(4)))
	} else {
		order.PutUint32(m, uint32(unix.CmsgLen(4)))
	}
	order.PutUint32(m[unix.SizeofCmsghdr-8:], uint32(level))
	order.PutUint32(m[unix.SizeofCmsghdr-4:], uint32(kind))
	order.PutUint32(m[unix.CmsgLen(0):], uint32(value))
	return append(b, m...)
}

// read hands over what arrives until c is closed.
func read(c *net.UDPConn, take func(*datagram)) {
	buf, oob := make([]byte, maxDatagram), make([]byte, 256)
	for {
		n, m, _, from, err := c.ReadMsgUDPAddrPort(buf, oob)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an ICMP error of an answer
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		header := minIPv4Header
		if from.Addr().Is6() {
			header = ipv6Header
		}
		d := datagram{data: buf[:n], from: from, ttl: -1, dscp: -1, size: n + 8 + header}
		d.control(oob[:m])
		take(&d)
	}
}

// control reads TTL and DSCP.
func (d *datagram) control(oob []byte) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return // not known, then
	}
	for _, m := range messages {
		if len(m.Data) == 0 {
			continue
		}
		value := int(m.Data[0])
		if len(m.Data) >= 4 {
			value = int(binary.NativeEndian.Uint32(m.Data))
		}
		switch [2]int32{m.Header.Level, m.Header.Type} {
		case [2]int32{unix.IPPROTO_IP, unix.IP_TTL}, [2]int32{unix.IPPROTO_IPV6, unix.IPV6_HOPLIMIT}:
			d.ttl = value & 0xff
		case [2]int32{unix.IPPROTO_IP, unix.IP_TOS}, [2]int32{unix.IPPROTO_IPV6, unix.IPV6_TCLASS}:
			d.dscp = value & 0xff >> 2
		}
	}
}

// routeTo returns the interface by which the system sends to an address, from which
// of its own.
func routeTo(to netip.Addr) (*net.Interface, error) {
	network := "udp4"
	if to.Is6() {
		network = "udp6"
	}
	c, err := net.Dial(network, netip.AddrPortFrom(to, 9).String()) // nothing is sent
	if err != nil {
		return nil, err
	}
	defer c.Close()
	own := c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap().WithZone("")
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	for i := range all {
		for _, p := range prefixesOf(&all[i]) {
			if p.Addr() == own {
				return &all[i], nil
			}
		}
	}
	return nil, fmt.Errorf("no interface has %v", own)
}

// prefixesOf are the addresses of an interface with their networks.
func prefixesOf(ifi *net.Interface) []netip.Prefix {
	addrs, err := ifi.Addrs()
	if err != nil {
		return nil // it has just gone
	}
	var out []netip.Prefix
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			out = append(out, netip.PrefixFrom(p.Addr().Unmap(), p.Bits()))
		}
	}
	return out
}
