package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"

	"parley/cmd/parley/internal/api"
	"parley/cmd/parley/internal/config"
	"parley/cmd/parley/internal/trace"
	"parley/cmd/parley/internal/web"
	"parley/codecs"
	"parley/conference"
	"parley/conference/webrtc"
	"parley/h323/bridge"
	"parley/h323/gatekeeper"
	"parley/multicast"
	"parley/sipbridge"
)

// house is everything that runs.
type house struct {
	bridge    *conference.Bridge
	groups    *multicast.Server
	directory *directory // of sessions
	leases    *leases    // of group addresses
	sip       *sipbridge.Server
	h323      *bridge.Server
	zone      *gatekeeper.Gatekeeper
	found     bool   // the zone by multicast
	leave     *leave // of H.323 calls
	trace     trace.Feed
	webrtc    *webrtc.Server
	calls     *exchange
	api       *api.Server
	address   net.Addr // of page and API

	landing     atomic.Pointer[string] // where "/" leads
	certificate atomic.Pointer[tls.Certificate]
	// signallingTLS is that of H.323.
	signallingTLS signallingTLS
	closers       []func(context.Context) error // of the wires and the API
}

// open builds the house from a checked Config. When a part cannot be opened,
// those before it are closed again.
func open(ctx context.Context, cfg *config.Config, set *codecs.Set, log *slog.Logger) (_ *house, err error) {
	if err := tryListeners(ctx, cfg); err != nil {
		return nil, err
	}
	h := &house{}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close(ctx))
		}
	}()
	h.landing.Store(&cfg.DefaultConference)
	if err := h.openBridge(cfg, set, log); err != nil {
		return nil, err
	}
	h.calls = newExchange(cfg)
	h.bridge.SetDirectory(h.calls)
	if cfg.Multicast.Enabled {
		if err := h.openGroups(ctx, cfg, set, log); err != nil {
			return nil, err
		}
	}
	if cfg.SIP.Enabled {
		if err := h.openSIP(ctx, cfg, set, log); err != nil {
			return nil, err
		}
	}
	if cfg.H323.Enabled {
		if err := h.openH323(ctx, cfg, set, log); err != nil {
			return nil, err
		}
	}
	if cfg.WebRTC.Enabled {
		if err := h.openWebRTC(ctx, cfg, set, log); err != nil {
			return nil, err
		}
	}
	return h, h.openHTTP(cfg, log)
}

// close ends the wires and the API, and then the bridge, on which they stand.
// The former end together: all have the same little time to tell their
// participants, which one whose peers are gone may use up.
func (h *house) close(ctx context.Context) error {
	errs := make([]error, len(h.closers)+1)
	var ending sync.WaitGroup
	for i, f := range h.closers {
		ending.Go(func() { errs[i] = f(ctx) })
	}
	ending.Wait()
	h.closers = nil
	if h.bridge != nil {
		errs[len(errs)-1] = h.bridge.Close(ctx)
	}
	return errors.Join(errs...)
}

func (h *house) onClose(f func(context.Context) error) { h.closers = append(h.closers, f) }

func (h *house) openBridge(cfg *config.Config, set *codecs.Set, log *slog.Logger) (err error) {
	h.bridge, err = conference.NewBridge(bridgeConfig(cfg, set, log))
	return err
}

// cnameHost is by what calls are known to bridges in the same groups; nil: there
// are no groups.
func (h *house) cnameHost() func(conferenceID string) string {
	if h.groups == nil {
		return nil
	}
	return h.groups.CNAMEHost
}

func (h *house) openGroups(ctx context.Context, cfg *config.Config, set *codecs.Set, log *slog.Logger) error {
	log = log.With("wire", "multicast")
	if err := h.openLeases(cfg, set, log); err != nil {
		return err
	}
	resolved, err := h.leases.resolve(cfg)
	if err != nil {
		return err
	}
	mc, err := multicastConfig(resolved, set, log)
	if err != nil {
		return err
	}
	h.leases.adopt(cfg, &mc)
	h.groups, err = multicast.New(mc, multicast.Deps{Bridge: h.bridge, Codecs: set, Log: log})
	if err != nil {
		return err
	}
	h.leases.groups = h.groups
	h.onClose(h.groups.Close)
	if err := h.groups.Start(ctx); err != nil {
		return err
	}
	h.openDirectory(cfg, set, log)
	return h.serveLeases(cfg, log)
}

func (h *house) openSIP(ctx context.Context, cfg *config.Config, set *codecs.Set, log *slog.Logger) (err error) {
	sc := sipConfig(cfg)
	sc.CNAMEHost = h.cnameHost()
	h.sip, err = sipbridge.New(sc, sipbridge.Deps{Bridge: h.bridge, Codecs: set, Log: log})
	if err != nil {
		return err
	}
	h.calls.wire("sip", h.sip)
	if err := h.sip.Start(ctx); err != nil {
		return explainListen(err, map[string]string{"udp": "sip.udp", "tcp": "sip.tcp"})
	}
	h.onClose(h.sip.Close)
	return nil
}

