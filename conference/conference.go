package conference

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/conference/internal/mixer"
	"parley/conference/internal/video"
)

// Settings are what an operator declares of a conference.
type Settings struct {
	ID    string // in links and SIP URIs
	Title string
	PIN   string // digits; empty: none
	// Numbers are digits under which telephones and room systems reach the
	// conference, beside its id.
	Numbers []string
	// Codecs are the encoding names that may be used, best first; empty: all.
	Codecs []string
	// MaxParticipants is the most that may sit at once; 0: DefaultMaxParticipants.
	MaxParticipants int
}

// Conference is one conference. All methods are safe for concurrent use.
type Conference struct {
	id       string
	private  bool   // a call of two; set before anybody knows the conference
	caller   Caller // of a call of two
	codecs   *codecs.Set
	log      *slog.Logger
	settings atomic.Pointer[Settings]
	pins     pinGuard
	lockouts *lines // the Bridge's
	mixer    *mixer.Mixer
	video    *video.Switch

	// commands reach the roster's goroutine; ended is closed when it takes no
	// more.
	commands chan func(*roster)
	ended    chan struct{}
	// changed is sent to, without waiting, by media that have news for the
	// roster.
	changed chan struct{}
}

// wake has the roster look for what changed.
func (c *Conference) wake() {
	select {
	case c.changed <- struct{}{}:
	default: // it is about to
	}
}

// newConference starts a conference of b, whose running awaits its goroutines:
// the roster's, the mixer's and the survey's.
func newConference(b *Bridge, s Settings, declared bool) *Conference {
	cfg, crew := &b.cfg, b.crew
	log := cfg.Log.With("conference", s.ID)
	c := &Conference{
		id:       s.ID,
		lockouts: &b.lockouts,
		codecs:   cfg.Codecs,
		log:      log,
		commands: make(chan func(*roster)),
		ended:    make(chan struct{}),
		changed:  make(chan struct{}, 1),
		video:    video.New(cfg.Codecs),
	}
	c.mixer = mixer.New(mixer.Config{Codecs: cfg.Codecs, Log: log, Crew: crew, Changed: c.wake})
	c.settings.Store(&s)
	r := newRoster(c, declared)
	b.running.Go(func() {
		r.run()
		c.video.Close()
		b.retire(c)
	})
	b.running.Go(func() { c.mixer.Run(c.ended) })
	b.running.Go(c.survey)
	return c
}

// do has the roster's goroutine execute f and waits for it. It fails with
// ErrClosed when the conference has ended.
func (c *Conference) do(f func(*roster)) error {
	done := make(chan struct{})
	select {
	case c.commands <- func(r *roster) { f(r); close(done) }:
		<-done
		return nil
	case <-c.ended:
		return ErrClosed
	}
}

// Join seats p. It fails with ErrFull or ErrClosed. The PIN is not its
// business: a wire asks CheckPIN before.
func (c *Conference) Join(p Participant) (*Seat, error) {
	m := newMember(p, time.Now())
	var seat *Seat
	var err error
	if closed := c.do(func(r *roster) {
		if err = r.join(m); err == nil {
			seat = &Seat{conference: c, member: m}
		}
	}); closed != nil {
		return nil, closed
	}
	return seat, err
}

// CheckPIN compares pin with the conference's. remote is who asks (an address
// without port); after MaxPINAttempts wrong ones from it, ErrPINLocked for
// PINLockout. An empty pin where one is needed is ErrPINRequired and does not
// count as an attempt. nil where no PIN is needed.
func (c *Conference) CheckPIN(remote, pin string) error {
	now := time.Now()
	err := c.pins.check(remote, pin, c.settings.Load().PIN, now)
	if errors.Is(err, ErrPINWrong) && c.pins.locked(remote) {
		if c.lockouts.allow(guesser(remote), now, func(unsaid int) {
			c.log.Warn("locked out after wrong PINs", "left_out", unsaid)
		}) {
			c.log.Warn("locked out after wrong PINs", "address", clean(remote, maxTextLength), "attempts", MaxPINAttempts, "for", PINLockout)
		}
	}
	return err
}

