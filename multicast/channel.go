package multicast

import (
	"fmt"
	"net/netip"
	"slices"

	"parley/qos/rtp"
)

// Channel is where packets of a medium go, and whose are taken there: in a
// source-specific group, those of another source are another channel (RFC 4607 1).
type Channel struct {
	Addr netip.AddrPort // of RTP
	// Sources are hosts that alone are taken; none: that is not said.
	Sources []netip.Addr
}

// uses reports whether c is one of the group's. With no source said, it is by its
// address.
func (g GroupConfig) uses(c Channel) bool {
	at, from := plain(c.Addr), rtp.SourceFilter{Mode: rtp.FilterInclude, Sources: c.Sources}
	return slices.ContainsFunc(g.Media(), func(m *MediaConfig) bool {
		return slices.Contains(m.addresses(), at) && (len(c.Sources) == 0 || m.Sources.Meets(from) ||
			g.SendsTo(m) && slices.ContainsFunc(g.ownSources(m), from.Admits))
	})
}

// Channel is that of the group's sound, or of its pictures where it has no sound.
func (g GroupConfig) Channel() Channel {
	m := g.Media()[0]
	c := Channel{Addr: m.Addr}
	if m.Sources.Mode == rtp.FilterInclude {
		c.Sources = m.Sources.Sources
	}
	return c
}

// address is "239.1.2.3:5004", or both groups' joined by a slash. No two groups that
// may take part at once have the same.
func (g GroupConfig) address() string {
	list := g.Media()
	first := list[0].Addr.String()
	if len(list) == 1 {
		return first + g.from(list[0])
	}
	second := list[1].Addr.String() + g.from(list[1])
	if g.from(list[0]) == g.from(list[1]) {
		return first + " / " + second
	}
	return first + g.from(list[0]) + " / " + second
}

// from tells a channel that parley only listens to from others of the same address:
// " from 192.0.2.10", " from 192.0.2.10 and 2 more". No source is in two that take
// part at once, so that the lowest of each is its own.
func (g GroupConfig) from(m *MediaConfig) string {
	if m.Sources.Mode != rtp.FilterInclude || len(m.Sources.Sources) == 0 || g.SendsTo(m) {
		return ""
	}
	text := " from " + slices.MinFunc(m.Sources.Sources, netip.Addr.Compare).String()
	if n := len(m.Sources.Sources) - 1; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}
