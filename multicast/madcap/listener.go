package madcap

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"parley/multicast/allocation"
	"parley/multicast/internal/interfaces"
)

// ListenConfig is where and how a Listener serves.
type ListenConfig struct {
	Server     Config
	Interfaces []string // by name, for clients that send to groups; none: all that can carry groups
	Port       int      // 0: Port
	Log        *slog.Logger
}

// Listener serves the clients of a Server. All methods are safe for concurrent
// use.
type Listener struct {
	cfg     ListenConfig
	server  *Server  // of run
	batch   []answer // of run
	failing bool     // of run: the ledger was not saved
	ledger  *allocation.Ledger
	conns   []*conn
	in      chan datagram
	done    chan struct{}
	closing sync.Once
	running sync.WaitGroup
	stats   atomic.Pointer[Stats]
}

// datagram is a message and who takes the answer.
type datagram struct {
	raw  []byte
	from netip.AddrPort
	at   Arrival
	conn *conn
}

// answer is a message with what is answered to it; nil: nothing.
type answer struct {
	datagram
	reply []byte
}

// Listen opens the port and serves until Close. Leases of ledger go on. The
// error is of the port.
func Listen(cfg ListenConfig, pool *allocation.Allocator, ledger *allocation.Ledger) (*Listener, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Port == 0 {
		cfg.Port = Port
	}
	l := &Listener{
		cfg: cfg, server: NewServer(cfg.Server, pool, ledger), ledger: ledger,
		in: make(chan datagram, maxWaiting), batch: make([]answer, 0, maxWaiting), done: make(chan struct{}),
	}
	l.publish()
	groups := l.server.Groups()
	var errs []error
	for _, v6 := range []bool{false, true} {
		c, err := openConn(v6, cfg.Port, groups)
		if err != nil {
			errs = append(errs, fmt.Errorf("madcap: %w", err))
			continue
		}
		l.conns = append(l.conns, c)
	}
	// A machine without IPv6 serves by IPv4.
	if len(l.conns) == 0 || !l.conns[0].v4() {
		return nil, errors.Join(append(errs, l.Close())...)
	}
	if err := errors.Join(errs...); err != nil {
		cfg.Log.Warn("MADCAP clients are not served by IPv6", "error", err)
	}
	if err := l.join(); err != nil {
		cfg.Log.Warn("clients that look for a MADCAP server are not heard in all networks", "error", err)
	}
	for _, c := range l.conns {
		l.running.Go(func() { l.read(c) })
	}
	l.running.Go(l.run)
	return l, nil
}

// join enters the groups on the interfaces that are there.
func (l *Listener) join() error {
	found := interfaces.Find(l.cfg.Interfaces)
	var errs []error
	for _, c := range l.conns {
		errs = append(errs, c.join(found))
	}
	return errors.Join(errs...)
}

// read takes messages until the socket is closed.
func (l *Listener) read(c *conn) {
	buffer := make([]byte, maxDatagram+1)
	for {
		n, from, at, err := c.read(buffer)
		if err != nil {
			select {
			case <-l.done:
				return
			default:
			}
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue // such as an ICMP error
		}
		if n > maxDatagram || !at.Local.IsValid() {
			continue
		}
		select {
		case l.in <- datagram{append([]byte(nil), buffer[:n]...), from, at, c}:
		default: // a flood; clients ask again
		}
	}
}

// run owns the Server.
func (l *Listener) run() {
	ticker := time.NewTicker(tendEvery)
	defer ticker.Stop()
	for {
		select {
		case d := <-l.in:
			l.serve(d)
		case now := <-ticker.C:
			if err := l.join(); err != nil {
				l.cfg.Log.Debug("not all groups of MADCAP are joined", "error", err)
			}
			l.server.Expire(now)
			l.save()
			l.publish()
		case <-l.done:
			return
		}
	}
}

// serve answers a message and those that wait behind it. Leases are saved once
// for all: a flood writes the file no more often than that.
func (l *Listener) serve(first datagram) {
	batch := append(l.batch[:0], answer{datagram: first})
	for len(batch) < cap(batch) && len(l.in) > 0 {
		batch = append(batch, answer{datagram: <-l.in})
	}
	now := time.Now()
	answered := false
	for i := range batch {
		d := &batch[i]
		d.reply = l.server.Receive(d.raw, d.from, d.at, now)
		answered = answered || d.reply != nil
	}
	kept := !answered || l.save() // a lease that a crash would forget is none
	if !kept {
		l.server.stats.Unsaved++
	}
	l.publish()
	for i := range batch {
		if d := &batch[i]; kept && d.reply != nil {
			l.send(d)
		}
	}
	clear(batch)
}

func (l *Listener) send(d *answer) {
	l.cfg.Log.Debug("MADCAP", "from", d.from, "asked", MessageType(d.raw[1]), "answered", MessageType(d.reply[1]))
	if err := d.conn.write(d.reply, d.from, d.at.Local); err != nil {
		l.cfg.Log.Debug("MADCAP client is not reached", "to", d.from, "error", err)
	}
}

// save reports whether the ledger is kept, and tells once that it is not.
func (l *Listener) save() bool {
	err := l.ledger.Save()
	if err != nil && !l.failing {
		l.cfg.Log.Error("leases cannot be kept, and none are given", "error", err)
	}
	l.failing = err != nil
	return err == nil
}

func (l *Listener) publish() {
	stats := l.server.Stats()
	l.stats.Store(&stats)
}

// Stats returns what was met so far.
func (l *Listener) Stats() Stats { return *l.stats.Load() }

// Close ends serving, and waits until all goroutines have ended. Leases stay in
// the ledger.
func (l *Listener) Close() error {
	var errs []error
	l.closing.Do(func() {
		close(l.done)
		for _, c := range l.conns {
			errs = append(errs, c.Close())
		}
	})
	l.running.Wait()
	return errors.Join(errs...)
}
