package ras

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/qos"
)

// Client registers an endpoint with a gatekeeper, keeps it registered, and asks
// for leave: it is a [h323.Gatekeeper]. Its methods are safe for concurrent use.
type Client struct {
	cfg  Config
	link Link

	mu       sync.Mutex
	endpoint *endpoint     // guarded by mu
	started  bool          // guarded by mu
	wake     chan struct{} // the time of next has changed
	done     chan struct{} // closed when the unregistration is over
	stop     chan struct{}
	running  sync.WaitGroup
}

var _ h323.Gatekeeper = (*Client)(nil)

// NewClient checks cfg. Nothing is opened yet.
func NewClient(cfg Config) (*Client, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.TimeToLive == 0 {
		cfg.TimeToLive = defaultLife
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Random == nil {
		cfg.Random = Random
	}
	return &Client{
		cfg: cfg, link: cfg.Link,
		wake: make(chan struct{}, 1), done: make(chan struct{}), stop: make(chan struct{}),
	}, nil
}

// Random is chance of the operating system.
func Random() uint32 {
	var b [4]byte
	rand.Read(b[:])
	return binary.BigEndian.Uint32(b[:])
}

// Start opens the socket and begins to register; Config.Changed tells how it
// goes. An error says which address could not be had.
func (c *Client) Start(_ context.Context) error {
	if c.link == nil {
		s, err := c.listen()
		if err != nil {
			return err
		}
		c.link = s
	}
	c.mu.Lock()
	c.started = true
	c.endpoint = newEndpoint(c.cfg, c.told(c.cfg.Gatekeeper))
	c.endpoint.reached = c.told
	c.endpoint.start(time.Now())
	c.mu.Unlock()
	c.running.Add(2)
	go c.read()
	go c.clock()
	c.act()
	return nil
}

func (c *Client) listen() (*Socket, error) {
	at := c.cfg.Listen
	if !at.IsValid() {
		unspecified := netip.IPv4Unspecified()
		if c.cfg.Gatekeeper.Addr().Is6() {
			unspecified = netip.IPv6Unspecified()
		}
		at = netip.AddrPortFrom(unspecified, 0)
	}
	s, err := Listen(at, c.cfg.DSCP)
	if err != nil {
		return nil, err
	}
	if !c.cfg.Gatekeeper.IsValid() {
		if err := s.askGroupOn(c.cfg.Interface); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// told is the address that a gatekeeper shall answer to; to is invalid for one
// that is to be discovered.
func (c *Client) told(to netip.AddrPort) netip.AddrPort {
	local := c.link.LocalAddr()
	if !to.IsValid() {
		to = netip.AddrPortFrom(DiscoveryGroup, DiscoveryPort)
	}
	at := local.Addr()
	if at.IsUnspecified() {
		at = Route(to, c.cfg.Signal[0].Addr())
	}
	return netip.AddrPortFrom(qos.Public(c.cfg.External, at, to.Addr()), local.Port())
}

// Route asks the routing table for our address toward to; nothing is sent.
func Route(to netip.AddrPort, otherwise netip.Addr) netip.Addr {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		return otherwise
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}

// Close unregisters, waits for the gatekeeper's answer or ctx, and closes the
// socket.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.started || c.endpoint.closing {
		c.mu.Unlock()
		return nil
	}
	c.endpoint.close(time.Now())
	c.mu.Unlock()
	c.act()
	var err error
	select {
	case <-c.done:
	case <-ctx.Done():
		err = fmt.Errorf("unregistering: %w", ctx.Err())
	}
	close(c.stop)
	c.link.Close()
	c.running.Wait()
	return err
}

// read takes datagrams until the link is closed.
func (c *Client) read() {
	defer c.running.Done()
	for {
		d, err := c.link.ReadDatagram()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // of one datagram, as an ICMP error for an earlier one
		}
		now := time.Now()
		c.mu.Lock()
		m := c.endpoint.receive(now, d)
		c.mu.Unlock()
		c.trace(now, d, m, false)
		c.act()
	}
}

// clock ticks when there is something to do.
func (c *Client) clock() {
	defer c.running.Done()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-c.wake:
		case <-timer.C:
			c.mu.Lock()
			c.endpoint.tick(time.Now())
			c.mu.Unlock()
			c.perform()
		}
		c.mu.Lock()
		next := c.endpoint.next()
		c.mu.Unlock()
		if next.IsZero() {
			timer.Stop()
			continue
		}
		timer.Reset(time.Until(next))
	}
}

// act does what the machine wants, and has the clock look anew.
func (c *Client) act() {
	c.perform()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *Client) perform() {
	c.mu.Lock()
	actions := c.endpoint.take()
	c.mu.Unlock()
	for _, a := range actions {
		switch a := a.(type) {
		case transmit:
			c.transmit(a)
		case finish:
			a.op.done(a.reply, a.err)
		case changed:
			c.tell(a.status)
		case dropped:
			a.call()
		case ordered:
			a.call(a.bitRate)
		case service:
			if c.cfg.ServiceControl != nil {
				c.cfg.ServiceControl(a.sci)
			}
		case closed:
			close(c.done)
		}
	}
}

func (c *Client) transmit(a transmit) {
	if err := c.link.WriteDatagram(a.datagram); err != nil {
		// It counts as lost: the transaction sends it again.
		c.cfg.Log.Debug("RAS not sent", "to", a.datagram.Remote, "error", err)
		return
	}
	c.mu.Lock()
	c.endpoint.stats.Sent++
	c.mu.Unlock()
	c.trace(time.Now(), a.datagram, a.message, true)
}

func (c *Client) trace(now time.Time, d Datagram, m *h225.RasMessage, sent bool) {
	if c.cfg.Trace == nil {
		return
	}
	if m == nil {
		m = new(h225.RasMessage)
		if _, err := per.Unmarshal(d.Data, m); err != nil {
			return
		}
	}
	c.cfg.Trace(&h323.Traced{
		Time: now, Sent: sent, Local: c.link.LocalAddr(), Remote: d.Remote, Protocol: "RAS",
		Name: Name(m), Message: m, Octets: d.Data,
	})
}

func (c *Client) tell(s Status) {
	level, attrs := slog.LevelInfo, []any{"state", s.State.String(), "gatekeeper", s.Gatekeeper}
	if s.Identifier != "" {
		attrs = append(attrs, "identifier", s.Identifier)
	}
	if s.State == Unregistered && s.Problem != "" {
		level, attrs = slog.LevelWarn, append(attrs, "problem", s.Problem)
	}
	c.cfg.Log.Log(context.Background(), level, "gatekeeper", attrs...)
	if c.cfg.Changed != nil {
		c.cfg.Changed(s)
	}
}

// Status is what is known of the registration now.
func (c *Client) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.endpoint == nil {
		return Status{}
	}
	return c.endpoint.status
}

// Stats is a snapshot.
func (c *Client) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.endpoint == nil {
		return Stats{}
	}
	return c.endpoint.stats
}
