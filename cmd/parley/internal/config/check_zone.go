package config

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"parley/qos/rtp"
)

// checkZone finds what the gatekeeper's section and others contradict each other
// in.
func (c *Config) checkZone(r *report) {
	taken := c.conferenceNames()
	free := func(key, alias string) {
		if owner, ok := taken[strings.ToLower(alias)]; ok {
			r.add(key, "%s is %s, which alone is called by it; give another", quote(alias), owner)
		}
	}
	for i := range c.Gatekeeper.Users {
		u, key := &c.Gatekeeper.Users[i], at("gatekeeper.users", i)
		free(key+".name", u.Name)
		for j, a := range u.Aliases {
			free(at(key+".aliases", j), a)
		}
	}
	for i, s := range c.Gatekeeper.Static {
		free(at("gatekeeper.static", i)+".alias", s.Alias)
	}
	if !c.RunsGatekeeper() {
		return
	}
	own := "is parley's own gatekeeper; name another's, or set gatekeeper.enabled: false"
	switch address := c.H323.Gatekeeper.Address; {
	case address == DiscoverGatekeeper && c.Gatekeeper.Discovery:
		r.add("h323.gatekeeper.address", "would find parley's own gatekeeper; set gatekeeper.discovery: false, or name another's address")
	case c.OwnGatekeeper(literal(address)):
		r.add("h323.gatekeeper.address", "%s %s", quote(address), own)
	}
	for i, n := range c.Gatekeeper.Neighbours {
		if a, err := netip.ParseAddrPort(n.Address); err == nil && c.OwnGatekeeper(a) {
			r.add(at("gatekeeper.neighbours", i)+".address", "%s is parley's own gatekeeper; name another's", quote(n.Address))
		}
	}
	for i, n := range c.Gatekeeper.Alternates {
		if a, err := netip.ParseAddrPort(n.Address); err == nil && c.OwnGatekeeper(a) {
			r.add(at("gatekeeper.alternates", i)+".address", "%s is parley's own gatekeeper; name one that is there when it is gone", quote(n.Address))
		}
	}
}

// conferenceNames are the names and numbers of declared conferences, folded as
// the gatekeeper compares aliases, with whose they are.
func (c *Config) conferenceNames() map[string]string {
	taken := make(map[string]string)
	if c.DefaultConference != "" {
		taken[strings.ToLower(c.DefaultConference)] = "default_conference"
	}
	for i := range c.Conferences {
		key := at("conferences", i)
		if id := c.Conferences[i].ID; id != "" {
			taken[strings.ToLower(id)] = key + ".id"
		}
		for j, n := range c.Conferences[i].Numbers {
			taken[n] = at(key+".numbers", j)
		}
	}
	return taken
}

// RunsGatekeeper reports whether there is a gatekeeper here: its endpoints call
// conferences where calls of H.323 are taken.
func (c *Config) RunsGatekeeper() bool {
	return c.H323.Enabled && c.Gatekeeper.Enabled && len(c.H323.Listen) > 0
}

// OwnGatekeeper reports whether an address of RAS is that of the gatekeeper here.
func (c *Config) OwnGatekeeper(a netip.AddrPort) bool {
	if !c.RunsGatekeeper() || !a.IsValid() {
		return false
	}
	return c.own(a, c.Gatekeeper.Listen)
}

// own reports whether an address is one of those that are listened on.
func (c *Config) own(a netip.AddrPort, listen []string) bool {
	host := a.Addr().Unmap().WithZone("")
	for _, text := range listen {
		l, err := ParseListen(text)
		if err != nil || l.Port() != a.Port() {
			continue
		}
		if external, err := netip.ParseAddr(c.ExternalAddress); err == nil && external.Unmap() == host {
			return true
		}
		if l.Addr() == host || l.Addr().IsUnspecified() && ofThisMachine(host) {
			return true
		}
	}
	return false
}

// ofThisMachine reports whether an address is one of the machine's interfaces.
func ofThisMachine(a netip.Addr) bool {
	if a.IsLoopback() || a.IsUnspecified() {
		return true
	}
	own, err := rtp.HostAddrs()
	return err == nil && slices.Contains(own, a)
}

// literal reads the address of a gatekeeper; see literalAt.
func literal(text string) netip.AddrPort { return literalAt(text, 1719) }

// literalAt reads "address", "address:port" and "localhost" without asking anybody;
// port stands where none is given. Invalid: it is a name.
func literalAt(text string, port int) netip.AddrPort {
	host, digits, err := net.SplitHostPort(text)
	if err != nil {
		host, digits = strings.Trim(text, "[]"), strconv.Itoa(port)
	}
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	a, err := netip.ParseAddr(host)
	n, errPort := strconv.ParseUint(digits, 10, 16)
	if err != nil || errPort != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a, uint16(n))
}
