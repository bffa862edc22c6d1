package webrtc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"
	"github.com/pion/webrtc/v4"

	"parley/conference"
)

// Server seats browsers in conferences. All methods are safe for concurrent
// use.
type Server struct {
	cfg      Config
	deps     Deps
	log      *slog.Logger
	mux      *muxes
	settings webrtc.SettingEngine
	counters counters
	origins  atomic.Pointer[[]string]

	// ctx ends with the Server: Close cancels it after the clients have left.
	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup // sockets and clients

	mu      sync.Mutex
	closed  bool // nobody is let in: not started, or ended
	ended   bool // Close was called
	sockets map[*socket]struct{}
	clients map[string]*client // by the name of their token
}

// New opens the media ports. The Server accepts nobody before Start.
func New(cfg Config, deps Deps) (*Server, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	log := pionLog{deps.Log}
	mux, err := openMuxes(cfg, log)
	if err != nil {
		return nil, err
	}
	settings, err := mux.settings(cfg, log)
	if err != nil {
		_ = mux.close()
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{
		cfg: cfg, deps: deps, log: deps.Log, mux: mux, settings: settings,
		ctx: ctx, stop: stop,
		closed:  true,
		sockets: make(map[*socket]struct{}),
		clients: make(map[string]*client),
	}
	s.SetOrigins(cfg.Origins)
	return s, nil
}

// Start lets browsers in until Close is called. It does not wait, and ctx
// bounds no more than the call.
func (s *Server) Start(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return net.ErrClosed
	}
	s.closed = false
	return nil
}

// SetOrigins replaces Config.Origins for who comes from now on.
func (s *Server) SetOrigins(origins []string) {
	origins = slices.Clone(origins)
	s.origins.Store(&origins)
}

// UDPAddr and TCPAddr are where media is received; TCPAddr is not valid when
// there is none.
func (s *Server) UDPAddr() netip.AddrPort {
	a, _ := s.mux.conn.LocalAddr().(*net.UDPAddr)
	return a.AddrPort()
}

// TCPAddr is where ICE-TCP is accepted.
func (s *Server) TCPAddr() netip.AddrPort {
	if s.mux.listener == nil {
		return netip.AddrPort{}
	}
	a, _ := s.mux.listener.Addr().(*net.TCPAddr)
	return a.AddrPort()
}

// Close tells every page that the bridge stops, waits until all have gone or
// ctx ends, and closes the ports.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil
	}
	s.closed, s.ended = true, true
	clients := make([]*client, 0, len(s.clients))
	for _, c := range s.clients {
		clients = append(clients, c)
	}
	for sock := range s.sockets {
		if !sock.seated {
			sock.close(websocket.StatusGoingAway, string(conference.CauseShutdown))
		}
	}
	s.mu.Unlock()
	for _, c := range clients {
		c.Disconnect(conference.Cause{Code: conference.CauseShutdown})
	}
	err := s.drain(ctx)
	s.stop()
	return errors.Join(err, s.mux.close())
}

// drain waits for sockets and clients.
func (s *Server) drain(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	// Out of time: cut what remains and await it, which no longer waits for
	// any peer.
	s.stop()
	<-done
	return fmt.Errorf("webrtc: close: %w", ctx.Err())
}

// Handler serves GET /c/{conference}/ws.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /c/{conference}/ws", func(w http.ResponseWriter, r *http.Request) {
		s.ServeWS(w, r, r.PathValue("conference"))
	})
	return mux
}

// ServeWS opens the signalling of a page that wants to join a conference, and
// returns when the page has gone.
func (s *Server) ServeWS(w http.ResponseWriter, r *http.Request, conferenceID string) {
	if !originAllowed(r, *s.origins.Load()) {
		s.counters.originsRefused.Add(1)
		s.deps.Bridge.Refused(conference.WireWebRTC, conferenceID, remoteOf(r), fmt.Errorf("page from %s, which is not among webrtc.origins", r.Header.Get("Origin")))
		http.Error(w, "origin not allowed", http.StatusForbidden)
		return
	}
	if !s.enter() {
		http.Error(w, "not available", http.StatusServiceUnavailable)
		return
	}
	defer s.wg.Done()
	// originAllowed is stricter than the library's patterns.
	taken := &takenConn{ResponseWriter: w}
	conn, err := websocket.Accept(taken, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		s.log.Debug("no WebSocket", "conference", conferenceID, "remote", r.RemoteAddr, "err", err)
		return
	}
	sock := newSocket(conn, taken.conn, remoteOf(r))
	if s.addSocket(sock) {
		s.serve(sock, conferenceID)
	}
	sock.close(websocket.StatusNormalClosure, "")
	sock.wait()
	s.removeSocket(sock)
}

// remoteOf is the address that a request came from, without port.
func remoteOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// takenConn keeps the connection that a WebSocket was made of.
type takenConn struct {
	http.ResponseWriter
	conn net.Conn
}

// Hijack implements http.Hijacker.
func (t *takenConn) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	t.conn = conn
	return conn, rw, err
}

