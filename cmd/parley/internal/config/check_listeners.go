package config

import (
	"fmt"
	"net/netip"

	"parley/multicast/madcap"
)

// Listener is a port that is taken from the machine.
type Listener struct {
	Key     string // "h323.listen[0]"
	Network string // "TCP" or "UDP"
	// At has port 0 where the system chooses, and the unspecified IPv6 address for
	// all interfaces.
	At netip.AddrPort
}

// collides reports whether both cannot be open at once.
func (l Listener) collides(o Listener) bool {
	return l.Network == o.Network && l.At.Port() == o.At.Port() && l.At.Port() != 0 &&
		(l.At.Addr() == o.At.Addr() || l.At.Addr().IsUnspecified() || o.At.Addr().IsUnspecified())
}

// Listeners returns what a checked Config has parley listen on, but for multicast
// groups and the discovery of gatekeepers.
func (c *Config) Listeners() (all []Listener) {
	for _, w := range c.wanted() {
		at, err := ParseListen(w.text)
		if err != nil {
			continue // checked
		}
		if w.key == "h323.multiplex" && at.Addr().IsUnspecified() {
			at = netip.AddrPortFrom(c.mediaAddr(at.Addr()), at.Port())
		}
		all = append(all, Listener{w.key, w.network, at})
	}
	return all
}

// mediaAddr is where media of H.323 is received: where calls are, if that is one
// address.
func (c *Config) mediaAddr(otherwise netip.Addr) netip.Addr {
	if len(c.H323.Listen) == 0 {
		return otherwise
	}
	at, err := ParseListen(c.H323.Listen[0])
	if err != nil || at.Addr().IsUnspecified() {
		return otherwise
	}
	return at.Addr()
}

// wanted is a Listener that is not read yet.
type wanted struct{ network, key, text string }

// wanted are those of all that is switched on.
func (c *Config) wanted() []wanted {
	all := []wanted{{"TCP", "http.listen", c.HTTP.Listen}}
	if c.SIP.Enabled {
		all = append(all, given(wanted{"UDP", "sip.udp", c.SIP.UDP}, wanted{"TCP", "sip.tcp", c.SIP.TCP})...)
	}
	if c.H323.Enabled {
		all = append(all, c.wantedH323()...)
	}
	if c.Multicast.Enabled && c.Multicast.MADCAP.Enabled {
		all = append(all, wanted{"UDP", "multicast.madcap.enabled", fmt.Sprintf(":%d", madcap.Port)})
	}
	if c.WebRTC.Enabled {
		all = append(all, given(wanted{"UDP", "webrtc.udp", c.WebRTC.UDP}, wanted{"TCP", "webrtc.tcp", c.WebRTC.TCP})...)
	}
	return all
}

// given leaves out those that are empty.
func given(all ...wanted) (out []wanted) {
	for _, w := range all {
		if w.text != "" {
			out = append(out, w)
		}
	}
	return out
}

func (c *Config) wantedH323() (all []wanted) {
	for i, text := range c.H323.Listen {
		all = append(all, wanted{"TCP", at("h323.listen", i), text})
	}
	for i, text := range c.H323.TLS.Listen {
		all = append(all, wanted{"TCP", at("h323.tls.listen", i), text})
	}
	if !c.RunsGatekeeper() {
		return all
	}
	if shared := c.H323.Multiplex; shared != "" {
		all = append(all, wanted{"UDP", "h323.multiplex", shared})
		if rtcp, ok := nextPort(shared); ok {
			all = append(all, wanted{"UDP", "h323.multiplex", rtcp})
		}
	}
	for i, text := range c.Gatekeeper.Listen {
		all = append(all, wanted{"UDP", at("gatekeeper.listen", i), text})
	}
	if c.Gatekeeper.Routed {
		all = append(all, wanted{"TCP", "gatekeeper.routed_listen", c.Gatekeeper.RoutedListen})
	}
	return all
}

// nextPort is the address of RTCP beside that of RTP (RFC 3550 section 11); not
// ok: its port is odd. Any port stays any.
func nextPort(text string) (string, bool) {
	at, err := ParseListen(text)
	if err != nil || at.Port() == 0 {
		return text, true
	}
	return netip.AddrPortFrom(at.Addr(), at.Port()+1).String(), at.Port()%2 == 0
}

// checkListeners reads all addresses and finds those that are wanted twice, or
// missing.
func (c *Config) checkListeners(r *report) {
	var taken []Listener
	for _, w := range c.wanted() {
		at, err := ParseListen(w.text)
		if err != nil {
			r.add(w.key, "%v", err)
			continue
		}
		if l := (Listener{w.key, w.network, at}); c.checkListener(r, l, taken) {
			taken = append(taken, l)
		}
	}
	if c.SIP.Enabled && c.SIP.UDP == "" && c.SIP.TCP == "" {
		r.add("sip.enabled", "sip.udp and sip.tcp are both empty; set sip.enabled: false to be without SIP")
	}
	if c.WebRTC.Enabled && c.WebRTC.UDP == "" {
		r.add("webrtc.udp", "is empty; set webrtc.enabled: false to be without browsers")
	}
	if c.RunsGatekeeper() {
		c.checkZoneListeners(r)
	}
	c.checkCallable(r)
}

// checkCallable finds gatekeepers without an address of ours to tell. Who only wants no
// calls, and says nothing of the gatekeeper, is without it.
func (c *Config) checkCallable(r *report) {
	switch {
	case !c.H323.Enabled || len(c.H323.Listen) > 0:
	case c.H323.Gatekeeper.Address != "":
		r.add("h323.listen", "is empty, and h323.gatekeeper is to be told where calls are taken; give an address, or leave h323.gatekeeper.address empty")
	case c.Gatekeeper.Enabled && r.given("gatekeeper"):
		r.add("h323.listen", "is empty, and the gatekeeper has endpoints call conferences there; give an address, or set gatekeeper.enabled: false")
	}
}

// checkListener reports whether a port is nobody else's.
func (c *Config) checkListener(r *report, l Listener, taken []Listener) bool {
	for _, other := range taken {
		if l.collides(other) {
			r.add(l.Key, "%s port %d is already that of %s", l.Network, l.At.Port(), other.Key)
			return false
		}
	}
	port, rtp, h245 := int(l.At.Port()), c.RTP.Ports, c.H323.H245Ports
	switch {
	case l.Network == "UDP" && rtp.holds(port):
		r.add(l.Key, "UDP port %d lies in rtp.ports, %d to %d", port, rtp.Low, rtp.High)
	case l.Network == "TCP" && c.H323.Enabled && h245.holds(port):
		r.add(l.Key, "TCP port %d lies in h323.h245_ports, %d to %d", port, h245.Low, h245.High)
	}
	return true
}

// checkZoneListeners checks what the gatekeeper needs beyond one port each.
func (c *Config) checkZoneListeners(r *report) {
	if _, ok := nextPort(c.H323.Multiplex); !ok {
		r.add("h323.multiplex", "needs an even port, since RTCP has the one above")
	}
	if p := c.RTP.Ports; c.Gatekeeper.Discovery && p.holds(discoveryPort) {
		r.add("rtp.ports", "from %d to %d hold port %d, on which gatekeepers are looked for; move them, or set gatekeeper.discovery: false", p.Low, p.High, discoveryPort)
	}
}

// discoveryPort is UDP 1718 (H.225.0 appendix IV).
const discoveryPort = 1718

// holds reports whether a port is one of the range; port 0 is none.
func (p PortRange) holds(port int) bool { return port > 0 && port >= p.Low && port <= p.High }
