package api

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"

	"parley/cmd/parley/internal/trace"
	"parley/conference"
)

// Config is what a Server runs under.
type Config struct {
	// Token must be brought by who uses the API; see guard.
	Token string
	// TrustedProxies may say in X-Forwarded-For who comes through them.
	TrustedProxies []netip.Prefix
	// Version is parley's, for the API's description and the metrics.
	Version string
}

// Dialer calls somebody into a conference: the SIP and the H.323 wire.
type Dialer interface {
	// Dial returns when the call is answered or has failed. ErrUnknownConference
	// and its like are package conference's.
	Dial(ctx context.Context, uri, conferenceID string) (conference.ParticipantID, error)
}

// Deps are the parts that a Server stands on. All but Bridge may be nil.
type Deps struct {
	Bridge *conference.Bridge
	// SIP and H323 call out; nil: the wire is off.
	SIP, H323 Dialer
	// Trace has the messages of H.323.
	Trace *trace.Feed
	// Page answers all paths that are not the Server's own.
	Page http.Handler
	// Signalling answers GET /c/{conference}/ws.
	Signalling http.Handler
	// Sessions answers GET /c/{conference}/session.sdp.
	Sessions Sessions
	// Directory has the multicast sessions that others announce.
	Directory Directory
	// Groups tells of multicast groups; nil: the wire is off.
	Groups Groups
	// Leases are the addresses of groups that were chosen.
	Leases Leases
	// Wires are what the metrics show beside the Bridge's.
	Wires Wires
	Log   *slog.Logger
}

// Server answers HTTP.
type Server struct {
	cfg   Config
	deps  Deps
	guard guard
	http  *http.Server

	ctx     context.Context // ends event streams
	stop    context.CancelFunc
	ready   atomic.Bool
	streams atomic.Int32
	unused  unused
	done    chan error
}

// New returns a Server for connections of listener, which it owns from Start
// on.
func New(cfg Config, listener net.Addr, deps Deps) *Server {
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{cfg: cfg, deps: deps, done: make(chan error, 1)}
	s.guard.loopback = loopbackHost(listener.String())
	s.guard.setToken(cfg.Token)
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.http = &http.Server{
		Handler:           s.Handler(),
		MaxHeaderBytes:    maxHeaderBytes,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(deps.Log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
		ConnState:         s.unused.follow,
	}
	return s
}

// SetToken replaces the token, live.
func (s *Server) SetToken(token string) { s.guard.setToken(token) }

// SetReady decides what /readyz says.
func (s *Server) SetReady(ready bool) { s.ready.Store(ready) }

// Start answers on l until Close.
func (s *Server) Start(l net.Listener) {
	go func() {
		err := s.http.Serve(l)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		s.done <- err
		close(s.done)
	}()
}

// Failed delivers why the Server stopped answering without Close.
func (s *Server) Failed() <-chan error { return s.done }

// Close ends all streams, waits for requests that are under way or until ctx
// ends, and closes the listener.
func (s *Server) Close(ctx context.Context) error {
	s.SetReady(false)
	s.stop()
	s.unused.close()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	return errors.Join(err, <-s.done)
}

// Handler is all paths under one roof.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	s.routes(mux)
	mux.HandleFunc(Prefix+"/", unknownPath)
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { writeHealth(w, true) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { writeHealth(w, s.ready.Load()) })
	mux.Handle("GET /metrics", s.metrics())
	if s.deps.Signalling != nil {
		mux.Handle("GET /c/{conference}/ws", s.deps.Signalling)
	}
	if s.deps.Sessions != nil {
		mux.HandleFunc("GET /c/{conference}/session.sdp", s.describeGroup)
	}
	if s.deps.Page != nil {
		mux.Handle("/", s.deps.Page)
	}
	return secured(forwarded(s.cfg.TrustedProxies, mux))
}

// unknownPath answers what the API has not (RFC 9457). The page would answer
// with itself.
func unknownPath(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte(`{"title":"Not Found","status":404,"detail":"no such path; see ` + Prefix + `/openapi.json"}` + "\n"))
}

func writeHealth(w http.ResponseWriter, ok bool) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if !ok {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("not ready\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// secured sets the headers that keep a browser from doing more with an answer
// than it should. The page replaces the policy with its own.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
