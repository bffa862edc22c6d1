package config

import (
	"fmt"
	"net/netip"
)

// checkDirectory checks what is listened to and announced of sessions.
func (c *Config) checkDirectory(r *report) {
	d, key := &c.Multicast.Directory, "multicast.directory"
	for i, name := range d.Interfaces {
		checkInterface(r, at(key+".interfaces", i), c.Multicast.Enabled && d.Enabled, name)
	}
	for i, text := range d.Scopes {
		if _, err := ParseScope(text); err != nil {
			r.add(at(key+".scopes", i), "%v", err)
		}
	}
	if d.MaxSessions < 1 || d.MaxSessions > maxSessions {
		r.add(key+".max_sessions", "must be from 1 to %d, not %d", maxSessions, d.MaxSessions)
	}
	if d.MaxKB < minDirectoryKB || d.MaxKB > maxDirectoryKB {
		r.add(key+".max_kb", "must be from %d to %d, not %d", minDirectoryKB, maxDirectoryKB, d.MaxKB)
	}
	if p := c.Multicast.Announce.Profile; p != "rfc" && p != "fast" {
		r.add("multicast.announce.profile", "must be rfc or fast, not %s", quote(p))
	}
	for i := range c.Conferences {
		if conf := &c.Conferences[i]; conf.Public && conf.PIN != "" {
			r.add(at("conferences", i)+".public", "would lead past the PIN, which its groups do not ask for; take one of both away")
		}
	}
}

// ParseScope reads an administrative scope.
func ParseScope(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil || !p.Addr().Is4() || !p.Addr().IsMulticast() || p.Bits() < 4 {
		return p, fmt.Errorf("must be a range of IPv4 groups, such as 239.192.8.0/22, not %s", quote(text))
	}
	return p.Masked(), nil
}
