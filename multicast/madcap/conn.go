package madcap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// conn is the socket of a family.
type conn struct {
	*net.UDPConn
	p4     *ipv4.PacketConn
	p6     *ipv6.PacketConn
	groups []netip.Addr
	joined map[int]bool // interfaces, by index
	// local is by which address each interface that serves is reached, by index. To
	// ask the system for each message is what a flood would have us do.
	local atomic.Pointer[map[int]netip.Addr]
}

// openConn opens the port. Another server has it alone, too: the error says so.
func openConn(v6 bool, port int, groups []netip.Addr) (*conn, error) {
	network, address := "udp4", "0.0.0.0"
	if v6 {
		network, address = "udp6", "[::]"
	}
	pc, err := (&net.ListenConfig{}).ListenPacket(context.Background(), network, fmt.Sprintf("%s:%d", address, port))
	if err != nil {
		return nil, err
	}
	c := &conn{UDPConn: pc.(*net.UDPConn), joined: make(map[int]bool)}
	c.local.Store(new(map[int]netip.Addr))
	for _, g := range groups {
		if g.Is6() == v6 {
			c.groups = append(c.groups, g)
		}
	}
	if v6 {
		c.p6 = ipv6.NewPacketConn(c.UDPConn)
		err = c.p6.SetControlMessage(ipv6.FlagDst|ipv6.FlagInterface, true)
	} else {
		c.p4 = ipv4.NewPacketConn(c.UDPConn)
		err = c.p4.SetControlMessage(ipv4.FlagDst|ipv4.FlagInterface, true)
	}
	if err = errors.Join(err, c.SetReadBuffer(receiveBuffer)); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *conn) v4() bool { return c.p4 != nil }

// join enters the groups on interfaces that are new, and looks up the addresses of
// all.
func (c *conn) join(interfaces []net.Interface) error {
	local := make(map[int]netip.Addr)
	var errs []error
	for i := range interfaces {
		ifi := &interfaces[i]
		local[ifi.Index] = c.addressOf(ifi)
		if c.joined[ifi.Index] || !local[ifi.Index].IsValid() {
			continue
		}
		for _, g := range c.groups {
			addr := &net.UDPAddr{IP: g.AsSlice()}
			var err error
			if c.v4() {
				err = c.p4.JoinGroup(ifi, addr)
			} else {
				err = c.p6.JoinGroup(ifi, addr)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("%v on %s: %w", g, ifi.Name, err))
			}
		}
		c.joined[ifi.Index] = true
	}
	for index := range c.joined {
		if _, there := local[index]; !there {
			delete(c.joined, index) // the system has left with it
		}
	}
	c.local.Store(&local)
	return errors.Join(errs...)
}

// read returns the next message and where it came to. An Arrival without a
// Local address cannot be answered.
func (c *conn) read(buffer []byte) (int, netip.AddrPort, Arrival, error) {
	var (
		n, index int
		source   net.Addr
		dst      net.IP
		err      error
	)
	if c.v4() {
		var cm *ipv4.ControlMessage
		if n, cm, source, err = c.p4.ReadFrom(buffer); cm != nil {
			dst, index = cm.Dst, cm.IfIndex
		}
	} else {
		var cm *ipv6.ControlMessage
		if n, cm, source, err = c.p6.ReadFrom(buffer); cm != nil {
			dst, index = cm.Dst, cm.IfIndex
		}
	}
	from, ok := source.(*net.UDPAddr)
	if err != nil || !ok {
		return 0, netip.AddrPort{}, Arrival{}, err
	}
	to, _ := netip.AddrFromSlice(dst) // without one: invalid
	return n, from.AddrPort(), c.arrival(to.Unmap(), index), nil
}

func (c *conn) arrival(to netip.Addr, index int) Arrival {
	if !to.IsMulticast() {
		return Arrival{Local: to}
	}
	if !slices.Contains(c.groups, to) {
		return Arrival{} // of another socket
	}
	return Arrival{Local: (*c.local.Load())[index], Group: to}
}

// addressOf is the first address of an interface by which clients reach it.
func (c *conn) addressOf(ifi *net.Interface) netip.Addr {
	all, err := ifi.Addrs()
	if err != nil {
		return netip.Addr{}
	}
	best := netip.Addr{}
	for _, one := range all {
		p, ok := one.(*net.IPNet)
		if !ok {
			continue
		}
		a, _ := netip.AddrFromSlice(p.IP) // an interface has no others
		a = a.Unmap()
		if a.Is4() == c.v4() && (!best.IsValid() || best.IsLinkLocalUnicast() && !a.IsLinkLocalUnicast()) {
			best = a
		}
	}
	return best
}

// write answers from the address that the client knows.
func (c *conn) write(raw []byte, to netip.AddrPort, source netip.Addr) error {
	addr := net.UDPAddrFromAddrPort(to)
	if c.v4() {
		_, err := c.p4.WriteTo(raw, &ipv4.ControlMessage{Src: source.AsSlice()}, addr)
		return err
	}
	_, err := c.p6.WriteTo(raw, &ipv6.ControlMessage{Src: source.AsSlice()}, addr)
	return err
}
