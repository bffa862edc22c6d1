package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/config"
	"parley/codecs/builtin"
)

// closeTimeout is how long participants are waited for at the end. With it,
// the process is gone within the 5 s that service supervisors are told.
const closeTimeout = 4 * time.Second

func newServe() *cobra.Command {
	var o config.Options
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the bridge",
		Long: `Runs the bridge until SIGTERM or SIGINT. Everything has a default: without a
file there is one conference, "lobby", for browsers, SIP telephones, H.323
terminals and a multicast group.

Settings come from the defaults, then ./parley.yaml or --config FILE, then the
environment (http.listen is PARLEY_HTTP_LISTEN), then flags; the later ones
win. parley.yaml in the source explains every key. A changed file is read again
by itself or on SIGHUP; what is wrong with it is logged, and the old settings
stay.

Addresses are printed on standard output when the bridge is ready; the log goes
to standard error. A second signal ends the bridge without waiting for anybody.`,
		Example: `  parley serve
  parley serve --listen 127.0.0.1:8080 --session studio.sdp
  PARLEY_API_TOKEN=$(openssl rand -hex 24) parley serve --config /etc/parley.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Flags = cmd.Flags()
			return serve(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&o.File, "config", "", "YAML `FILE` (default: ./"+config.DefaultFile+" where it exists)")
	config.AddFlags(cmd.Flags())
	return cmd
}

// serve runs until a signal or the end of ctx.
func serve(ctx context.Context, o config.Options, stdout, stderr io.Writer) error {
	set := builtin.Set()
	o.Codecs = set
	o.File = o.Path() // one that is there now and is gone later is no reason to take the defaults
	cfg, err := config.Load(o)
	if err != nil {
		return err
	}
	level := new(slog.LevelVar)
	log := newLog(cfg, level, stderr)

	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer signal.Stop(signals)

	h, err := open(ctx, cfg, set, log)
	if err != nil {
		return &failure{err}
	}
	files, err := watchFile(o.Path())
	if err != nil {
		log.Warn("changes of the configuration file are only seen on SIGHUP", "error", err)
	}
	defer files.close()
	if err := greet(stdout, cfg, h); err != nil {
		log.Warn("addresses could not be printed", "error", err)
	}
	r := &reloader{options: o, running: *cfg, house: h, level: level, log: log}
	err = wait(ctx, signals, files, r, h)
	log.Info("closing")
	return end(h, signals, log, err)
}

// wait returns when the bridge is to end: nil when it was told to.
func wait(ctx context.Context, signals <-chan os.Signal, files *fileWatch, r *reloader, h *house) error {
	for {
		select {
		case s := <-signals:
			if s != syscall.SIGHUP {
				return nil
			}
			r.reload()
		case <-files.changed():
			r.reload()
		case err := <-h.api.Failed():
			return fmt.Errorf("page and API: %w", err)
		case <-ctx.Done():
			return nil
		}
	}
}

// end closes everything, or exits at once on a second signal.
func end(h *house, signals <-chan os.Signal, log *slog.Logger, cause error) error {
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case s := <-signals:
				if s != syscall.SIGHUP {
					os.Exit(statusFailed)
				}
			case <-done:
				return
			}
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := h.close(ctx); err != nil {
		log.Warn("not everything ended in time", "error", err)
	}
	if cause != nil {
		return &failure{cause}
	}
	return nil
}

// newLog returns a log whose level can change.
func newLog(cfg *config.Config, level *slog.LevelVar, w io.Writer) *slog.Logger {
	setLevel(level, cfg)
	o := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

func setLevel(level *slog.LevelVar, cfg *config.Config) {
	if l, err := config.ParseLevel(cfg.Log.Level); err == nil { // it has been checked
		level.Set(l)
	}
}