// enter counts the caller among those that Close waits for.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.sockets) >= MaxSockets {
		return false
	}
	s.wg.Add(1)
	return true
}

func (s *Server) addSocket(sock *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		sock.close(websocket.StatusGoingAway, string(conference.CauseShutdown))
		return false
	}
	unseated := 0
	for other := range s.sockets {
		if !other.seated && other.source == sock.source {
			unseated++
		}
	}
	if unseated >= maxUnseated {
		sock.close(websocket.StatusTryAgainLater, "too many connections")
		return false
	}
	s.sockets[sock] = struct{}{}
	return true
}

func (s *Server) removeSocket(sock *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sockets, sock)
}

// serve reads a socket to its end.
func (s *Server) serve(sock *socket, conferenceID string) {
	c := s.greet(sock, conferenceID)
	if c == nil {
		return
	}
	for {
		m, err := sock.read(s.ctx)
		if err != nil {
			s.refuse(sock, err)
			c.do(func() { c.socketLost(sock) })
			return
		}
		if !c.do(func() { c.receive(sock, m) }) {
			sock.wait() // the client has said bye and ends the socket
			return
		}
	}
}

// refuse tells the page of a message that could not be taken.
func (s *Server) refuse(sock *socket, err error) {
	switch {
	case errors.Is(err, errTooFast):
		s.counters.badMessages.Add(1)
		sock.fail(codeTooFast, err.Error())
	case errors.Is(err, errBadMessage):
		s.counters.badMessages.Add(1)
		sock.fail(codeBadMessage, err.Error())
	}
}

// greet reads a page's first messages until it is seated, and returns its
// client, or nil when it is not let in.
func (s *Server) greet(sock *socket, conferenceID string) *client {
	ctx, cancel := context.WithTimeout(s.ctx, JoinWithin)
	defer cancel()
	for {
		m, err := sock.read(ctx)
		if err != nil {
			s.refuse(sock, err)
			return nil
		}
		join, ok := m.(*joinMessage)
		if !ok {
			s.refuse(sock, fmt.Errorf("%w: the first message is join", errBadMessage))
			return nil
		}
		c, code, err := s.join(sock, conferenceID, join)
		if err != nil && code != codePINRequired { // which is how a page asks for it
			s.deps.Bridge.Refused(conference.WireWebRTC, conferenceID, sock.remote, err)
		}
		switch {
		case err == nil:
			return c
		case code == codePINRequired, code == codePINWrong:
			sock.send(errorMessage{Type: "error", Code: code, Message: err.Error()})
		default:
			sock.fail(code, err.Error())
			return nil
		}
	}
}

// join seats a page, or returns it to its seat.
func (s *Server) join(sock *socket, conferenceID string, m *joinMessage) (*client, string, error) {
	if c := s.find(conferenceID, m.Token); c != nil {
		// The socket is the client's before the client knows: from here on
		// only the client closes it.
		if s.seat(sock) && c.call(func() { c.resume(sock) }) {
			s.counters.resumes.Add(1)
			return c, "", nil
		}
	}
	name, ok := cleanName(m.Name)
	if !ok {
		return nil, codeBadName, fmt.Errorf("a name has 1 to %d printable characters", MaxNameLength)
	}
	conf, err := s.deps.Bridge.Open(conferenceID)
	if err == nil {
		err = conf.CheckPIN(sock.remote, m.PIN)
	}
	if err != nil {
		return nil, refusal(err), err
	}
	c, err := newClient(s, conf, conferenceID, sock.remote, name)
	if err != nil {
		return nil, refusal(err), err
	}
	if !s.addClient(c) || !s.seat(sock) {
		c.seat.Leave(conference.Cause{Code: conference.CauseShutdown})
		s.removeClient(c)
		return nil, codeUnknownConference, conference.ErrClosed
	}
	s.counters.joins.Add(1)
	s.wg.Add(1) // under the count that enter took
	go c.run(sock)
	return c, "", nil
}

// refusal is the error code for why a conference could not be entered.
func refusal(err error) string {
	switch {
	case errors.Is(err, conference.ErrPINRequired):
		return codePINRequired
	case errors.Is(err, conference.ErrPINWrong):
		return codePINWrong
	case errors.Is(err, conference.ErrPINLocked):
		return codePINLocked
	case errors.Is(err, conference.ErrFull):
		return codeFull
	default:
		return codeUnknownConference
	}
}

// find returns the client to whose seat a token returns, or nil.
func (s *Server) find(conferenceID, text string) *client {
	t, ok := parseToken(text)
	if !ok {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.clients[t.name]
	if c == nil || !c.token.equal(t) || c.path != conferenceID {
		return nil
	}
	return c
}

// seat marks a socket as a client's. It fails once the Server is closing.
func (s *Server) seat(sock *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	sock.seated = true
	sock.joined()
	return true
}

func (s *Server) addClient(c *client) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.clients[c.token.name] = c
	return true
}

func (s *Server) removeClient(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.clients, c.token.name)
}
