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
	c.checkAllocation(r, folder)
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
