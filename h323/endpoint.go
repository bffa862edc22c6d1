package h323

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"parley/h323/h225"
	"parley/h323/media"
	"parley/h323/q931"
	"parley/qos/accept"
)

// Endpoint answers and makes calls.
type Endpoint struct {
	cfg      Config
	log      *slog.Logger
	self     h225.EndpointType
	resolver resolver
	network  network
	rates    *rates
	// handshakes counts those of TLS by source; insecure tells of those that failed.
	handshakes *rates
	insecure   insecure
	ctx        context.Context
	cancel     context.CancelFunc
	wg         sync.WaitGroup

	incoming, outgoing, answered, refused, failed atomic.Uint64
	strangers                                     atomic.Uint64
	malformed, overLimit, messages                atomic.Uint64

	mu          sync.Mutex
	closed      bool
	listeners   []net.Listener
	secure      []net.Listener // for TLS
	connections map[*connection]struct{}
	calls       map[*Call]struct{}
	bySource    map[netip.Addr]int
	references  map[uint16]struct{} // of calls made from here
	lastRef     uint16
	expecting   map[h225.GloballyUniqueID]*expected // calls to those behind firewalls
	indicated   map[h225.GloballyUniqueID]struct{}  // calls to us, behind a firewall
	tunnels     map[netip.AddrPort]*connection      // that carry RAS to us, by their far end
}

// New checks cfg. Nothing is opened yet.
func New(cfg Config) (*Endpoint, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.MaxCalls == 0 {
		cfg.MaxCalls = defaultMaxCalls
	}
	if cfg.MaxCallsPerSource == 0 {
		cfg.MaxCallsPerSource = defaultMaxCallsPerSource
	}
	if cfg.SetupRate == 0 {
		cfg.SetupRate = defaultSetupRate
	}
	if cfg.TerminalType == 0 {
		cfg.TerminalType = 50
	}
	if cfg.Receive == nil {
		cfg.Receive = &media.Set{}
	}
	if cfg.Send == nil {
		cfg.Send = cfg.Receive
	}
	e := &Endpoint{
		cfg: cfg, log: cfg.Log, self: cfg.endpointType(), resolver: net.DefaultResolver, network: tcp{cfg.DSCP},
		rates:       newRates(cfg.SetupRate, max(setupBurst, cfg.SetupRate)),
		handshakes:  newRates(handshakeRate, handshakeBurst),
		connections: make(map[*connection]struct{}), calls: make(map[*Call]struct{}),
		bySource: make(map[netip.Addr]int), references: make(map[uint16]struct{}),
		expecting: make(map[h225.GloballyUniqueID]*expected), indicated: make(map[h225.GloballyUniqueID]struct{}),
		tunnels: make(map[netip.AddrPort]*connection),
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e, nil
}

// Start listens. An error names the address and what to do.
func (e *Endpoint) Start(ctx context.Context) error {
	for _, a := range e.cfg.Listen {
		if err := e.listen(ctx, a, &e.listeners, func(c net.Conn) net.Conn { return c }); err != nil {
			return err
		}
	}
	for _, a := range e.cfg.TLS.Listen {
		if err := e.listen(ctx, a, &e.secure, e.cfg.TLS.serve); err != nil {
			return err
		}
	}
	return nil
}

// listen takes calls on an address, over what over makes of a connection, and has
// the listener among the others.
func (e *Endpoint) listen(ctx context.Context, a netip.AddrPort, others *[]net.Listener, over func(net.Conn) net.Conn) error {
	l, err := e.network.listen(ctx, a)
	if err != nil {
		e.closeListeners()
		if errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("h323: cannot listen on TCP %v, is another H.323 program running there: %w", a, err)
		}
		return fmt.Errorf("h323: cannot listen on TCP %v: %w", a, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		_ = l.Close()
		return errors.New("h323: the endpoint is closed")
	}
	bounded := accept.Within(l, accept.Limits{
		Total:     e.cfg.MaxCalls + spareConnections,
		PerSource: e.cfg.MaxCallsPerSource + spareConnectionsPerSource,
		Strangers: maxStrangers,
	})
	*others = append(*others, bounded)
	e.wg.Add(1)
	go e.serve(bounded, over)
	return nil
}

func (e *Endpoint) serve(l net.Listener, over func(net.Conn) net.Conn) {
	defer e.wg.Done()
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		e.Serve(over(c))
	}
}

