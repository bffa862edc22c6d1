package conference

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"parley/codecs"
	"parley/conference/internal/mixer"
	"parley/conference/internal/video"
)

// BridgeConfig is what a Bridge runs under.
type BridgeConfig struct {
	Codecs *codecs.Set
	Log    *slog.Logger
	// Conferences are the declared ones. They exist from start to end.
	Conferences []Settings
	// OnDemand lets who asks for an undeclared conference open it; it ends
	// OnDemandLinger after the last one left.
	OnDemand bool
}

// check names all Settings that cannot be.
func (cfg *BridgeConfig) check() error {
	var errs []error
	if cfg.Codecs == nil {
		errs = append(errs, errors.New("conference: no codecs"))
	}
	seen, numbers := make(map[string]bool), make(map[string]string)
	for _, s := range cfg.Conferences {
		errs = append(errs, s.check(cfg.Codecs))
		if seen[s.ID] {
			errs = append(errs, fmt.Errorf("conference %q: declared twice", s.ID))
		}
		seen[s.ID] = true
		for _, n := range s.Numbers {
			if other, ok := numbers[n]; ok {
				errs = append(errs, fmt.Errorf("conference %q: the number %s is already that of %q", s.ID, n, other))
			}
			numbers[n] = s.ID
		}
	}
	return errors.Join(errs...)
}

func (s *Settings) check(set *codecs.Set) error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("conference %q: "+format, append([]any{s.ID}, args...)...))
	}
	if !validID(s.ID) {
		fail("the id must be 1 to %d of A-Z a-z 0-9 . _ -", maxIDLength)
	}
	if strings.Trim(s.PIN, "0123456789") != "" {
		fail("the PIN must be digits")
	}
	for _, n := range s.Numbers {
		if n == "" || len(n) > maxIDLength || strings.Trim(n, "0123456789") != "" {
			fail("the number %q must be 1 to %d digits", n, maxIDLength)
		}
	}
	if s.MaxParticipants < 0 {
		fail("max participants is negative")
	}
	for _, name := range s.Codecs {
		if set != nil && !knows(set, name) {
			fail("unknown codec %q", name)
		}
	}
	return errors.Join(errs...)
}

func knows(set *codecs.Set, name string) bool {
	for _, m := range []codecs.Media{codecs.MediaAudio, codecs.MediaVideo} {
		if slices.ContainsFunc(set.Formats(m), func(f codecs.Format) bool { return f.Is(name) }) {
			return true
		}
	}
	return false
}

// Bridge is all conferences of a process. All methods are safe for concurrent
// use.
type Bridge struct {
	crew    *mixer.Crew
	running sync.WaitGroup // the goroutines of all conferences

	refused, lockouts lines // what the log tells of strangers

	directory atomic.Pointer[Directory]

	// changing is held by Reconfigure and Close, one of which runs at a time.
	// It is taken before mu, and held while conferences are called; they do
	// not take it.
	changing sync.Mutex

	mu          sync.Mutex
	cfg         BridgeConfig
	closed      bool
	conferences map[string]*Conference
	// Of conferences that ended:
	pastSound    mixer.Stats
	pastPictures video.Stats
}

// NewBridge opens the declared conferences. The error names the Settings that
// cannot be.
func NewBridge(cfg BridgeConfig) (*Bridge, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	b := &Bridge{crew: mixer.NewCrew(), cfg: cfg, conferences: make(map[string]*Conference)}
	for _, s := range cfg.Conferences {
		b.openLocked(s, true)
	}
	return b, nil
}

func (b *Bridge) openLocked(s Settings, declared bool) *Conference {
	s.Codecs, s.Numbers = slices.Clone(s.Codecs), slices.Clone(s.Numbers)
	c := newConference(b, s, declared)
	b.conferences[s.ID] = c
	return c
}

// retire forgets a conference that ended.
func (b *Bridge) retire(c *Conference) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pastSound.Add(c.mixer.Stats())
	b.pastPictures = plus(b.pastPictures, c.video.Stats())
	if b.conferences[c.id] == c {
		delete(b.conferences, c.id)
	}
}

