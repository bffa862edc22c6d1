package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"

	"parley/codecs"
	"parley/conference"
	"parley/h323"
	"parley/h323/h460"
	"parley/qos/rtp"
	"parley/qos/rtp/leg"
)

// terminalType is that of an MCU with audio and video whose MC may take a
// conference (H.323 table 1).
const terminalType = 190

// Server is the H.323 side of a bridge. Its methods are safe for concurrent
// use.
type Server struct {
	cfg      Config
	bridge   *conference.Bridge
	codecs   *codecs.Set
	log      *slog.Logger
	endpoint *h323.Endpoint
	fallback atomic.Pointer[string] // conference of who dials no name

	multiplex *rtp.Multiplex // nil: none; set by Start

	work   sync.WaitGroup // calls
	closed chan struct{}  // at the end of Close

	mu         sync.Mutex // guards what follows
	closing    bool
	calls      map[*call]struct{}
	rooms      map[*conference.Conference]*room
	identities identities

	lobby    atomic.Int64
	counters counters
	// Of calls' media; slides are second pictures (H.239).
	audio, video, slides, data leg.Totals
}

// New returns a Server that does not listen yet.
func New(cfg Config, deps Deps) (*Server, error) {
	s, err := newServer(cfg, deps)
	if err != nil {
		return nil, err
	}
	cfg = s.cfg
	s.endpoint, err = h323.New(h323.Config{
		Listen:            cfg.Listen,
		TLS:               cfg.TLS,
		External:          cfg.External,
		H245Ports:         cfg.H245Ports,
		Name:              cfg.Name,
		Product:           "parley",
		Version:           cfg.Version,
		TerminalType:      terminalType,
		Modes:             cfg.Modes,
		Encryption:        cfg.Encryption,
		Gatekeeper:        cfg.Gatekeeper,
		Traversal:         cfg.Traversal,
		Tunnel:            cfg.Tunnel,
		Firewalled:        cfg.Firewalled,
		DSCP:              cfg.SignalDSCP,
		Admit:             s.admit,
		Refused:           s.refused,
		Incoming:          s.incoming,
		Trace:             deps.Trace,
		MaxCalls:          cfg.MaxCalls,
		MaxCallsPerSource: cfg.MaxCallsPerSource,
		SetupRate:         cfg.SetupRate,
		Log:               s.log,
	})
	if err != nil {
		return nil, fmt.Errorf("h323: %w", err)
	}
	return s, nil
}

// newServer returns a Server without an endpoint.
func newServer(cfg Config, deps Deps) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	if deps.Bridge == nil || deps.Codecs == nil {
		return nil, errors.New("h323: Deps without Bridge or Codecs")
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		cfg:    cfg,
		bridge: deps.Bridge,
		codecs: deps.Codecs,
		log:    deps.Log.With("wire", string(conference.WireH323)),
		closed: make(chan struct{}),
		calls:  make(map[*call]struct{}),
		rooms:  make(map[*conference.Conference]*room),

		identities: make(identities),
	}
	s.SetDefaultConference(cfg.DefaultConference)
	return s, nil
}

// SetDefaultConference replaces where who dials no name comes to, live.
func (s *Server) SetDefaultConference(id string) { s.fallback.Store(&id) }

// Open connects for a call that the gatekeeper indicated (H.460.18), which then
// comes over that connection. It does not wait.
func (s *Server) Open(i *h460.IncomingCallIndication) { s.endpoint.Open(i) }

// SendRAS sends an encoded RasMessage to an endpoint that registered by its
// connection of call signalling (H.460.17); false: it is gone.
func (s *Server) SendRAS(to netip.AddrPort, message []byte) bool {
	return s.endpoint.SendRAS(to, message)
}

// OpenTunnel returns a connection to a gatekeeper by which RAS and calls go
// (H.460.17): see h323.Endpoint.OpenTunnel.
func (s *Server) OpenTunnel(to netip.AddrPort, onLost func()) *h323.Tunnel {
	return s.endpoint.OpenTunnel(to, onLost)
}

// Addresses returns what is listened on, with the ports that were taken.
func (s *Server) Addresses() []netip.AddrPort { return s.endpoint.Addresses() }

// TLSAddresses returns what is listened on for TLS.
func (s *Server) TLSAddresses() []netip.AddrPort { return s.endpoint.TLSAddresses() }

// Close ends all calls, waits until they are over or ctx ends, and closes the
// sockets. Only the first call does something; others wait for it.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		<-s.closed
		return nil
	}
	s.closing = true
	defer close(s.closed)
	calls := make([]*call, 0, len(s.calls))
	for c := range s.calls {
		calls = append(calls, c)
	}
	s.mu.Unlock()
	for _, c := range calls {
		c.Disconnect(conference.Cause{Code: conference.CauseShutdown})
	}
	// The calls say why they end, before the endpoint ends what is left of them.
	ended := make(chan struct{})
	go func() {
		s.work.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	err := s.endpoint.Close(ctx)
	<-ended
	return errors.Join(err, s.unshare())
}

// register counts a call and sets its goroutine going; false: closing.
func (s *Server) register(c *call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.calls[c] = struct{}{}
	s.work.Go(c.run)
	return true
}

func (s *Server) unregister(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, c)
}

// admit decides on a SETUP before it costs anything: nil lets it in.
func (s *Server) admit(inv *h323.Invitation) error {
	s.counters.setups.Add(1)
	w, err := s.find(inv)
	if isScan(inv) { // also where who names nobody comes to a conference
		err = errScan
	}
	if err == nil {
		err = s.enters(&w)
	}
	if err == nil {
		return nil
	}
	s.counters.refused.Add(1)
	s.bridge.Refused(conference.WireH323, w.dialled, inv.Remote.Addr().Unmap().String(), err)
	return refusalOf(err, w.dialled)
}

// refused tells of a call that the endpoint turned down after admit, or before.
func (s *Server) refused(inv *h323.Invitation, why *h323.Refusal) {
	w, _ := s.find(inv) // whom it was for, as far as it said
	name := w.conference
	if name == "" {
		name = w.dialled
	}
	s.counters.refused.Add(1)
	s.bridge.Refused(conference.WireH323, name, inv.Remote.Addr().Unmap().String(), why)
}

// enters reports what keeps a caller out who may have to be asked first.
func (s *Server) enters(w *wanted) error {
	if w.conference == "" && w.address == "" && !w.collect && s.lobby.Load() >= maxLobby {
		return conference.ErrFull
	}
	return nil
}

// incoming takes a call that was admitted.
func (s *Server) incoming(line *h323.Call) {
	info := line.Info()
	if info.Invitation.Goal == h323.GoalService {
		line.SetOwner(&independent{})
		line.Answer()
		return
	}
	w, err := s.find(&info.Invitation)
	if err != nil { // it ended since
		line.Release(refusalOf(err, w.dialled))
		return
	}
	c := s.newCall()
	c.attach(line)
	c.wanted = w
	line.SetOwner(owner{c})
	receive, send := s.capabilities(w.conference)
	line.SetCapabilities(receive, send)
	c.post(c.arrive)
	if !s.register(c) {
		line.Release(releaseOf(conference.Cause{Code: conference.CauseShutdown}))
		c.closeMedia()
	}
}
