package sap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"
)

// openShared opens the port of a family for groups, beside other programs of
// this machine that listen to announcements.
func openShared(v6 bool, port int) (*net.UDPConn, error) {
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error { return share(c, v6) }}
	network, any := "udp4", "0.0.0.0"
	if v6 {
		network, any = "udp6", "[::]"
	}
	pc, err := lc.ListenPacket(context.Background(), network, fmt.Sprintf("%s:%d", any, port))
	if err != nil {
		return nil, err
	}
	conn := pc.(*net.UDPConn)
	if err := conn.SetReadBuffer(receiveBuffer); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// share lets several sockets have a port, and keeps the groups that other
// sockets joined out of this one, which Linux would let in.
func share(c syscall.RawConn, v6 bool) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		if failed != nil {
			return
		}
		if v6 {
			failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_ALL, 0)
		} else {
			failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0)
		}
		if errors.Is(failed, unix.ENOPROTOOPT) {
			failed = nil // a kernel before 4.20: the destination is checked anyway
		}
	})
	return errors.Join(err, failed)
}

// joinGroup enters a group on an interface; nil: the system's choice.
func joinGroup(conn *net.UDPConn, group netip.Addr, ifi *net.Interface) error {
	addr := &net.UDPAddr{IP: group.AsSlice()}
	if group.Is4() {
		return ipv4.NewPacketConn(conn).JoinGroup(ifi, addr)
	}
	return ipv6.NewPacketConn(conn).JoinGroup(ifi, addr)
}

// leaveGroup undoes joinGroup. Of the interface, the index is enough.
func leaveGroup(conn *net.UDPConn, group netip.Addr, ifi *net.Interface) error {
	addr := &net.UDPAddr{IP: group.AsSlice()}
	if group.Is4() {
		return ipv4.NewPacketConn(conn).LeaveGroup(ifi, addr)
	}
	return ipv6.NewPacketConn(conn).LeaveGroup(ifi, addr)
}

// sendTo sends a packet to a group by an interface; nil: the system's choice.
// Loopback stays on: players on this machine listen, too.
func sendTo(t Transmission, port int) error {
	var ifi *net.Interface
	if t.Interface != "" {
		var err error
		if ifi, err = net.InterfaceByName(t.Interface); err != nil {
			return err
		}
	}
	network := "udp4"
	to := netip.AddrPortFrom(t.Group, uint16(port))
	if t.Group.Is6() {
		network = "udp6"
		if ifi != nil {
			to = netip.AddrPortFrom(t.Group.WithZone(ifi.Name), uint16(port))
		}
	}
	pc, err := (&net.ListenConfig{}).ListenPacket(context.Background(), network, sourceOf(t, ifi))
	if err != nil {
		return err
	}
	defer pc.Close()
	conn := pc.(*net.UDPConn)
	if t.Group.Is4() {
		err = aim4(ipv4.NewPacketConn(conn), ifi, t.TTL)
	} else {
		err = aim6(ipv6.NewPacketConn(conn), ifi, t.TTL)
	}
	if err == nil {
		_, err = conn.WriteToUDPAddrPort(t.Packet, to)
	}
	return err
}

// sourceOf is the local address to send from. For the loopback interface Linux
// chooses none by itself.
func sourceOf(t Transmission, ifi *net.Interface) string {
	if t.Group.Is4() && ifi != nil && ifi.Flags&net.FlagLoopback != 0 {
		return "127.0.0.1:0"
	}
	return ":0"
}

func aim4(p *ipv4.PacketConn, ifi *net.Interface, ttl int) error {
	if ifi != nil {
		if err := p.SetMulticastInterface(ifi); err != nil {
			return err
		}
	}
	return errors.Join(p.SetMulticastTTL(ttl), p.SetMulticastLoopback(true))
}

func aim6(p *ipv6.PacketConn, ifi *net.Interface, ttl int) error {
	if ifi != nil {
		if err := p.SetMulticastInterface(ifi); err != nil {
			return err
		}
	}
	return errors.Join(p.SetMulticastHopLimit(ttl), p.SetMulticastLoopback(true))
}
