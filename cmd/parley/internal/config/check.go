package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"parley/codecs"
)

// check reports every value that cannot be. Relative file names are those of
// folder, in which the configuration file lies, and become absolute ones.
func (c *Config) check(r *report, set *codecs.Set, folder string) {
	c.HTTP.check(r, folder)
	c.checkListeners(r)
	if c.ExternalAddress != "" {
		if a, err := netip.ParseAddr(c.ExternalAddress); err != nil || a.IsUnspecified() || a.IsMulticast() {
			r.add("external_address", "must be an IP address at which others reach this machine, not %s", quote(c.ExternalAddress))
		}
	}
	c.API.check(r)
	c.checkConferences(r, set)
	c.checkGroups(r, set, folder)
	c.checkDirectory(r)
	c.checkRoutes(r)
	c.H323.check(r)
	c.H323.TLS.check(r, folder)
	c.Gatekeeper.check(r)
	c.checkZone(r)
	c.WebRTC.check(r)
	c.RTP.check(r)
	c.DSCP.check(r)
	c.Log.check(r)
}

func (h *HTTP) check(r *report, folder string) {
	for i, text := range h.TrustedProxies {
		if _, err := ParseProxy(text); err != nil {
			r.add(at("http.trusted_proxies", i), "%v", err)
		}
	}
	checkCertificate(r, folder, pemFile{"http.tls_cert", &h.TLSCert}, pemFile{"http.tls_key", &h.TLSKey})
}

// within makes a file name of the configuration absolute to its folder.
func within(folder, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(folder, file)
}

func (a *API) check(r *report) {
	if a.Token == "" {
		return
	}
	if len(a.Token) < minTokenLength || len(a.Token) > maxTokenLength {
		r.add("api.token", "must have %d to %d characters, so that nobody guesses it", minTokenLength, maxTokenLength)
		return
	}
	// RFC 6750 2.1: b64token is all that an Authorization header can carry.
	for _, ch := range strings.TrimRight(a.Token, "=") {
		if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/", ch) {
			r.add("api.token", "may only have letters, digits and - . _ ~ + /")
			return
		}
	}
}

// listener is a port that is taken from the machine.
type listener struct {
	key, network string
	at           netip.AddrPort
}