// Open returns the conference of that id: a declared one, one that is under
// way, or a new one where OnDemand allows it and id is valid. Otherwise
// ErrUnknownConference.
func (b *Bridge) Open(id string) (*Conference, error) {
	for {
		c, err := b.find(id)
		if err != nil || c.keep() {
			return c, err
		}
		select {
		case <-c.ended: // between the two
			b.forget(c)
		default: // about to, with the bridge
			return nil, ErrClosed
		}
	}
}

// Resolve returns the id of the conference that somebody means by name, without
// opening it: an id, a number of Settings.Numbers, or an id in another case
// where it is the only such one (telephones begin names with a capital). Where
// OnDemand allows it, any valid id. Otherwise ErrUnknownConference.
func (b *Bridge) Resolve(name string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return "", ErrClosed
	}
	if id, ok := b.knownLocked(name); ok {
		return id, nil
	}
	if b.cfg.OnDemand && validID(name) {
		return name, nil
	}
	return "", ErrUnknownConference
}

// knownLocked returns the id of the declared or open conference that name
// means.
func (b *Bridge) knownLocked(name string) (id string, ok bool) {
	if b.conferences[name] != nil {
		return name, true
	}
	for _, s := range b.cfg.Conferences {
		if slices.Contains(s.Numbers, name) {
			return s.ID, true
		}
	}
	alike := 0
	for open := range b.conferences {
		if strings.EqualFold(open, name) {
			id = open
			alike++
		}
	}
	return id, alike == 1
}

// forget takes an ended conference out of the way before it retires.
func (b *Bridge) forget(c *Conference) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conferences[c.id] == c {
		delete(b.conferences, c.id)
	}
}

func (b *Bridge) find(id string) (*Conference, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch c := b.conferences[id]; {
	case b.closed:
		return nil, ErrClosed
	case c != nil:
		return c, nil
	case !b.cfg.OnDemand || !validID(id):
		return nil, ErrUnknownConference
	case len(b.conferences)-len(b.cfg.Conferences) >= MaxOnDemand:
		return nil, fmt.Errorf("%w: %d others are open", ErrFull, MaxOnDemand)
	}
	return b.openLocked(Settings{ID: id}, false), nil
}

// Conferences returns all, sorted by id.
func (b *Bridge) Conferences() []*Conference {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.SortedFunc(maps.Values(b.conferences), func(x, y *Conference) int { return cmp.Compare(x.id, y.id) })
}

// Reconfigure takes new declared conferences and policy, live. A conference
// that is no longer declared goes on until its last Participant leaves. On
// error nothing changed.
func (b *Bridge) Reconfigure(cfg BridgeConfig) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	if cfg.Log == nil {
		cfg.Log = b.cfg.Log
	}
	if cfg.Codecs == nil {
		cfg.Codecs = b.cfg.Codecs
	}
	if err := cfg.check(); err != nil {
		return err
	}
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return ErrClosed
	}
	b.cfg = cfg
	known := maps.Clone(b.conferences)
	declared := make(map[string]*Settings)
	for _, s := range cfg.Conferences {
		s.Codecs, s.Numbers = slices.Clone(s.Codecs), slices.Clone(s.Numbers)
		declared[s.ID] = &s
		if b.conferences[s.ID] == nil {
			b.openLocked(s, true)
		}
	}
	b.mu.Unlock()
	for id, c := range known {
		s := declared[id]
		if ended := c.reconfigure(s); ended != nil && s != nil {
			b.replace(c, *s)
		}
	}
	return nil
}

// replace opens a declared conference where one of its id has just ended.
func (b *Bridge) replace(c *Conference, s Settings) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if old := b.conferences[s.ID]; !b.closed && (old == nil || old == c) {
		b.openLocked(s, true)
	}
}

// Close disconnects everybody with CauseShutdown, waits until they have left
// or ctx ends, and stops all goroutines. The error is ctx's when somebody had
// not left.
func (b *Bridge) Close(ctx context.Context) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	b.mu.Lock()
	first := !b.closed
	b.closed = true
	all := slices.Collect(maps.Values(b.conferences))
	b.mu.Unlock()
	if !first {
		return nil
	}
	cause := Cause{Code: CauseShutdown}
	for _, c := range all {
		c.shutDown(cause)
	}
	var err error
	for _, c := range all {
		select {
		case <-c.ended:
		case <-ctx.Done():
			err = ctx.Err()
			c.abandon(cause)
		}
	}
	b.running.Wait()
	b.refused.close()
	b.lockouts.close()
	b.crew.Close()
	return err
}
