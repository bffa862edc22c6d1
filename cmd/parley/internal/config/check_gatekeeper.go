package config

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
)

func (g *Gatekeeper) check(r *report) {
	checkName(r, "gatekeeper.identifier", g.Identifier)
	if g.Enabled && len(g.Listen) == 0 {
		r.add("gatekeeper.listen", "is empty; set gatekeeper.enabled: false to be without a gatekeeper")
	}
	if g.TimeToLive < minTimeToLive || g.TimeToLive > maxTimeToLive {
		r.add("gatekeeper.time_to_live", "must be from %v to %v", minTimeToLive, maxTimeToLive)
	}
	if policies := []string{"refuse", "call", "locate"}; g.Unregistered != policies[0] && g.Unregistered != policies[1] && g.Unregistered != policies[2] {
		r.add("gatekeeper.unregistered", "must be refuse, call or locate, not %s%s", quote(g.Unregistered), didYouMean(nearest(g.Unregistered, policies)))
	}
	for key, kbps := range map[string]int{"gatekeeper.total_kbps": g.TotalKbps, "gatekeeper.call_kbps": g.CallKbps} {
		if kbps < 0 {
			r.add(key, "must be 0 or more")
		}
	}
	if g.UsersOnly && len(g.Users) == 0 {
		r.add("gatekeeper.users_only", "lets nobody register, since gatekeeper.users is empty")
	}
	g.checkUsers(r)
	g.checkOthers(r)
	for i, name := range g.Interfaces {
		if _, err := net.InterfaceByName(name); err != nil {
			r.add(at("gatekeeper.interfaces", i), "%s is no network interface of this machine", quote(name))
		}
	}
	if t := g.MaxCallTime; t != 0 && t < time.Second {
		r.add("gatekeeper.max_call_time", "must be at least 1s, or 0s for no bound")
	}
	if t := g.ReportEvery; t != 0 && (t < minReport || t > maxReport) {
		r.add("gatekeeper.report_every", "must be from %v to %v, or 0s for no reports", minReport, maxReport)
	}
	switch policies := []string{"none", "users", "all"}; {
	case !slices.Contains(policies, g.PreGranted):
		r.add("gatekeeper.pre_granted", "must be none, users or all, not %s%s", quote(g.PreGranted), didYouMean(nearest(g.PreGranted, policies)))
	case g.PreGranted != "none" && (g.TotalKbps > 0 || g.CallKbps > 0 || g.MaxCallTime > 0):
		r.add("gatekeeper.pre_granted", "lets calls be that nobody asks for, so that total_kbps, call_kbps and max_call_time cannot hold; set it to none, or those to 0")
	}
}

// checkName checks a name or number of somebody.
func checkName(r *report, key, text string) {
	if n := len([]rune(text)); n == 0 || n > maxNameLength || strings.ContainsFunc(text, unicode.IsControl) {
		r.add(key, "must be a name or number of 1 to %d characters", maxNameLength)
	}
}

// checkUsers checks who may register, and that nobody has the names of another.
func (g *Gatekeeper) checkUsers(r *report) {
	owners := make(map[string]string) // by folded alias
	own := func(key, alias, user string) {
		checkName(r, key, alias)
		folded := strings.ToLower(alias)
		if other, taken := owners[folded]; taken && other != user {
			r.add(key, "%s is already that of %s", quote(alias), quote(other))
		}
		owners[folded] = user
	}
	users := make(map[string]int, len(g.Users)) // by folded name
	for i := range g.Users {
		u, key := &g.Users[i], at("gatekeeper.users", i)
		if first, twice := users[strings.ToLower(u.Name)]; twice && u.Name != "" {
			r.add(key+".name", "%s is already that of gatekeeper.users[%d]; a user has one entry with all aliases", quote(u.Name), first)
			continue
		}
		users[strings.ToLower(u.Name)] = i
		own(key+".name", u.Name, u.Name)
		if u.Password == "" {
			r.add(key+".password", "is missing")
		}
		for j, a := range u.Aliases {
			own(at(key+".aliases", j), a, u.Name)
		}
	}
}

// checkOthers checks the addresses of endpoints and gatekeepers.
func (g *Gatekeeper) checkOthers(r *report) {
	for i, s := range g.Static {
		key := at("gatekeeper.static", i)
		checkName(r, key+".alias", s.Alias)
		checkPeer(r, key+".address", s.Address)
	}
	for i, n := range g.Neighbours {
		key := at("gatekeeper.neighbours", i)
		checkName(r, key+".identifier", n.Identifier)
		checkPeer(r, key+".address", n.Address)
	}
	if len(g.Alternates) > maxAlternates {
		r.add("gatekeeper.alternates", "are %d; endpoints are told %d", len(g.Alternates), maxAlternates)
	}
	for i, a := range g.Alternates {
		key := at("gatekeeper.alternates", i)
		checkPeer(r, key+".address", a.Address)
		if a.Priority < 0 || a.Priority > 127 {
			r.add(key+".priority", "must be from 0, the first, to 127")
		}
	}
}

// checkPeer checks the address of another.
func checkPeer(r *report, key, text string) {
	if a, err := netip.ParseAddrPort(text); err != nil || a.Port() == 0 || a.Addr().IsUnspecified() {
		r.add(key, "must be IP:PORT, not %s", quote(text))
	}
}

// Bounds of a registration's life: below, renewals are a burden, above, one that
// is gone is called for too long.
const (
	minTimeToLive = 10 * time.Second
	maxTimeToLive = 24 * time.Hour
)

// Bounds of the time between reports of a call: more often they are a burden, and
// the message has 16 bits for the seconds.
const (
	minReport = 5 * time.Second
	maxReport = 65535 * time.Second
)

// maxAlternates is the most that one message should carry.
const maxAlternates = 8