// collides reports whether both cannot be open at once.
func (l listener) collides(o listener) bool {
	return l.network == o.network && l.at.Port() == o.at.Port() && l.at.Port() != 0 &&
		(l.at.Addr() == o.at.Addr() || l.at.Addr().IsUnspecified() || o.at.Addr().IsUnspecified())
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

// checkListeners reads all addresses and finds those that are wanted twice.
func (c *Config) checkListeners(r *report) {
	var taken []listener
	take := func(network, key, text string) {
		at, err := ParseListen(text)
		if err != nil {
			r.add(key, "%v", err)
			return
		}
		l := listener{key, network, at}
		for _, other := range taken {
			if l.collides(other) {
				r.add(key, "%s port %d is already that of %s", network, at.Port(), other.key)
				return
			}
		}
		p, rtp, h245 := int(at.Port()), c.RTP.Ports, c.H323.H245Ports
		switch {
		case network == "UDP" && rtp.holds(p):
			r.add(key, "UDP port %d lies in rtp.ports, %d to %d", p, rtp.Low, rtp.High)
		case network == "TCP" && c.H323.Enabled && h245.holds(p):
			r.add(key, "TCP port %d lies in h323.h245_ports, %d to %d", p, h245.Low, h245.High)
		}
		taken = append(taken, l)
	}
	take("TCP", "http.listen", c.HTTP.Listen)
	if c.SIP.Enabled {
		if c.SIP.UDP == "" && c.SIP.TCP == "" {
			r.add("sip.enabled", "sip.udp and sip.tcp are both empty; set sip.enabled: false to be without SIP")
		}
		if c.SIP.UDP != "" {
			take("UDP", "sip.udp", c.SIP.UDP)
		}
		if c.SIP.TCP != "" {
			take("TCP", "sip.tcp", c.SIP.TCP)
		}
	}
	if c.H323.Enabled {
		for i, text := range c.H323.Listen {
			take("TCP", at("h323.listen", i), text)
		}
		for i, text := range c.H323.TLS.Listen {
			take("TCP", at("h323.tls.listen", i), text)
		}
	}
	if c.H323.Enabled && c.Gatekeeper.Enabled && c.H323.Multiplex != "" {
		take("UDP", "h323.multiplex", c.H323.Multiplex)
		if rtcp, ok := nextPort(c.H323.Multiplex); ok {
			take("UDP", "h323.multiplex", rtcp)
		} else {
			r.add("h323.multiplex", "needs an even port, since RTCP has the one above")
		}
	}
	if c.H323.Enabled && c.Gatekeeper.Enabled {
		for i, text := range c.Gatekeeper.Listen {
			take("UDP", at("gatekeeper.listen", i), text)
		}
		if c.Gatekeeper.Routed {
			take("TCP", "gatekeeper.routed_listen", c.Gatekeeper.RoutedListen)
		}
	}
	if p := c.RTP.Ports; c.H323.Enabled && c.Gatekeeper.Enabled && c.Gatekeeper.Discovery && p.holds(discoveryPort) {
		r.add("rtp.ports", "from %d to %d hold port %d, on which gatekeepers are looked for; move them, or set gatekeeper.discovery: false", p.Low, p.High, discoveryPort)
	}
	if c.WebRTC.Enabled {
		if c.WebRTC.UDP == "" {
			r.add("webrtc.udp", "is empty; set webrtc.enabled: false to be without browsers")
		} else {
			take("UDP", "webrtc.udp", c.WebRTC.UDP)
		}
		if c.WebRTC.TCP != "" {
			take("TCP", "webrtc.tcp", c.WebRTC.TCP)
		}
	}
}

// discoveryPort is UDP 1718 (H.225.0 appendix IV).
const discoveryPort = 1718

// holds reports whether a port is one of the range; port 0 is none.
func (p PortRange) holds(port int) bool { return port > 0 && port >= p.Low && port <= p.High }

func (w *WebRTC) check(r *report) {
	for i, o := range w.Origins {
		u, err := url.Parse(o)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
			r.add(at("webrtc.origins", i), "must be SCHEME://HOST[:PORT], such as https://meet.example.com, not %s", quote(o))
		}
	}
	for i, u := range w.ICEServers {
		// No TURN: the bridge itself takes media over UDP and TCP.
		if scheme, rest, _ := strings.Cut(u, ":"); (scheme != "stun" && scheme != "stuns") || rest == "" {
			r.add(at("webrtc.ice_servers", i), "must be a STUN server, stun:HOST[:PORT], not %s", quote(u))
		}
	}
	if w.Resume < 0 || w.Resume > maxResumeSeconds*time.Second {
		r.add("webrtc.resume", "must be up to %dm, or 0s for the built-in 30s", maxResumeSeconds/60)
	}
}

func (p *RTP) check(r *report) {
	p.checkUnanswered(r)
	low, high := p.Ports.Low, p.Ports.High
	checkPort(r, "rtp.ports.low", low)
	checkPort(r, "rtp.ports.high", high)
	if high < low+minRTPPorts-1 {
		r.add("rtp.ports.high", "must be at least rtp.ports.low + %d: a call with sound and pictures takes four ports", minRTPPorts-1)
	}
}

func (p *RTP) checkUnanswered(r *report) {
	if p.Unanswered < 0 || p.Unanswered > maxUnansweredSeconds*time.Second {
		r.add("rtp.unanswered", "must be from 0s to %ds", maxUnansweredSeconds)
	}
}

func checkPort(r *report, key string, port int) {
	if port < 1024 || port > 65535 {
		r.add(key, "must be from 1024 to 65535, not %d", port)
	}
}

func (d *DSCP) check(r *report) {
	if _, err := ParseDSCP(d.Audio); err != nil {
		r.add("dscp.audio", "%v", err)
	}
	if _, err := ParseDSCP(d.Video); err != nil {
		r.add("dscp.video", "%v", err)
	}
}

func (l *Log) check(r *report) {
	if _, err := ParseLevel(l.Level); err != nil {
		r.add("log.level", "must be debug, info, warn or error, not %s%s", quote(l.Level), didYouMean(nearest(l.Level, logLevels)))
	}
	if l.Format != "text" && l.Format != "json" {
		r.add("log.format", "must be text or json, not %s", quote(l.Format))
	}
}

var logLevels = []string{"debug", "info", "warn", "error"}

// ParseLevel reads one of log.level's names.
func ParseLevel(text string) (slog.Level, error) {
	var level slog.Level
	for _, name := range logLevels {
		if text == name {
			return level, level.UnmarshalText([]byte(text))
		}
	}
	return 0, &LevelError{text}
}

// LevelError is a name that is no log level.
type LevelError struct{ Name string }

func (e *LevelError) Error() string { return "no log level: " + quote(e.Name) }
