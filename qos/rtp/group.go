package rtp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
)

// GroupConfig is a multicast group to send to and receive from.
type GroupConfig struct {
	RTP  netip.AddrPort // group and port; RTCP is the next port unless set
	RTCP netip.AddrPort
	// Layers are the further addresses of a session in layers, beyond the base
	// layer of RTP (RFC 8866 5.7), which are joined, too, as are LayersRTCP. No RTP
	// is sent there.
	Layers    []netip.AddrPort
	Interface string // name; empty: the system's choice
	// MoreInterfaces are those on which the group is joined as well, and by which
	// each packet is sent, too. Only with Interface.
	MoreInterfaces []string
	TTL            int // 1 to 255
	// Sources says whose packets are taken: by the network where it can keep the
	// others away (IGMPv3, MLDv2), and here.
	Sources SourceFilter
	// HopFloor drops packets that arrive with less of their TTL or hop limit left:
	// those of senders further away (RFC 5082). 0: none.
	HopFloor int
	// ListenOnly sends nothing to the group, reports included: they go to the
	// feedback target, if there is one, else nowhere.
	ListenOnly bool
}

// groupAddrs is what a Transport knows of its group and of itself in it.
type groupAddrs struct {
	rtp, rtcp         netip.AddrPort
	rtpPort, rtcpPort uint16 // from which we send
	hosts             atomic.Pointer[map[netip.Addr]struct{}]
	sources           SourceFilter
	hopFloor          int
	layers            []netip.AddrPort // RTCP of the higher layers; none: that of the base is of all
	interfaces        []int            // indices on which packets may arrive; nil: any, or the kernel sees to it
	listenOnly        bool
}

// LayersRTCP are the addresses of RTCP of Layers, which are sessions of their own
// (RFC 3550 2.4): each as far from its RTP as that of the base is. None where the
// base's is in another group, or is too far: then it is of all.
func (g GroupConfig) LayersRTCP() (out []netip.AddrPort) {
	base, rtcp := unmapped(g.RTP), unmapped(g.RTCP)
	if !rtcp.IsValid() {
		rtcp = netip.AddrPortFrom(base.Addr(), base.Port()+1)
	}
	for _, at := range g.Layers {
		port := int(at.Port()) + int(rtcp.Port()) - int(base.Port())
		if rtcp.Addr().WithZone("") != base.Addr().WithZone("") || port < 1 || port > 65535 {
			return nil
		}
		out = append(out, netip.AddrPortFrom(at.Addr().Unmap(), uint16(port)))
	}
	return out
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
	g.Sources = g.Sources.plain()
	if err := g.Sources.Check(g.RTP.Addr()); err != nil {
		return nil, fmt.Errorf("rtp: group %v: %w", g.RTP, err)
	}
	interfaces, err := g.interfaces()
	if err != nil {
		return nil, fmt.Errorf("rtp: group %v: %w", g.RTP, err)
	}
	m := membership{GroupConfig: g, interfaces: interfaces, dscp: cfg.DSCP}
	rtp, err := m.open(g.RTP)
	if err != nil {
		return nil, fmt.Errorf("rtp: join %v on interface %q: %w", g.RTP, g.Interface, err)
	}
	rtcp, err := m.open(g.RTCP)
	if err != nil {
		rtp.close()
		return nil, fmt.Errorf("rtp: join %v on interface %q: %w", g.RTCP, g.Interface, err)
	}
	layers, reports, err := m.openLayers()
	if err != nil {
		return nil, errors.Join(err, rtp.close(), rtcp.close())
	}
	t := &Transport{rtp: rtp, rtcp: rtcp, layers: layers, reports: reports, group: &groupAddrs{
		rtp: zoned(g.RTP, m.first()), rtcp: zoned(g.RTCP, m.first()), layers: g.LayersRTCP(),
		rtpPort:  uint16(rtp.out.LocalAddr().(*net.UDPAddr).Port),
		rtcpPort: uint16(rtcp.out.LocalAddr().(*net.UDPAddr).Port),
		sources:  g.Sources, hopFloor: g.HopFloor, interfaces: m.indices(), listenOnly: g.ListenOnly,
	}}
	for i, at := range t.group.layers {
		t.group.layers[i] = zoned(at, m.first())
	}
	t.group.refresh()
	return t, nil
}

// zoned adds the interface to a group of link scope, which is only complete
// with it (RFC 4007 6).
func zoned(a netip.AddrPort, ifi *net.Interface) netip.AddrPort {
	if ifi == nil || !ofLink(a.Addr()) {
		return a
	}
	return netip.AddrPortFrom(a.Addr().WithZone(ifi.Name), a.Port())
}

// refresh reads the host's addresses anew, since they may change while the
// session lasts.
func (g *groupAddrs) refresh() {
	addrs, err := HostAddrs()
	if err != nil {
		return // the ones known stay
	}
	hosts := make(map[netip.Addr]struct{}, len(addrs)+1)
	// Without any address, packets leave from 0.0.0.0. No other host's arrive
	// from there (RFC 1122 3.2.1.3).
	hosts[netip.IPv4Unspecified()] = struct{}{}
	for _, a := range addrs {
		hosts[a] = struct{}{}
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

// whence is where a packet came in.
type whence struct {
	ttl   int // what was left of its TTL or hop limit; 255 where it is not told
	index int // of the interface; 0: not told
}

// refusal is why a packet of a group is not taken.
type refusal uint8

const (
	taken       refusal = iota
	bySource            // the filter does not admit its sender
	byInterface         // it is of the group of that name on another interface
	byDistance          // it came further than the hop floor allows
)

// screen judges a packet by where it came from. Our own are taken, since the
// machine has to see them come back. The kernel judges sources and interfaces, too,
// but not on all systems, and not for each kind of join.
func (g *groupAddrs) screen(from netip.AddrPort, at whence) refusal {
	switch {
	case g == nil:
		return taken
	case g.interfaces != nil && !slices.Contains(g.interfaces, at.index):
		return byInterface
	case g.sources.Mode == FilterNone && g.hopFloor == 0 || g.isOwn(from):
		return taken
	case !g.sources.Admits(from.Addr()):
		return bySource
	case at.ttl < g.hopFloor:
		return byDistance
	}
	return taken
}
