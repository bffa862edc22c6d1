package multicast

import (
	"fmt"
	"net/netip"
	"slices"

	"parley/qos/rtp"
)

// Media are those that the group has: its sound, then its pictures.
func (g GroupConfig) Media() (out []*MediaConfig) {
	for _, m := range []*MediaConfig{g.Audio, g.Video} {
		if m != nil {
			out = append(out, m)
		}
	}
	return out
}

// addresses are those of RTP, of all layers.
func (m *MediaConfig) addresses() []netip.AddrPort {
	out := []netip.AddrPort{plain(m.Addr)}
	for _, at := range m.Layers {
		out = append(out, plain(at))
	}
	return out
}

// allAddresses are those and all of RTCP.
func (m *MediaConfig) allAddresses() []netip.AddrPort {
	out, rtcp := m.addresses(), m.RTCP
	if !rtcp.IsValid() && m.Addr.Port() < 65535 {
		rtcp = netip.AddrPortFrom(m.Addr.Addr(), m.Addr.Port()+1)
	}
	if rtcp.IsValid() {
		out = append(out, plain(rtcp))
	}
	for _, at := range (rtp.GroupConfig{RTP: m.Addr, RTCP: m.RTCP, Layers: m.Layers}).LayersRTCP() {
		out = append(out, plain(at))
	}
	return out
}

// Addresses are all to which the group's packets go: RTP and RTCP of all layers.
func (g GroupConfig) Addresses() (out []netip.AddrPort) {
	for _, m := range g.Media() {
		out = append(out, m.allAddresses()...)
	}
	return out
}

func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// Overlap is what two groups have in common.
type Overlap struct {
	At netip.AddrPort
	// Sent: nobody is heard in both, but parley sends to both.
	Sent bool
}

// Overlap reports whether two groups have an address in common at which they cannot
// be told apart. In two conferences, what is said in one would come back in the
// other and go round; in one, it would be heard twice. Those who take other sources
// each are apart, as the channels of a source-specific group are (RFC 4607 1), but
// for parley as the source: it sends to both from one address.
func (g GroupConfig) Overlap(o GroupConfig) (Overlap, bool) {
	for _, m := range g.Media() {
		for _, n := range o.Media() {
			ours, theirs := m.allAddresses(), n.allAddresses()
			i := slices.IndexFunc(theirs, func(a netip.AddrPort) bool { return slices.Contains(ours, a) })
			if i < 0 {
				continue
			}
			to, from := g.SendsTo(m), o.SendsTo(n)
			if m.Sources.Meets(n.Sources) || to && admitsUs(n.Sources) || from && admitsUs(m.Sources) {
				return Overlap{At: theirs[i]}, true
			}
			if to && from {
				return Overlap{At: theirs[i], Sent: true}, true
			}
		}
	}
	return Overlap{}, false
}

// admitsUs reports whether packets of this host may be taken, of whatever interface:
// from which one they are sent, the routes say, and they may change.
func admitsUs(f rtp.SourceFilter) bool {
	if f.Mode != rtp.FilterInclude {
		return true
	}
	own, err := rtp.HostAddrs()
	return err != nil || slices.ContainsFunc(own, f.Admits) // it may be
}

// Reason says what is wrong with it.
func (o Overlap) Reason(sameConference bool) string {
	switch {
	case o.Sent:
		return "parley sends to both from its own address, so that they are one to who listens; have it only listen to one, with listen_only or an SDP file with a=source-filter, or take another port"
	case sameConference:
		return "what is said there would be heard twice"
	}
	return "what is said in one conference would come back in the other, and go round"
}

// checkMedia reports that sound and pictures have an address in common. RTP of one
// would be RTCP of the other, or the bridge's own reports in one would look in the
// other as if somebody had sent them back.
func (g GroupConfig) checkMedia() error {
	if g.Audio == nil || g.Video == nil {
		return nil
	}
	pictures := g.Video.allAddresses()
	for _, a := range g.Audio.allAddresses() {
		if slices.Contains(pictures, a) {
			return fmt.Errorf("sound and pictures, with their RTCP, have %v in common", a)
		}
	}
	return nil
}

// checkOverlaps reports each group that has an address of one before it.
func checkOverlaps(groups []GroupConfig) (errs []error) {
	for i, g := range groups {
		for j, o := range groups[:i] {
			if both, ok := g.Overlap(o); ok {
				errs = append(errs, fmt.Errorf("multicast group %d, of conference %q: %v is already that of group %d, of conference %q: %s",
					i+1, g.Conference, both.At, j+1, o.Conference, both.Reason(g.Conference == o.Conference)))
			}
		}
	}
	return errs
}
