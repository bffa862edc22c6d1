package rtp

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"parley/qos"
)

// GroupConfig is a multicast group to send to and receive from.
type GroupConfig struct {
	RTP       netip.AddrPort // group and port; RTCP is the next port unless set
	RTCP      netip.AddrPort
	Interface string // name; empty: the system's choice
	TTL       int    // 1 to 255
}

// groupAddrs is what a Transport knows of its group and of itself in it.
type groupAddrs struct {
	rtp, rtcp         netip.AddrPort
	rtpPort, rtcpPort uint16 // from which we send
	hosts             atomic.Pointer[map[netip.Addr]struct{}]
}

// listenGroup joins a group.
func listenGroup(cfg ListenConfig) (*Transport, error) {
	g := *cfg.Group
	g.RTP = unmapped(g.RTP)
	if !g.RTCP.IsValid() && g.RTP.Port() < 65535 {
		g.RTCP = netip.AddrPortFrom(g.RTP.Addr(), g.RTP.Port()+1)
	}
	g.RTCP = unmapped(g.RTCP)
	if !g.RTP.Addr().IsMulticast() || g.RTP.Port() == 0 || !g.RTCP.Addr().IsMulticast() || g.RTCP.Port() == 0 {
		return nil, fmt.Errorf("rtp: group %v: not a multicast address with a port", g.RTP)
	}
	if g.TTL < 1 || g.TTL > 255 {
		return nil, fmt.Errorf("rtp: group %v: TTL %d is not in 1 to 255", g.RTP, g.TTL)
	}
	var ifi *net.Interface
	if g.Interface != "" {
		var err error
		if ifi, err = net.InterfaceByName(g.Interface); err != nil {
			return nil, fmt.Errorf("rtp: group %v: interface %q: %w", g.RTP, g.Interface, err)
		}
	}
	rtp, err := joinSocket(g.RTP, ifi, g.TTL, cfg.DSCP)
	if err != nil {
		return nil, fmt.Errorf("rtp: join %v on interface %q: %w", g.RTP, g.Interface, err)
	}
	rtcp, err := joinSocket(g.RTCP, ifi, g.TTL, cfg.DSCP)
	if err != nil {
		rtp.close()
		return nil, fmt.Errorf("rtp: join %v on interface %q: %w", g.RTCP, g.Interface, err)
	}
	t := &Transport{rtp: rtp, rtcp: rtcp, group: &groupAddrs{
		rtp: zoned(g.RTP, ifi), rtcp: zoned(g.RTCP, ifi),
		rtpPort:  uint16(rtp.out.LocalAddr().(*net.UDPAddr).Port),
		rtcpPort: uint16(rtcp.out.LocalAddr().(*net.UDPAddr).Port),
	}}
	t.group.refresh()
	return t, nil
}

// joinSocket opens the receiving and the sending socket for one group address.
func joinSocket(group netip.AddrPort, ifi *net.Interface, ttl int, dscp qos.DSCP) (*socket, error) {
	network := "udp4"
	if group.Addr().Is6() {
		network = "udp6"
	}
	local := netip.AddrPortFrom(sendFrom(group.Addr(), ifi), 0).String()
	// Bound to the group's address, the socket hears no unicast and no other
	// group on that port; several programs may share it.
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return shareGroup(c, group.Addr().Is6())
	}}
	pc, err := lc.ListenPacket(context.Background(), network, zoned(group, ifi).String())
	if err != nil {
		return nil, err
	}
	in := pc.(*net.UDPConn)
	pc, err = net.ListenPacket(network, local)
	if err != nil {
		in.Close()
		return nil, err
	}
	out := pc.(*net.UDPConn)
	err = join(in, out, group.Addr(), ifi, ttl)
	var s *socket
	if err == nil {
		s, err = newSocket(in, out, dscp)
	}
	if err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	return s, nil
}

// join enters the group with in and aims out at it. Loopback is on, since
// other programs on this host may be members.
func join(in, out *net.UDPConn, group netip.Addr, ifi *net.Interface, ttl int) error {
	addr := &net.UDPAddr{IP: group.AsSlice()}
	if group.Is4() {
		o := ipv4.NewPacketConn(out)
		if ifi != nil {
			if err := o.SetMulticastInterface(ifi); err != nil {
				return err
			}
		}
		if err := o.SetMulticastTTL(ttl); err != nil {
			return err
		}
		if err := o.SetMulticastLoopback(true); err != nil {
			return err
		}
		return ipv4.NewPacketConn(in).JoinGroup(ifi, addr)
	}
	o := ipv6.NewPacketConn(out)
	if ifi != nil {
		if err := o.SetMulticastInterface(ifi); err != nil {
			return err
		}
	}
	if err := o.SetMulticastHopLimit(ttl); err != nil {
		return err
	}
	if err := o.SetMulticastLoopback(true); err != nil {
		return err
	}
	return ipv6.NewPacketConn(in).JoinGroup(ifi, addr)
}

// zoned adds the interface to a group of link scope, which is only complete
// with it (RFC 4007 6).
func zoned(a netip.AddrPort, ifi *net.Interface) netip.AddrPort {
	if ifi == nil || !a.Addr().Is6() || !a.Addr().IsLinkLocalMulticast() && !a.Addr().IsInterfaceLocalMulticast() {
		return a
	}
	return netip.AddrPortFrom(a.Addr().WithZone(ifi.Name), a.Port())
}

// refresh reads the host's addresses anew, since they may change while the
// session lasts.
func (g *groupAddrs) refresh() {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return // the ones known stay
	}
	hosts := make(map[netip.Addr]struct{}, len(addrs)+1)
	// Without any address, packets leave from 0.0.0.0. No other host's arrive
	// from there (RFC 1122 3.2.1.3).
	hosts[netip.IPv4Unspecified()] = struct{}{}
	for _, a := range addrs {
		if p, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(p.IP); ok {
				hosts[ip.Unmap()] = struct{}{}
			}
		}
	}
	g.hosts.Store(&hosts)
}

// isOwn reports whether packets from from are ours.
func (g *groupAddrs) isOwn(from netip.AddrPort) bool {
	if from.Port() != g.rtpPort && from.Port() != g.rtcpPort {
		return false
	}
	_, ok := (*g.hosts.Load())[from.Addr().WithZone("")]
	return ok
}