// Serve takes calls from a connection that was made elsewhere, as on a gatekeeper's
// word (H.460.18). It does not wait.
func (e *Endpoint) Serve(c net.Conn) {
	if n := e.connection(c); n != nil {
		n.expectFirst()
		n.start()
	}
}

// Addresses returns where the endpoint listens, without TLS.
func (e *Endpoint) Addresses() []netip.AddrPort {
	e.mu.Lock()
	defer e.mu.Unlock()
	return addressesOf(e.listeners)
}

// TLSAddresses returns where the endpoint listens for TLS.
func (e *Endpoint) TLSAddresses() []netip.AddrPort {
	e.mu.Lock()
	defer e.mu.Unlock()
	return addressesOf(e.secure)
}

func addressesOf(listeners []net.Listener) (all []netip.AddrPort) {
	for _, l := range listeners {
		all = append(all, addrPort(l.Addr()))
	}
	return all
}

func (e *Endpoint) closeListeners() {
	e.mu.Lock()
	all := slices.Concat(e.listeners, e.secure)
	e.listeners, e.secure = nil, nil
	e.mu.Unlock()
	for _, l := range all {
		_ = l.Close()
	}
}

// Close ends all calls, waits for them or ctx, and closes the sockets.
func (e *Endpoint) Close(ctx context.Context) error {
	e.mu.Lock()
	e.closed = true
	var calls []*Call
	for c := range e.calls {
		calls = append(calls, c)
	}
	var connections []*connection
	for n := range e.connections {
		connections = append(connections, n)
	}
	e.mu.Unlock()
	e.closeListeners()
	for _, c := range calls {
		c.Release(&Refusal{Cause: q931.TemporaryFailure, Text: "the endpoint is closing"})
	}
	for _, n := range connections {
		n.finishIdle()
	}
	done := make(chan struct{})
	go func() {
		e.wg.Wait()
		close(done)
	}()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = ctx.Err()
		e.abort()
		<-done
	}
	e.cancel()
	return err
}

// abort closes what a peer holds open.
func (e *Endpoint) abort() {
	e.cancel()
	e.mu.Lock()
	defer e.mu.Unlock()
	for n := range e.connections {
		_ = n.stream.conn.Close()
	}
}

// enroll counts a call, or says which limit is in its way.
func (e *Endpoint) enroll(c *Call, source netip.Addr) *Refusal {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return &Refusal{Cause: q931.TemporaryFailure, Text: "the endpoint is closing"}
	case len(e.calls) >= e.cfg.MaxCalls, c.incoming && e.bySource[source] >= e.cfg.MaxCallsPerSource:
		e.overLimit.Add(1)
		return &Refusal{Cause: q931.SwitchingCongestion, Text: "too many calls"}
	}
	if !c.incoming {
		e.reserveLocked(c)
	} else {
		e.bySource[source]++
	}
	e.calls[c] = struct{}{}
	e.wg.Add(1)
	return nil
}

// reserveLocked gives a call made from here a reference that no other has.
func (e *Endpoint) reserveLocked(c *Call) {
	for {
		e.lastRef = e.lastRef%0x7fff + 1
		if _, used := e.references[e.lastRef]; !used {
			e.references[e.lastRef] = struct{}{}
			c.reference = e.lastRef
			return
		}
	}
}

func (e *Endpoint) withdraw(c *Call) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.calls, c)
	if !c.incoming {
		delete(e.references, c.reference)
		return
	}
	if e.bySource[c.source]--; e.bySource[c.source] <= 0 {
		delete(e.bySource, c.source)
	}
}

// newGUID makes an identifier as a random UUID (RFC 9562 clause 5.4).
func newGUID() (id h225.GloballyUniqueID) {
	_, _ = rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}
