package rtp

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// FilterMode is what a SourceFilter does with its sources (RFC 3376 3, RFC 4570).
type FilterMode uint8

// The modes. The zero value is any-source multicast.
const (
	FilterNone    FilterMode = iota // everybody is taken
	FilterInclude                   // only the sources are taken; without any, nobody
	FilterExclude                   // everybody but the sources
)

// SourceFilter says whose packets of a group are taken, RTP and RTCP.
type SourceFilter struct {
	Mode    FilterMode
	Sources []netip.Addr
}

// Admits reports whether packets from a are taken.
func (f SourceFilter) Admits(a netip.Addr) bool {
	if f.Mode == FilterNone {
		return true
	}
	return slices.Contains(f.Sources, plainAddr(a)) == (f.Mode == FilterInclude)
}

// Meets reports whether there is a host that both admit: whether two who listen to
// one group with these filters hear anybody in common.
func (f SourceFilter) Meets(o SourceFilter) bool {
	f, o = f.plain(), o.plain()
	switch {
	case f.Mode == FilterInclude:
		return slices.ContainsFunc(f.Sources, o.Admits)
	case o.Mode == FilterInclude:
		return slices.ContainsFunc(o.Sources, f.Admits)
	}
	return true // of all hosts there are, some are excluded by neither
}

// Check tells why a group cannot have this filter; nil: it can.
func (f SourceFilter) Check(group netip.Addr) error {
	group = plainAddr(group)
	if IsSourceSpecific(group) && f.Mode != FilterInclude {
		// RFC 4607 1: who sends there is known only by naming them.
		return fmt.Errorf("group %v is source-specific (232.0.0.0/8, ff3x::/32): it needs a list of sources to include", group)
	}
	if len(f.Sources) > MaxFilterSources {
		return fmt.Errorf("%d sources are more than the %d of a group's filter", len(f.Sources), MaxFilterSources)
	}
	if f.Mode == FilterNone && len(f.Sources) > 0 {
		return errors.New("sources are neither included nor excluded")
	}
	for _, s := range f.Sources {
		s = plainAddr(s)
		if s.IsMulticast() || !s.IsValid() || s.IsUnspecified() {
			return fmt.Errorf("source %v is not the address of a host", s)
		}
		if s.Is4() != group.Is4() {
			return fmt.Errorf("source %v is not of the same family as group %v", s, group)
		}
	}
	return nil
}

// plain is a copy whose sources compare with the addresses of packets.
func (f SourceFilter) plain() SourceFilter {
	out := SourceFilter{Mode: f.Mode, Sources: make([]netip.Addr, 0, len(f.Sources))}
	for _, s := range f.Sources {
		if s = plainAddr(s); !slices.Contains(out.Sources, s) {
			out.Sources = append(out.Sources, s)
		}
	}
	return out
}

func plainAddr(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// IsSourceSpecific reports whether a group can be joined only by naming its
// sources: 232.0.0.0/8 and ff3x::/32 (RFC 4607 1).
func IsSourceSpecific(group netip.Addr) bool {
	if group = group.Unmap(); group.Is4() {
		return group.As4()[0] == 232
	}
	a := group.As16()
	return a[0] == 0xff && a[1]>>4 == 3 && a[2] == 0 && a[3] == 0
}
