package multicast

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"

	"parley/codecs"
	"parley/qos/rtp"
)

// readSources takes whose packets of a group are to be taken: by the
// a=source-filter lines of its medium or, where there is none for the group, by
// those of the session (RFC 4570 3).
func readSources(session, attributes []sdp.Attribute, group netip.Addr) (rtp.SourceFilter, error) {
	f, err := readFilters(attributes, group)
	if err == nil && f.Mode == rtp.FilterNone {
		f, err = readFilters(session, group)
	}
	if err == nil && rtp.IsSourceSpecific(group) && f.Mode != rtp.FilterInclude {
		err = fmt.Errorf("group %v is source-specific, and no a=source-filter names its sources: %w", group, codecs.ErrUnsupported)
	}
	if err != nil {
		return rtp.SourceFilter{}, err
	}
	if err := f.Check(group); err != nil {
		return rtp.SourceFilter{}, fmt.Errorf("a=source-filter: %w: %w", codecs.ErrMalformed, err)
	}
	return f, nil
}

// readFilters joins the lines of one level that are for the group. Two for one
// group have to have the same mode.
func readFilters(list []sdp.Attribute, group netip.Addr) (rtp.SourceFilter, error) {
	var f rtp.SourceFilter
	for _, a := range list {
		if a.Key != "source-filter" {
			continue
		}
		mode, sources, err := readFilter(a.Value, group)
		if err != nil {
			return f, err
		}
		switch {
		case mode == rtp.FilterNone:
		case f.Mode != rtp.FilterNone && f.Mode != mode:
			return f, fmt.Errorf("a=source-filter includes and excludes sources of %v: %w", group, codecs.ErrMalformed)
		default:
			f.Mode = mode
			f.Sources = append(f.Sources, sources...)
		}
	}
	return f, nil
}

// readFilter reads "incl IN IP4 232.3.4.5 192.0.2.10 192.0.2.11"; FilterNone when
// it is for another group. The group may be *, for all.
func readFilter(value string, group netip.Addr) (rtp.FilterMode, []netip.Addr, error) {
	fields := strings.Fields(value)
	if len(fields) < 5 {
		return 0, nil, fmt.Errorf("a=source-filter %q: %w", value, codecs.ErrMalformed)
	}
	modes := map[string]rtp.FilterMode{"incl": rtp.FilterInclude, "excl": rtp.FilterExclude}
	mode, known := modes[strings.ToLower(fields[0])]
	if !known {
		return 0, nil, fmt.Errorf("a=source-filter is neither incl nor excl, but %q: %w", fields[0], codecs.ErrMalformed)
	}
	group = group.Unmap().WithZone("")
	if fields[1] != "IN" || fields[2] != addressType(group) && fields[2] != "*" {
		return rtp.FilterNone, nil, nil
	}
	if fields[3] != "*" {
		if at, err := netip.ParseAddr(fields[3]); err != nil || at.Unmap().WithZone("") != group {
			return rtp.FilterNone, nil, nil //nolint:nilerr // a name is another group than an address
		}
	}
	var sources []netip.Addr
	for _, text := range fields[4:] {
		source, err := netip.ParseAddr(text)
		if err != nil {
			// Strangers announce: we do not ask name servers for them.
			return 0, nil, fmt.Errorf("a=source-filter by the name %q: %w", text, codecs.ErrUnsupported)
		}
		if source = source.Unmap().WithZone(""); source.Is4() == group.Is4() {
			sources = append(sources, source)
		}
	}
	return mode, sources, nil
}

// onlySource is the host that alone is included; not valid: there is none, or more.
func (m *MediaConfig) onlySource() netip.Addr {
	if m.Sources.Mode != rtp.FilterInclude || len(m.Sources.Sources) != 1 {
		return netip.Addr{}
	}
	return m.Sources.Sources[0]
}

// ownSources are the addresses from which parley sends to a medium's group, one
// for each interface that has any.
func (g GroupConfig) ownSources(m *MediaConfig) []netip.Addr {
	names := g.interfaces()
	if len(names) == 0 {
		names = []string{m.Addr.Addr().Zone()} // none: the system's choice
	}
	var out []netip.Addr
	for _, name := range names {
		if a := rtp.GroupSource(m.Addr.Addr().WithZone(""), name); !a.IsUnspecified() && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// SendsTo reports whether parley sends to a medium's group: not where its
// description says that only others do.
func (g GroupConfig) SendsTo(m *MediaConfig) bool {
	if !m.ListenOnly {
		return true
	}
	return m.Sources.Mode == rtp.FilterInclude && slices.ContainsFunc(g.ownSources(m), m.Sources.Admits)
}

// ListenOnly has parley send nothing to the group, unless it is one of the sources
// that are included.
func (g *GroupConfig) ListenOnly() {
	for _, m := range g.Media() {
		m.ListenOnly = true
	}
}

// listensOnly reports whether parley sends nothing to the group at all.
func (g GroupConfig) listensOnly() bool {
	return (g.Audio == nil || !g.SendsTo(g.Audio)) && (g.Video == nil || !g.SendsTo(g.Video))
}

// sourceFilter is the value of a=source-filter (RFC 4570), if there is one: with
// bridgeOnly for parley alone, else for whom parley takes, and itself. One that
// admits nobody is worse than none.
func (g GroupConfig) sourceFilter(m *MediaConfig, bridgeOnly bool) (string, bool) {
	mode, list := "incl", []netip.Addr(nil)
	sends := g.SendsTo(m)
	switch {
	case bridgeOnly && sends:
		list = g.ownSources(m)
	case m.Sources.Mode == rtp.FilterInclude:
		if sends {
			list = g.ownSources(m)
		}
		list = append(list, m.Sources.Sources...)
	case m.Sources.Mode == rtp.FilterExclude:
		mode, list = "excl", m.Sources.Sources
	}
	if len(list) == 0 {
		return "", false
	}
	group := m.Addr.Addr().Unmap().WithZone("")
	var b strings.Builder
	at := group.String()
	if len(m.Layers) > 0 {
		at = "*" // of all layers
	}
	fmt.Fprintf(&b, " %s IN %s %s", mode, addressType(group), at)
	var told []netip.Addr
	for _, a := range list {
		if a = a.Unmap().WithZone(""); !slices.Contains(told, a) {
			told = append(told, a)
			b.WriteString(" " + a.String())
		}
	}
	return b.String(), true
}
