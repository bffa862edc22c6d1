package sap

import (
	"log/slog"
	"net/netip"
	"sync"
	"time"
)

// TransmitConfig is how a Transmitter announces.
type TransmitConfig struct {
	Announcer AnnouncerConfig
	// Others says how many sessions of others are announced in a group, which
	// share its bandwidth; nil: none.
	Others func(group netip.Addr) int
	Log    *slog.Logger
}

// Transmitter announces until it is closed, and then takes back what it has
// announced. All methods are safe for concurrent use.
type Transmitter struct {
	cfg     TransmitConfig
	sendTo  func(Transmission) error
	wake    chan struct{}
	done    chan struct{}
	running sync.WaitGroup

	mu        sync.Mutex
	announcer *Announcer
	pending   []Transmission // that Set asks for; sent in one order with what is due
	closed    bool
	failing   map[string]bool // announcements by interface that were not sent last time
}

// NewTransmitter returns one that announces nothing yet.
func NewTransmitter(cfg TransmitConfig) *Transmitter {
	return newTransmitter(cfg, func(t Transmission) error { return sendTo(t, Port) })
}

func newTransmitter(cfg TransmitConfig, sendTo func(Transmission) error) *Transmitter {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Others == nil {
		cfg.Others = func(netip.Addr) int { return 0 }
	}
	t := &Transmitter{
		cfg: cfg, sendTo: sendTo, wake: make(chan struct{}, 1), done: make(chan struct{}),
		announcer: NewAnnouncer(cfg.Announcer), failing: make(map[string]bool),
	}
	t.running.Go(t.run)
	return t
}

// Set replaces what is announced; see Announcer.Set.
func (t *Transmitter) Set(list []Announcement) error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil
	}
	out, err := t.announcer.Set(list)
	t.pending = append(t.pending, out...)
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default: // it will look anyway
	}
	return err
}

// Own reports whether a description is one that is announced here.
func (t *Transmitter) Own(sdp []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.announcer.Own(sdp)
}

func (t *Transmitter) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-t.wake:
		case <-t.done:
			return
		}
		// Others takes a lock of its own, under which Own is called.
		counts := make(map[netip.Addr]int)
		for _, g := range t.groups() {
			counts[g] = t.cfg.Others(g)
		}
		t.mu.Lock()
		now := time.Now()
		out, next := t.announcer.Due(now, func(g netip.Addr) int { return counts[g] })
		out = append(t.pending, out...)
		t.pending = nil
		t.mu.Unlock()
		t.send(out)
		timer.Reset(next.Sub(now))
	}
}

// groups are those in which is announced.
func (t *Transmitter) groups() []netip.Addr {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []netip.Addr
	for _, n := range t.announcer.ours {
		out = append(out, n.Group)
	}
	return out
}

// send sends; what fails is tried again in its time, and told once.
func (t *Transmitter) send(list []Transmission) {
	for _, one := range list {
		err := t.sendTo(one)
		way := one.Group.String() + " " + one.Interface
		t.mu.Lock()
		before := t.failing[way]
		t.failing[way] = err != nil
		t.mu.Unlock()
		if err != nil && !before {
			t.cfg.Log.Warn("announcement not sent", "group", one.Group, "interface", one.Interface, "error", err)
		}
	}
}

// Close takes back what was announced. It waits until all goroutines have
// ended.
func (t *Transmitter) Close() error {
	t.mu.Lock()
	var out []Transmission
	if !t.closed {
		t.closed = true
		close(t.done)
		out = append(t.pending, t.announcer.Close()...)
		t.pending = nil
	}
	t.mu.Unlock()
	t.running.Wait()
	t.send(out)
	return nil
}