// NeedsPIN reports whether CheckPIN wants one.
func (c *Conference) NeedsPIN() bool { return c.settings.Load().PIN != "" }

// Settings returns what the conference runs under.
func (c *Conference) Settings() Settings {
	s := *c.settings.Load()
	s.Codecs, s.Numbers = slices.Clone(s.Codecs), slices.Clone(s.Numbers)
	return s
}

// Formats returns the Formats of m that the conference allows, best first.
// Named events (MediaEvent) are not a codec that could be disallowed.
func (c *Conference) Formats(m codecs.Media) []codecs.Format {
	all := c.codecs.Formats(m)
	allowed := c.settings.Load().Codecs
	if len(allowed) == 0 || m == codecs.MediaEvent {
		return all
	}
	var out []codecs.Format
	for _, name := range allowed {
		for _, f := range all {
			if strings.EqualFold(f.Name, name) && !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// Roster returns who is here.
func (c *Conference) Roster() Roster {
	out := Roster{Conference: c.id, Title: c.settings.Load().Title}
	_ = c.do(func(r *roster) { out = r.snapshot() }) // who ended is empty
	return out
}

// Watch returns the roster and a stream of the Events that follow it. A
// reader that falls MaxWatchBacklog events behind gets ErrSlow from Next and
// watches anew; nobody else notices.
func (c *Conference) Watch() (Roster, *Watch) {
	w := newWatch(c)
	out := Roster{Conference: c.id, Title: c.settings.Load().Title}
	if err := c.do(func(r *roster) {
		out = r.snapshot()
		r.watches[w] = struct{}{}
	}); err != nil {
		w.end(err, true)
	}
	return out, w
}

// Mute is a host's mute of a Participant. ErrNotFound when it is not here.
func (c *Conference) Mute(id ParticipantID, muted bool) error {
	err := ErrNotFound
	if closed := c.do(func(r *roster) {
		if m := r.byID[id]; m != nil {
			r.mute(m, m.muted, muted)
			err = nil
		}
	}); closed != nil {
		return closed
	}
	return err
}

// Kick lets a Participant's seat go at once and disconnects it with cause.
// ErrNotFound when it is not here.
func (c *Conference) Kick(id ParticipantID, cause Cause) error {
	var p Participant
	if closed := c.do(func(r *roster) {
		if m := r.byID[id]; m != nil {
			p = m.participant
			r.leave(m, cause)
		}
	}); closed != nil {
		return closed
	}
	if p == nil {
		return ErrNotFound
	}
	p.Disconnect(cause)
	return nil
}

// shutDown lets nobody in any more, asks all to leave with cause, and ends the
// conference when they have. It does not wait for that.
func (c *Conference) shutDown(cause Cause) {
	var all []Participant
	if err := c.do(func(r *roster) {
		r.closing = true
		for _, m := range r.members {
			all = append(all, m.participant)
		}
		r.endIfDone()
	}); err != nil {
		return
	}
	for _, p := range all {
		p.Disconnect(cause)
	}
}

// abandon ends the conference with whoever has not left yet.
func (c *Conference) abandon(cause Cause) {
	_ = c.do(func(r *roster) { // it may have ended meanwhile
		for len(r.members) > 0 {
			r.leave(r.members[0], cause)
		}
		r.endIfDone()
	})
}

// keep reports whether the conference is still there, and if so lets it wait
// for somebody for a full OnDemandLinger from now.
func (c *Conference) keep() bool {
	ok := false
	err := c.do(func(r *roster) {
		if ok = !r.closing; ok {
			r.touch()
		}
	})
	return ok && err == nil
}

// reconfigure replaces the settings. A conference that is no longer declared
// ends as soon as it is empty. It fails with ErrClosed when it has ended.
func (c *Conference) reconfigure(s *Settings) error {
	return c.do(func(r *roster) {
		if s != nil {
			c.settings.Store(s)
			r.stay = stayDeclared
		} else if r.stay == stayDeclared {
			r.stay = stayUndeclared
		}
		r.touch()
		r.endIfDone()
	})
}
