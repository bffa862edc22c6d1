package ras

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"parley/qos"
)

// Ports and group of RAS (H.225.0 appendix IV).
const (
	// Port is the gatekeeper's for registration and status.
	Port = 1719
	// DiscoveryPort is that of GRQ, and of the group.
	DiscoveryPort = 1718
)

// DiscoveryGroup is where endpoints without a gatekeeper's address ask for one.
var DiscoveryGroup = netip.AddrFrom4([4]byte{224, 0, 1, 41}) //nolint:gochecknoglobals // a constant of the standard; netip has no constants

// Socket is one UDP socket for RAS. It answers from the very address that was
// asked, also where the host has many.
type Socket struct {
	conn  *net.UDPConn
	v4    *ipv4.PacketConn // one of the two
	v6    *ipv6.PacketConn
	local netip.AddrPort
	group bool
	buf   []byte // of ReadDatagram, which one goroutine calls
}

// Listen opens a socket at an address; port 0 is any. An unspecified v6 address
// does not take v4 in: open a socket for each.
func Listen(at netip.AddrPort, dscp qos.DSCP) (*Socket, error) {
	network := "udp4"
	if at.Addr().Is6() && !at.Addr().Is4In6() {
		network = "udp6"
	}
	conn, err := net.ListenUDP(network, net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, fmt.Errorf("RAS on %v: %w", at, err)
	}
	s := &Socket{conn: conn, buf: make([]byte, MaxDatagram), local: conn.LocalAddr().(*net.UDPAddr).AddrPort()}
	s.local = unmapped(s.local)
	if network == "udp4" {
		s.v4 = ipv4.NewPacketConn(conn)
		err = errors.Join(s.v4.SetControlMessage(ipv4.FlagDst, true), s.v4.SetTOS(int(dscp)<<2))
	} else {
		s.v6 = ipv6.NewPacketConn(conn)
		err = errors.Join(s.v6.SetControlMessage(ipv6.FlagDst, true), s.v6.SetTrafficClass(int(dscp)<<2))
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("RAS on %v: %w", at, err)
	}
	return s, nil
}

// ListenGroup opens a socket that hears the discovery group on the interfaces
// given; none: on that which the routing table chooses. Its datagrams are marked
// Group. The socket is bound to the group's own address, so that it hears nothing
// that was sent to a host.
func ListenGroup(interfaces []net.Interface) (*Socket, error) {
	return listenGroup(netip.AddrPortFrom(DiscoveryGroup, DiscoveryPort), interfaces)
}

func listenGroup(group netip.AddrPort, interfaces []net.Interface) (*Socket, error) {
	s, err := Listen(group, 0)
	if err != nil {
		return nil, err
	}
	s.group = true
	joined := []*net.Interface{nil}
	if len(interfaces) > 0 {
		joined = joined[:0]
		for i := range interfaces {
			joined = append(joined, &interfaces[i])
		}
	}
	for _, i := range joined {
		if err := s.v4.JoinGroup(i, &net.UDPAddr{IP: group.Addr().AsSlice()}); err != nil {
			s.conn.Close()
			name := "by routing table"
			if i != nil {
				name = i.Name
			}
			return nil, fmt.Errorf("gatekeeper discovery group %v on interface %s: %w", group, name, err)
		}
	}
	return s, nil
}

// ReadDatagram is of Link.
func (s *Socket) ReadDatagram() (Datagram, error) {
	var n int
	var from net.Addr
	var err error
	d := Datagram{Local: s.local, Group: s.group}
	if s.v4 != nil {
		var cm *ipv4.ControlMessage
		if n, cm, from, err = s.v4.ReadFrom(s.buf); err == nil && cm != nil {
			d.setLocal(cm.Dst)
		}
	} else {
		var cm *ipv6.ControlMessage
		if n, cm, from, err = s.v6.ReadFrom(s.buf); err == nil && cm != nil {
			d.setLocal(cm.Dst)
		}
	}
	if err != nil {
		return Datagram{}, err
	}
	if udp, ok := from.(*net.UDPAddr); ok {
		d.Remote = unmapped(udp.AddrPort())
	}
	d.Data = append([]byte(nil), s.buf[:n]...)
	return d, nil
}

// setLocal takes the destination of a received datagram over; that of a group is
// none to send from, and marks it.
func (d *Datagram) setLocal(dst net.IP) {
	a, ok := netip.AddrFromSlice(dst)
	if !ok {
		return
	}
	if a = a.Unmap(); a.IsMulticast() {
		d.Group = true
		return
	}
	d.Local = netip.AddrPortFrom(a, d.Local.Port())
}

// WriteDatagram is of Link.
func (s *Socket) WriteDatagram(d Datagram) error {
	to := net.UDPAddrFromAddrPort(d.Remote)
	src := d.Local.Addr()
	var err error
	if s.v4 != nil {
		var cm *ipv4.ControlMessage
		if src.Is4() && !src.IsUnspecified() && !src.IsMulticast() {
			cm = &ipv4.ControlMessage{Src: src.AsSlice()}
		}
		_, err = s.v4.WriteTo(d.Data, cm, to)
	} else {
		var cm *ipv6.ControlMessage
		if src.Is6() && !src.IsUnspecified() && !src.IsMulticast() {
			cm = &ipv6.ControlMessage{Src: src.AsSlice()}
		}
		_, err = s.v6.WriteTo(d.Data, cm, to)
	}
	return err
}

// LocalAddr is of Link.
func (s *Socket) LocalAddr() netip.AddrPort { return s.local }

// Close is of Link.
func (s *Socket) Close() error { return s.conn.Close() }

func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// askGroupOn sends to the discovery group from an interface, and no further than
// the site (H.323 clause 7.2.1 leaves the scope to the TTL).
func (s *Socket) askGroupOn(i *net.Interface) error {
	if s.v4 == nil {
		return errors.New("RAS: gatekeepers are discovered by multicast over IPv4 only")
	}
	if err := s.v4.SetMulticastTTL(discoveryTTL); err != nil {
		return fmt.Errorf("RAS multicast: %w", err)
	}
	if i == nil {
		return nil
	}
	if err := s.v4.SetMulticastInterface(i); err != nil {
		return fmt.Errorf("RAS multicast on %s: %w", i.Name, err)
	}
	return nil
}

// discoveryTTL keeps discovery within a site.
const discoveryTTL = 16
