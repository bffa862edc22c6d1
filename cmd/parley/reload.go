package main

import (
	"log/slog"
	"strings"

	"parley/cmd/parley/internal/config"
)

// reloader takes a changed configuration over, as far as it can change live.
type reloader struct {
	options config.Options
	running config.Config // what is in force
	house   *house
	level   *slog.LevelVar
	log     *slog.Logger
}

// reload reads the configuration anew. All of it is taken or, when anything is
// wrong, nothing.
func (r *reloader) reload() {
	next, err := config.Load(r.options)
	if err != nil {
		r.log.Error("configuration not reloaded, the old one stays", "problems", strings.Split(err.Error(), "\n"))
		return
	}
	waiting := config.NeedRestart(&r.running, next)
	if err := r.house.bridge.Reconfigure(bridgeConfig(next, r.options.Codecs, r.log)); err != nil {
		r.log.Error("configuration not reloaded, the old one stays", "error", err)
		return
	}
	r.house.api.SetToken(next.API.Token)
	r.house.landing.Store(&next.DefaultConference)
	if r.house.webrtc != nil {
		r.house.webrtc.SetOrigins(next.WebRTC.Origins)
	}
	setLevel(r.level, next)
	if r.running.HTTP.TLSCert != "" {
		if err := r.house.loadCertificate(&r.running); err != nil {
			r.log.Warn("certificate not reloaded, the old one stays", "error", err)
		}
	}
	r.running.TakeLive(next)
	r.log.Info("configuration reloaded")
	if len(waiting) > 0 {
		r.log.Warn("these changes wait for a restart", "keys", waiting)
	}
}
