package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"slices"
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
	told    []string // keys that wait for a restart, as the log has it
}

// reload reads the configuration anew. All of it is taken or, when anything is
// wrong, nothing.
//
// A file that was read once has to stay: without it the defaults would come
// into force, and with them conferences without PIN and an API without token.
func (r *reloader) reload() {
	o := r.options
	o.File = o.Path()
	if _, err := os.Stat(o.File); o.File != "" && errors.Is(err, fs.ErrNotExist) {
		r.log.Error(o.File + " is gone; the old settings stay")
		return
	}
	next, err := config.Load(o)
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
	if r.house.h323 != nil {
		r.house.h323.SetDefaultConference(unnamed(next))
	}
	r.house.calls.setRoutes(next)
	if r.house.directory != nil {
		r.house.directory.reconfigure(next)
	}
	if r.house.webrtc != nil {
		r.house.webrtc.SetOrigins(next.WebRTC.Origins)
	}
	setLevel(r.level, next)
	if r.running.HTTP.TLSCert != "" {
		if err := r.house.loadCertificate(&r.running); err != nil {
			r.log.Warn("certificate not reloaded, the old one stays", "error", err)
		}
	}
	if r.running.H323.Enabled {
		if err := r.house.loadSignallingTLS(&r.running); err != nil {
			r.log.Warn("certificate of H.323 not reloaded, the old one stays", "error", err)
		}
	}
	changed := config.Changed(&r.running, next)
	names := ownAliases(&r.running)
	r.running.TakeLive(next)
	if r.house.leave != nil {
		r.house.leave.rename(names, ownAliases(&r.running))
	}
	r.options.File = o.File
	r.log.Info("configuration reloaded", "changed", changed)
	if len(waiting) > 0 && !slices.Equal(waiting, r.told) {
		r.log.Warn("these changes wait for a restart", "keys", waiting)
	}
	r.told = waiting
}
