package sap

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// includedSources are the hosts that a=source-filter lines admit to a group
// (RFC 4570); none: nobody is named, so that all are.
func includedSources(lines []string, group netip.Addr) (out []netip.Addr) {
	for _, line := range lines {
		f := strings.Fields(line) // incl IN IP4 GROUP SOURCE ...
		if len(f) < 5 || f[0] != "incl" {
			continue
		}
		if at, err := netip.ParseAddr(f[3]); f[3] != "*" && (err != nil || at.Unmap().WithZone("") != group) {
			continue
		}
		for _, text := range f[4:] {
			a, err := netip.ParseAddr(text)
			if a = a.Unmap().WithZone(""); err == nil && a.Is4() == group.Is4() && !a.IsMulticast() && !slices.Contains(out, a) && len(out) < maxSources {
				out = append(out, a)
			}
		}
	}
	return out
}

// joinSources enters a group for the packets of its sources alone, which is all
// that a network does for a source-specific one (RFC 4607).
func joinSources(conn *net.UDPConn, group netip.Addr, sources []netip.Addr, ifi *net.Interface) error {
	join := ipv6.NewPacketConn(conn).JoinSourceSpecificGroup
	if group.Is4() {
		join = ipv4.NewPacketConn(conn).JoinSourceSpecificGroup
	}
	for _, s := range sources {
		if err := join(ifi, &net.UDPAddr{IP: group.AsSlice()}, &net.UDPAddr{IP: s.AsSlice()}); err != nil {
			return err
		}
	}
	return nil
}