func (h *house) openH323(ctx context.Context, cfg *config.Config, set *codecs.Set, log *slog.Logger) (err error) {
	h.leave = new(leave)
	c := h323Config(cfg)
	c.CNAMEHost = h.cnameHost()
	c.Gatekeeper = h.leave
	if cfg.RunsGatekeeper() {
		c.Traversal = h.leave
		if cfg.Gatekeeper.Tunnel {
			c.Tunnel = h.leave
		}
	}
	if err := h.loadSignallingTLS(cfg); err != nil {
		return err
	}
	c.TLS.Server, c.TLS.Client = h.signallingTLS.server, h.signallingTLS.client
	c.Firewalled = cfg.H323.Gatekeeper.Traversal || cfg.H323.Gatekeeper.Tunnel
	h.h323, err = bridge.New(c, bridge.Deps{Bridge: h.bridge, Codecs: set, Log: log, Trace: h.trace.Publish})
	if err != nil {
		return err
	}
	h.calls.wire("h323", h.h323)
	h.calls.wire("h323s", h.h323)
	if err := h.h323.Start(ctx); err != nil {
		keys := map[string]string{"tcp": "h323.listen", "udp": "h323.multiplex"}
		if errors.Is(err, syscall.EADDRNOTAVAIL) && listen(cfg.H323.Multiplex).Addr().IsUnspecified() {
			keys["udp"] = "h323.listen" // whose address the shared ports have then
		}
		return explainListen(err, keys)
	}
	h.onClose(h.h323.Close)
	if cfg.RunsGatekeeper() {
		if err := h.openZone(ctx, cfg, h.trace.Publish, log.With("wire", "h323")); err != nil {
			return err
		}
	}
	if cfg.H323.Gatekeeper.Address != "" {
		return h.register(ctx, cfg, h.trace.Publish, log.With("wire", "h323"))
	}
	return nil
}

func (h *house) openWebRTC(ctx context.Context, cfg *config.Config, set *codecs.Set, log *slog.Logger) (err error) {
	h.webrtc, err = webrtc.New(webrtcConfig(cfg), webrtc.Deps{Bridge: h.bridge, Codecs: set, Log: log.With("wire", "webrtc")})
	if err != nil {
		return explainListen(err, map[string]string{"udp": "webrtc.udp", "tcp": "webrtc.tcp"})
	}
	h.onClose(h.webrtc.Close)
	return h.webrtc.Start(ctx)
}

func (h *house) openHTTP(cfg *config.Config, log *slog.Logger) error {
	address, err := config.ParseListen(cfg.HTTP.Listen)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", listenText(address))
	if err != nil {
		return explainListen(err, map[string]string{"tcp": "http.listen"})
	}
	h.address = l.Addr()
	if cfg.HTTP.TLSCert != "" {
		if err := h.loadCertificate(cfg); err != nil {
			return errors.Join(err, l.Close())
		}
		l = tls.NewListener(l, &tls.Config{
			MinVersion:     tls.VersionTLS12,
			NextProtos:     []string{"http/1.1"}, // WebSocket is an upgrade of it
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return h.certificate.Load(), nil },
		})
	}
	deps := api.Deps{
		Bridge: h.bridge,
		Page:   web.Handler(func() string { return *h.landing.Load() }),
		Wires:  h.wires(),
		Log:    log.With("wire", "http"),
	}
	if h.groups != nil {
		deps.Sessions, deps.Directory, deps.Groups, deps.Leases = h.groups, h.directory, h.groups, h.leases
	}
	if h.sip != nil {
		deps.SIP = h.sip
	}
	if h.h323 != nil {
		deps.H323 = &operator{calls: h.calls, bridge: h.bridge, wire: h.h323, signal: h.h323.Addresses()}
		deps.Trace = &h.trace
	}
	if h.webrtc != nil {
		deps.Signalling = http.HandlerFunc(h.webrtc.Handler().ServeHTTP)
	}
	h.api = api.New(api.Config{Token: cfg.API.Token, TrustedProxies: proxies(cfg), Version: version()}, h.address, deps)
	h.onClose(h.api.Close)
	h.api.Start(l)
	h.api.SetReady(true)
	return nil
}

// wires are the snapshots that the metrics show.
func (h *house) wires() api.Wires {
	var w api.Wires
	if h.groups != nil {
		w.Multicast = h.groups.Stats
	}
	if h.leases != nil {
		w.Leases = h.leases.Stats
	}
	if h.directory != nil && h.directory.listener != nil {
		w.Announcements = h.directory.listener.Stats
	}
	if h.sip != nil {
		w.SIP = h.sip.Stats
	}
	if h.h323 != nil {
		w.H323 = h.h323.Stats
	}
	if h.zone != nil {
		w.Gatekeeper = h.zone.Stats
	}
	if h.webrtc != nil {
		w.WebRTC = h.webrtc.Stats
	}
	return w
}

// loadCertificate reads the page's certificate, anew at each reload: those
// that renew themselves are only good for weeks.
func (h *house) loadCertificate(cfg *config.Config) error {
	c, err := tls.LoadX509KeyPair(cfg.HTTP.TLSCert, cfg.HTTP.TLSKey)
	if err != nil {
		return err
	}
	h.certificate.Store(&c)
	return nil
}
