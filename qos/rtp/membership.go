package rtp

import (
	"context"
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

// membership is how the sockets of a group are opened.
type membership struct {
	GroupConfig
	interfaces []*net.Interface // none: the system's choice
	dscp       qos.DSCP
	screened   bool // packets have to be looked at for where they arrived
}

// interfaces finds those that are named, also by the zone of the group.
func (g *GroupConfig) interfaces() ([]*net.Interface, error) {
	if zone := g.RTP.Addr().Zone(); zone != "" {
		if g.Interface != "" && g.Interface != zone {
			return nil, fmt.Errorf("is on interface %q by its zone, not on %q", zone, g.Interface)
		}
		g.Interface = zone
	}
	names := slices.Concat([]string{g.Interface}, g.MoreInterfaces)
	if g.Interface == "" {
		switch {
		case len(g.MoreInterfaces) > 0:
			return nil, errors.New("more interfaces without a first one")
		case ofLink(g.RTP.Addr()):
			return nil, errors.New("a group of link scope needs an interface (RFC 4007)")
		}
		return nil, nil
	}
	if len(names) > MaxInterfaces {
		return nil, fmt.Errorf("%d interfaces are more than %d", len(names), MaxInterfaces)
	}
	if len(names) > 1 && ofLink(g.RTP.Addr()) {
		// RFC 4007 6: on each link, it is another group.
		return nil, fmt.Errorf("a group of link scope has one interface, not %d", len(names))
	}
	var out []*net.Interface
	for _, name := range names {
		ifi, err := net.InterfaceByName(name)
		if err != nil {
			return nil, fmt.Errorf("interface %q: %w", name, err)
		}
		if slices.ContainsFunc(out, func(o *net.Interface) bool { return o.Index == ifi.Index }) {
			return nil, fmt.Errorf("interface %q is named twice", name)
		}
		out = append(out, ifi)
	}
	return out, nil
}

// first is the interface that addresses are chosen by; nil: the system's choice.
func (m *membership) first() *net.Interface {
	if len(m.interfaces) == 0 {
		return nil
	}
	return m.interfaces[0]
}

// indices are those of the interfaces on which packets may arrive; nil: the kernel
// sees to it.
func (m *membership) indices() []int {
	if !m.screened {
		return nil
	}
	var out []int
	for _, ifi := range m.interfaces {
		out = append(out, ifi.Index)
	}
	return out
}

// open opens the receiving and the sending socket for one address of the group.
func (m *membership) open(group netip.AddrPort) (*socket, error) {
	in, err := m.listen(group)
	if err != nil {
		return nil, err
	}
	pc, err := net.ListenPacket(family(group), netip.AddrPortFrom(sendFrom(group.Addr(), m.first()), 0).String())
	if err != nil {
		in.Close()
		return nil, err
	}
	out := pc.(*net.UDPConn)
	s, err := m.pair(in, out, group.Addr())
	if err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	return s, nil
}

// openLayers opens the receiving sockets for the group's further layers, and those
// for their RTCP.
func (m *membership) openLayers() (layers, reports []*net.UDPConn, err error) {
	if len(m.Layers) >= MaxLayers {
		return nil, nil, fmt.Errorf("rtp: group %v: %d layers are more than %d", m.RTP, len(m.Layers)+1, MaxLayers)
	}
	if layers, err = m.listenAll(m.Layers); err != nil {
		return nil, nil, err
	}
	if reports, err = m.listenAll(m.LayersRTCP()); err != nil {
		return nil, nil, errors.Join(err, closeAll(layers))
	}
	return layers, reports, nil
}

func (m *membership) listenAll(addresses []netip.AddrPort) (out []*net.UDPConn, err error) {
	for _, at := range addresses {
		in, err := m.listen(unmapped(at))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("rtp: join layer %v on interface %q: %w", at, m.Interface, err), closeAll(out))
		}
		out = append(out, in)
	}
	return out, nil
}

func closeAll(conns []*net.UDPConn) (err error) {
	for _, c := range conns {
		err = errors.Join(err, c.Close())
	}
	return err
}

func family(group netip.AddrPort) string {
	if group.Addr().Is6() {
		return "udp6"
	}
	return "udp4"
}

