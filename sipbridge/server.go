package sipbridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"parley/codecs"
	"parley/conference"
	"parley/qos/accept"
	"parley/qos/rtp/leg"
)

// Server is the SIP side of a bridge. Its methods are safe for concurrent use.
type Server struct {
	cfg    Config
	bridge *conference.Bridge
	codecs *codecs.Set
	log    *slog.Logger

	ua        *sipgo.UserAgent
	uas       *sipgo.Server
	client    *sipgo.Client
	listeners []*listener
	peers     peerBounds // of UDP sockets

	// ctx ends when the last request of ours may no longer wait.
	ctx    context.Context
	cancel context.CancelFunc
	closed chan struct{} // at the end of Close
	// readers are the goroutines of the sockets, work everything else that
	// runs for a request or a call.
	readers sync.WaitGroup
	work    sync.WaitGroup

	mu      sync.Mutex // guards what follows
	closing bool
	calls   map[string]*call // by dialogKey
	held    map[netip.Addr]int
	inUse   int // calls, also those not yet in the map
	rate    *rateLimiter

	messages struct { // datagrams by source
		sync.Mutex
		*rateLimiter
	}

	// outgoing has the dialogKey of each INVITE of ours that is not answered
	// yet, by which one that comes back is known.
	outgoing sync.Map

	deaf     atomic.Bool // Close is at the point of closing sockets
	lobby    atomic.Int64
	counters counters
	// Of calls' media.
	audio, video leg.Totals
}

// New returns a Server that does not listen yet.
func New(cfg Config, deps Deps) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	if deps.Bridge == nil || deps.Codecs == nil {
		return nil, errors.New("sipbridge: Deps without Bridge or Codecs")
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		cfg:    cfg,
		bridge: deps.Bridge,
		codecs: deps.Codecs,
		log:    deps.Log.With("wire", string(conference.WireSIP)),
		peers:  peerBounds{maxPeers, peersLinger},
		closed: make(chan struct{}),
		calls:  make(map[string]*call),
		held:   make(map[netip.Addr]int),
		rate:   newRateLimiter(cfg.InviteRate),
	}
	s.messages.rateLimiter = newRateLimiter(messagesPerInvite * cfg.InviteRate)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.newAgent(); err != nil {
		s.cancel()
		return nil, fmt.Errorf("sipbridge: %w", err)
	}
	return s, nil
}

// Start opens the sockets; they are open when it returns. The error names the
// address that could not be listened on.
func (s *Server) Start(context.Context) error {
	for _, l := range s.cfg.Listen {
		open, err := s.open(l)
		if err != nil {
			for _, l := range s.listeners {
				_ = l.close() // nothing has been read from it
			}
			s.listeners = nil
			return err
		}
		s.listeners = append(s.listeners, open)
	}
	for _, l := range s.listeners {
		s.readers.Go(func() {
			if err := l.serve(); err != nil && !s.isClosing() {
				s.log.Error("SIP socket failed", "listen", l.listen.String(), "error", err)
			}
		})
		l.await()
	}
	return nil
}

// Addresses returns what is listened on, with the ports that were taken.
func (s *Server) Addresses() []Listen {
	out := make([]Listen, 0, len(s.listeners))
	for _, l := range s.listeners {
		out = append(out, l.listen)
	}
	return out
}

// Close ends all calls with BYE, waits until they are answered or ctx ends,
// and closes the sockets. Nothing of the Server runs when it returns. Only
// the first call does something; others wait for it.
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
	for _, c := range s.calls {
		calls = append(calls, c)
	}
	s.mu.Unlock()
	for _, c := range calls {
		c.Disconnect(conference.Cause{Code: conference.CauseShutdown})
	}
	done := make(chan struct{})
	go func() { s.work.Wait(); close(done) }()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = fmt.Errorf("sipbridge: close: %w", ctx.Err())
	}
	s.cancel()
	<-done
	s.deaf.Store(true)
	settled := time.NewTimer(settleTime)
	<-settled.C
	_ = s.ua.Close() // closes what is closed below; its errors say just that
	for _, l := range s.listeners {
		if e := l.close(); e != nil && err == nil {
			err = fmt.Errorf("sipbridge: close %v: %w", l.listen, e)
		}
	}
	s.readers.Wait()
	return err
}

func (s *Server) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// enter counts a piece of work that Close waits for; false: closing. Who got
// true calls s.work.Done.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.work.Add(1)
	return true
}

// reserve admits a call of source, within the limits. Who got nil calls
// release.
func (s *Server) reserve(source netip.Addr, now time.Time) *refusal {
	source = accept.Source(source)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing:
		return refuse(503, "Shutting Down")
	case !s.rate.allow(source, now):
		return refuse(503, "Too Many Calls Per Second", retryAfter(1))
	case s.inUse >= s.cfg.MaxCalls:
		return refuse(503, "Too Many Calls", retryAfter(10))
	case s.held[source] >= s.cfg.MaxCallsPerSource:
		return refuse(503, "Too Many Calls From This Address", retryAfter(10))
	}
	s.inUse++
	s.held[source]++
	return nil
}

func (s *Server) release(source netip.Addr) {
	source = accept.Source(source)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inUse--
	if s.held[source]--; s.held[source] <= 0 {
		delete(s.held, source)
	}
}

// inCall reports whether a source has a call.
func (s *Server) inCall(source netip.Addr) bool {
	source = accept.Source(source)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[source] > 0
}

// admitDatagram reports whether a source may send one more.
func (s *Server) admitDatagram(source netip.Addr) bool {
	s.messages.Lock()
	defer s.messages.Unlock()
	if s.messages.allow(accept.Source(source), time.Now()) {
		return true
	}
	s.counters.dropped.Add(1)
	return false
}

// register makes a call reachable by requests of its dialog; false when the
// Server closes.
func (s *Server) register(c *call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.calls[dialogKey(c.dialog.callID, c.dialog.localTag)] = c
	return true
}

func (s *Server) unregister(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, dialogKey(c.dialog.callID, c.dialog.localTag))
}

// find returns the call to whose dialog req belongs, or nil.
func (s *Server) find(req *sip.Request) *call {
	tag, from := tagOf(req.To().Params), tagOf(req.From().Params)
	s.mu.Lock()
	c := s.calls[dialogKey(req.CallID().Value(), tag)]
	s.mu.Unlock()
	if c == nil || c.remoteTag != from {
		return nil
	}
	return c
}
