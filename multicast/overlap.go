package multicast

import (
	"fmt"
	"net/netip"
	"slices"
)

// addresses are those of RTP, of all layers.
func (g GroupConfig) addresses() []netip.AddrPort {
	var out []netip.AddrPort
	for _, m := range []*MediaConfig{g.Audio, g.Video} {
		if m != nil {
			out = append(out, plain(m.Addr))
			for _, at := range m.Layers {
				out = append(out, plain(at))
			}
		}
	}
	return out
}

// Addresses are all to which the group's packets go: RTP of all layers, and RTCP.
func (g GroupConfig) Addresses() []netip.AddrPort {
	out := g.addresses()
	for _, m := range []*MediaConfig{g.Audio, g.Video} {
		if m == nil {
			continue
		}
		rtcp := m.RTCP
		if !rtcp.IsValid() && m.Addr.Port() < 65535 {
			rtcp = netip.AddrPortFrom(m.Addr.Addr(), m.Addr.Port()+1)
		}
		if rtcp.IsValid() {
			out = append(out, plain(rtcp))
		}
	}
	return out
}

func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// Overlap reports whether two groups have an address in common. In two
// conferences, what is said in one would come back in the other and go round; in
// one, it would be heard twice.
func (g GroupConfig) Overlap(o GroupConfig) (netip.AddrPort, bool) {
	theirs := o.Addresses()
	for _, a := range g.Addresses() {
		if slices.Contains(theirs, a) {
			return a, true
		}
	}
	return netip.AddrPort{}, false
}

// checkMedia reports that sound and pictures have an address in common. RTP of one
// would be RTCP of the other, or the bridge's own reports in one would look in the
// other as if somebody had sent them back.
func (g GroupConfig) checkMedia() error {
	if g.Audio == nil || g.Video == nil {
		return nil
	}
	if a, same := (GroupConfig{Audio: g.Audio}).Overlap(GroupConfig{Video: g.Video}); same {
		return fmt.Errorf("sound and pictures, with their RTCP, have %v in common", a)
	}
	return nil
}

// OverlapReason says of two groups that have an address in common what is wrong
// with it.
func OverlapReason(sameConference bool) string {
	if sameConference {
		return "what is said there would be heard twice"
	}
	return "what is said in one conference would come back in the other, and go round"
}

// checkOverlaps reports each group that has an address of one before it.
func checkOverlaps(groups []GroupConfig) (errs []error) {
	for i, g := range groups {
		for j, o := range groups[:i] {
			if a, ok := g.Overlap(o); ok {
				errs = append(errs, fmt.Errorf("multicast group %d, of conference %q: %v is already that of group %d, of conference %q: %s",
					i+1, g.Conference, a, j+1, o.Conference, OverlapReason(g.Conference == o.Conference)))
			}
		}
	}
	return errs
}
