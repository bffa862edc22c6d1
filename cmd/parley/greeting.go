package main

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"

	"parley/cmd/parley/internal/config"
	"parley/h323/ras"
	"parley/multicast/madcap"
	"parley/qos/rtp"
)

// greet prints how to come in, once everything is open.
func greet(w io.Writer, cfg *config.Config, h *house) error {
	var b strings.Builder
	room := cfg.DefaultConference
	if room == "" {
		room = "ANY-NAME"
	}
	port := uint16(0)
	if a, ok := h.address.(*net.TCPAddr); ok {
		port = a.AddrPort().Port()
	}
	scheme := "http"
	if cfg.HTTP.TLSCert != "" {
		scheme = "https"
	}
	fmt.Fprintf(&b, "parley %s is ready.\n\n", version())
	hosts := reachable(cfg, listen(cfg.HTTP.Listen).Addr(), true)
	for i, host := range hosts {
		fmt.Fprintf(&b, "%-12s%s://%s/c/%s\n", label(i, "Page"), scheme, hostPort(host, port), room)
	}
	greetSIP(&b, cfg, h, room)
	greetH323(&b, cfg, h, room)
	if h.groups != nil {
		texts := groupTexts(cfg, room, h.groups.Groups())
		if len(texts) == 0 && wantsGroup(cfg, room) {
			texts = []string{"not joined, see the log"}
		}
		for i, text := range texts {
			fmt.Fprintf(&b, "%-12s%s\n", label(i, "Multicast"), text)
		}
	}
	if h.leases != nil && h.leases.served != nil {
		fmt.Fprintf(&b, "%-12sUDP port %d\n", "MADCAP", madcap.Port)
	}
	fmt.Fprintf(&b, "%-12s%s://%s/api/v1/openapi.json\n", "API", scheme, hostPort(hosts[0], port))
	if scheme == "http" && !listen(cfg.HTTP.Listen).Addr().IsLoopback() {
		b.WriteString("\nBrowsers give camera and microphone only to https:// pages and to localhost.\n" +
			"For other machines set http.tls_cert and http.tls_key, or put a TLS proxy in front.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// greetSIP tells SIP telephones where to call.
func greetSIP(b *strings.Builder, cfg *config.Config, h *house, room string) {
	if h.sip == nil {
		return
	}
	i := 0
	for _, l := range h.sip.Addresses() {
		for _, host := range reachable(cfg, l.Addr.Addr(), false) {
			fmt.Fprintf(b, "%-12ssip:%s@%s;transport=%s\n", label(i, "SIP"), room, hostPort(host, l.Addr.Port()), l.Network)
			i++
		}
	}
}

// greetH323 tells H.323 terminals where to call and register.
func greetH323(b *strings.Builder, cfg *config.Config, h *house, room string) {
	if h.h323 == nil {
		return
	}
	var shown []string
	show := func(scheme string, addresses []netip.AddrPort) {
		for _, a := range addresses {
			for _, host := range reachable(cfg, a.Addr(), false) {
				at := hostPort(host, a.Port())
				if slices.Contains(shown, at) {
					continue // of IPv4 and IPv6
				}
				fmt.Fprintf(b, "%-12s%s:%s@%s\n", label(len(shown), "H.323"), scheme, room, at)
				shown = append(shown, at)
			}
		}
	}
	show("h323", h.h323.Addresses())
	show("h323s", h.h323.TLSAddresses())
	if len(shown) == 0 {
		fmt.Fprintf(b, "%-12soutgoing calls only\n", "H.323")
	}
	for i, text := range zoneTexts(cfg, h) {
		fmt.Fprintf(b, "%-12s%s\n", label(i, "Gatekeeper"), text)
	}
}

// zoneTexts are the ports that endpoints use who register here, by UDP.
func zoneTexts(cfg *config.Config, h *house) (texts []string) {
	if h.zone == nil {
		return nil
	}
	for _, text := range cfg.Gatekeeper.Listen {
		at := listen(text)
		for _, host := range reachable(cfg, at.Addr(), false) {
			texts = append(texts, hostPort(host, at.Port()))
		}
	}
	if h.found {
		texts = append(texts, fmt.Sprintf("%v:%d (discovery)", ras.DiscoveryGroup, ras.DiscoveryPort))
	}
	if at := listen(cfg.H323.Multiplex); at.Port() != 0 {
		text := fmt.Sprintf("%d, %d", at.Port(), at.Port()+1)
		if !at.Addr().IsUnspecified() {
			text = at.String() + fmt.Sprintf(", %d", at.Port()+1)
		}
		texts = append(texts, text+" (media of endpoints behind firewalls)")
	}
	return texts
}

func label(i int, text string) string {
	if i > 0 {
		return ""
	}
	return text
}

// wantsGroup reports whether a group is to take part in a conference.
func wantsGroup(cfg *config.Config, room string) bool {
	for _, s := range cfg.Multicast.Sessions {
		if s.Conference == room {
			return true
		}
	}
	for _, c := range cfg.Conferences {
		if c.ID == room && len(c.Multicast) > 0 {
			return true
		}
	}
	return false
}

// groupTexts are the conference's groups that are joined, with their codecs
// where the configuration and not an SDP file tells them.
func groupTexts(cfg *config.Config, room string, joined map[string][]string) []string {
	named := make(map[string]string) // by address, as the wire writes it
	for _, c := range cfg.Conferences {
		for _, g := range c.Multicast {
			var addresses, texts []string
			for _, s := range []config.Stream{g.Audio, g.Video} {
				if s.Group != "" {
					addresses = append(addresses, s.Group)
					secret := ""
					if s.Crypto != "" {
						secret = ", encrypted"
					}
					texts = append(texts, fmt.Sprintf("%s (%s, payload type %d%s)", s.Group, s.Codec, s.PayloadType, secret))
				}
			}
			named[strings.Join(addresses, " / ")] = strings.Join(texts, ", ")
		}
	}
	var out []string
	for _, address := range joined[room] {
		if text, ok := named[address]; ok {
			address = text
		}
		out = append(out, address)
	}
	return out
}

// reachable are the hosts under which a listener is found: its own, or for all
// interfaces the external address, this machine's name for itself where local
// is wanted, and its first address in a network.
func reachable(cfg *config.Config, bound netip.Addr, local bool) []string {
	if !bound.IsUnspecified() {
		return []string{bound.String()}
	}
	var out []string
	if local {
		out = append(out, "localhost")
	}
	if cfg.ExternalAddress != "" {
		out = append(out, cfg.ExternalAddress)
	} else if own := ownAddress(); own.IsValid() {
		out = append(out, own.String())
	}
	if len(out) == 0 {
		out = append(out, "127.0.0.1")
	}
	return out
}

// ownAddress is the machine's first address in a network, IPv4 before IPv6.
func ownAddress() netip.Addr {
	var v6 netip.Addr
	own, _ := rtp.HostAddrs() // none: none to show
	for _, a := range own {
		switch {
		case !a.IsGlobalUnicast():
		case a.Is4():
			return a
		case !v6.IsValid():
			v6 = a
		}
	}
	return v6
}

func hostPort(host string, port uint16) string { return net.JoinHostPort(host, fmt.Sprint(port)) }
