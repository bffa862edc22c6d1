package config

import (
	"errors"
	"net/netip"

	"parley/qos/rtp"
)

// checkSources checks whose packets of a group are taken.
func (g *Group) checkSources(r *report, key string) {
	s := &g.Sources
	if len(s.Include) > 0 && len(s.Exclude) > 0 {
		r.add(key, "has both include and exclude; give one")
		return
	}
	groups, known := g.groups(), true
	for name, list := range map[string][]string{"include": s.Include, "exclude": s.Exclude} {
		for i, text := range list {
			a, err := netip.ParseAddr(text)
			switch {
			case err != nil || a.IsMulticast() || a.IsUnspecified():
				r.add(at(key+"."+name, i), "must be the address of a host, such as 192.0.2.1, not %s", quote(text))
				known = false
			case len(groups) > 0 && !ofFamily(groups, a):
				r.add(at(key+"."+name, i), "%s is not of the family of the groups", a)
			}
		}
	}
	if !known {
		return // that has been said
	}
	for _, group := range groups {
		f, err := s.Filter(group)
		if err == nil && len(s.Include) > 0 && len(f.Sources) == 0 {
			err = errors.New("no source is of the family of group " + group.String())
		}
		if err == nil {
			err = f.Check(group)
		}
		if err == nil && g.ListenOnly && f.Mode == rtp.FilterInclude && len(f.Sources) == 0 {
			err = errors.New("with listen_only, nobody is heard in the source-specific group " + group.String() + ": give include")
		}
		if err != nil {
			r.add(key, "%v", err)
		}
	}
}

// groups are the addresses of its media, as far as they can be read.
func (g *Group) groups() (out []netip.Addr) {
	for _, s := range []*Stream{&g.Audio, &g.Video} {
		if group, err := ParseGroup(s.Group); err == nil {
			out = append(out, group.Addr())
		}
	}
	return out
}

func ofFamily(groups []netip.Addr, a netip.Addr) bool {
	for _, group := range groups {
		if group.Unmap().Is4() == a.Unmap().Is4() {
			return true
		}
	}
	return false
}

// Filter is what the sources mean for one group: those of its family. In a
// source-specific group that includes nobody, parley alone sends.
func (s *Sources) Filter(group netip.Addr) (rtp.SourceFilter, error) {
	var f rtp.SourceFilter
	list := s.Include
	switch {
	case len(s.Exclude) > 0:
		f.Mode, list = rtp.FilterExclude, s.Exclude
	case len(s.Include) > 0 || rtp.IsSourceSpecific(group):
		f.Mode = rtp.FilterInclude
	}
	for _, text := range list {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return f, err
		}
		if a.Unmap().Is4() == group.Unmap().Is4() {
			f.Sources = append(f.Sources, a.Unmap())
		}
	}
	return f, nil
}