// listen opens a receiving socket and joins the group with it.
func (m *membership) listen(group netip.AddrPort) (*net.UDPConn, error) {
	// Bound to the group's address, the socket hears no unicast and no other
	// group on that port; several programs may share it.
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return shareGroup(c, group.Addr().Is6())
	}}
	pc, err := lc.ListenPacket(context.Background(), family(group), zoned(group, m.first()).String())
	if err != nil {
		return nil, err
	}
	in := pc.(*net.UDPConn)
	if err := m.enter(in, group.Addr()); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

// enter joins the group with in.
func (m *membership) enter(in *net.UDPConn, group netip.Addr) error {
	interfaces := m.interfaces
	if len(interfaces) == 0 {
		interfaces = []*net.Interface{nil}
	}
	for _, ifi := range interfaces {
		if err := m.join(in, group, ifi); err != nil {
			return err
		}
	}
	if m.HopFloor > 0 {
		if err := reportHops(in); err != nil {
			return fmt.Errorf("hop floor: %w", err)
		}
	}
	if len(m.interfaces) > 0 {
		needed, err := reportInterface(in)
		if err != nil {
			return fmt.Errorf("interface of packets: %w", err)
		}
		m.screened = m.screened || needed
	}
	return nil
}

// pair makes a socket of the two, with out aimed at the group.
func (m *membership) pair(in, out *net.UDPConn, group netip.Addr) (*socket, error) {
	if err := m.aim(out, group); err != nil {
		return nil, err
	}
	s, err := newSocket(in, out, m.dscp)
	if err == nil && len(m.interfaces) > 1 {
		err = s.sender.sendBy(group, m.interfaces)
	}
	return s, err
}

// aim sets by which interface, and how far, packets to the group go. Loopback is
// on, since other programs on this host may be members.
func (m *membership) aim(out *net.UDPConn, group netip.Addr) error {
	ifi := m.first()
	if group.Is4() {
		o := ipv4.NewPacketConn(out)
		if ifi != nil {
			if err := o.SetMulticastInterface(ifi); err != nil {
				return err
			}
		}
		return errors.Join(o.SetMulticastTTL(m.TTL), o.SetMulticastLoopback(true))
	}
	o := ipv6.NewPacketConn(out)
	if ifi != nil {
		if err := o.SetMulticastInterface(ifi); err != nil {
			return err
		}
	}
	return errors.Join(o.SetMulticastHopLimit(m.TTL), o.SetMulticastLoopback(true))
}

// members is what both families' sockets can do (RFC 3678 5).
type members interface {
	JoinGroup(ifi *net.Interface, group net.Addr) error
	JoinSourceSpecificGroup(ifi *net.Interface, group, source net.Addr) error
	ExcludeSourceSpecificGroup(ifi *net.Interface, group, source net.Addr) error
}

// join enters the group on an interface; nil: the system's choice. With a list of
// sources, the network is asked for these alone.
func (m *membership) join(in *net.UDPConn, group netip.Addr, ifi *net.Interface) error {
	var c members = ipv6.NewPacketConn(in)
	if group.Is4() {
		c = ipv4.NewPacketConn(in)
	}
	at := &net.UDPAddr{IP: group.AsSlice()}
	if m.Sources.Mode != FilterInclude {
		if err := c.JoinGroup(ifi, at); err != nil {
			return err
		}
	}
	for _, source := range m.Sources.Sources {
		set := c.JoinSourceSpecificGroup
		if m.Sources.Mode == FilterExclude {
			set = c.ExcludeSourceSpecificGroup
		}
		if err := set(ifi, at, &net.UDPAddr{IP: source.AsSlice()}); err != nil {
			return explainFilter(fmt.Errorf("source %v: %w", source, err))
		}
	}
	return nil
}

// explainFilter says what to do where the system allows fewer sources.
func explainFilter(err error) error {
	if errors.Is(err, syscall.ENOBUFS) {
		return fmt.Errorf("%w: more sources than the system allows; on Linux, raise net.ipv4.igmp_max_msf or net.ipv6.mld_max_msf", err)
	}
	return err
}

// ofLink reports whether a group is another one on each link, so that it is
// complete only with an interface (RFC 4007 6).
func ofLink(group netip.Addr) bool {
	return group.Is6() && (group.IsLinkLocalMulticast() || group.IsInterfaceLocalMulticast())
}
