package config

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

func (h *H323) check(r *report) {
	if n := len([]rune(h.Name)); n == 0 || n > maxNameLength || strings.ContainsFunc(h.Name, unicode.IsControl) {
		r.add("h323.name", "must be 1 to %d characters, which peers show", maxNameLength)
	}
	if low, high := h.H245Ports.Low, h.H245Ports.High; low != 0 || high != 0 {
		checkPort(r, "h323.h245_ports.low", low)
		checkPort(r, "h323.h245_ports.high", high)
		if high < low {
			r.add("h323.h245_ports.high", "must be at least h323.h245_ports.low")
		}
	}
	if names := []string{"off", "offer", "require"}; h.Encryption != names[0] && h.Encryption != names[1] && h.Encryption != names[2] {
		r.add("h323.encryption", "must be off, offer or require, not %s%s", quote(h.Encryption), didYouMean(nearest(h.Encryption, names)))
	}
	if h.VideoKbps < minVideoKbps || h.VideoKbps > maxVideoKbps {
		r.add("h323.video_kbps", "must be from %d to %d", minVideoKbps, maxVideoKbps)
	}
	if h.MaxCalls < 0 || h.MaxCalls > maxCalls {
		r.add("h323.max_calls", "must be from 1 to %d, or 0 for the built-in limit", maxCalls)
	}
	h.Gatekeeper.check(r)
}

func (g *GatekeeperClient) check(r *report) {
	if methods := []string{"h235.1", "md5", "cat"}; !slices.Contains(methods, g.Authentication) {
		r.add("h323.gatekeeper.authentication", "must be h235.1, md5 or cat, not %s%s", quote(g.Authentication), didYouMean(nearest(g.Authentication, methods)))
	}
	if g.Address == "" {
		for key, given := range map[string]bool{
			"aliases": len(g.Aliases) > 0, "user": g.User != "", "password": g.Password != "", "traversal": g.Traversal, "tunnel": g.Tunnel,
		} {
			if given {
				r.add("h323.gatekeeper."+key, "is given without h323.gatekeeper.address")
			}
		}
		return
	}
	if g.Address != DiscoverGatekeeper && !isHost(g.Address) {
		r.add("h323.gatekeeper.address", "must be a host, HOST:PORT, or %q to look for one, not %s", DiscoverGatekeeper, quote(g.Address))
	}
	if g.Tunnel && g.Address == DiscoverGatekeeper {
		r.add("h323.gatekeeper.tunnel", "needs the gatekeeper's address, since none is looked for by TCP")
	}
	for i, a := range g.Aliases {
		if n := len([]rune(a)); n == 0 || n > maxNameLength || strings.ContainsFunc(a, unicode.IsControl) {
			r.add(at("h323.gatekeeper.aliases", i), "must be a name or number of 1 to %d characters", maxNameLength)
		}
	}
	if (g.User == "") != (g.Password == "") {
		r.add("h323.gatekeeper.user", "needs h323.gatekeeper.password, and the other way round")
	}
}

// DiscoverGatekeeper is the address of a gatekeeper that is to be looked for by
// multicast (H.323 clause 7.2.1).
const DiscoverGatekeeper = "discover"

// isHost reports whether text is a host's name or address, perhaps with a port.
func isHost(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	host := text
	if h, port, err := net.SplitHostPort(text); err == nil {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
		host = h
		if _, err := netip.ParseAddr(host); err == nil {
			return true
		}
	}
	return host != "" && len(host) <= 253 && !strings.ContainsFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	})
}
