package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
	"parley/h323"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds the wait for an event on loopback. It is only used up by a
// failure.
const patience = 15 * time.Second

// site is a bridge with an open H.323 side.
type site struct {
	*Server
	t   *testing.T
	log *journal
}

func newSite(t *testing.T, cfg Config, settings ...conference.Settings) *site {
	t.Helper()
	return tracedSite(t, cfg, nil, settings...)
}

// tracedSite tells of each message of call signalling and H.245.
func tracedSite(t *testing.T, cfg Config, trace func(*h323.Traced), settings ...conference.Settings) *site {
	t.Helper()
	return loggedSite(t, cfg, Deps{Trace: trace}, settings...)
}

// loggedSite writes to the log of deps; nil: to the site's journal.
func loggedSite(t *testing.T, cfg Config, deps Deps, settings ...conference.Settings) *site {
	t.Helper()
	set, written := builtin.Set(), new(journal)
	if deps.Log == nil {
		deps.Log = slog.New(slog.NewTextHandler(written, nil))
	}
	b, err := conference.NewBridge(conference.BridgeConfig{Codecs: set, Conferences: settings, Log: deps.Log})
	if err != nil {
		t.Fatal(err)
	}
	deps.Bridge, deps.Codecs = b, set
	cfg.Listen = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}
	if !cfg.MediaAddr.IsValid() {
		cfg.MediaAddr = netip.MustParseAddr("127.0.0.1")
	}
	s, err := New(cfg, deps)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := errors.Join(s.Close(ctx), b.Close(ctx)); err != nil {
			t.Error(err)
		}
	})
	return &site{s, t, written}
}

func (s *site) room(id string) *conference.Conference {
	s.t.Helper()
	c, err := s.bridge.Open(id)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// url is how s is called.
func (s *site) url(name string) string {
	return fmt.Sprintf("h323:%s@%v", name, s.Addresses()[0])
}

// await returns once the roster is as ok wants it.
func await(t *testing.T, c *conference.Conference, what string, ok func(*conference.Roster) bool) conference.Roster {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		r, w := c.Watch()
		if ok(&r) {
			w.Close()
			return r
		}
		_, err := w.Next(ctx)
		w.Close()
		if err != nil {
			t.Fatalf("%s: %v; roster %+v", what, err, r)
		}
	}
}

// party is a participant here that says a tone and listens for another.
type party struct {
	hertz float64

	mu    sync.Mutex
	phase float64
	heard map[float64]float64 // power of each tone listened for, as an average
}

func (p *party) Info() conference.Info {
	return conference.Info{Name: "tone", Wire: conference.WireInternal}
}
func (p *party) Audio() conference.AudioPort { return p }
func (p *party) Video() conference.VideoPort { return nil }
func (p *party) Disconnect(conference.Cause) {}
func (p *party) ReadFrame(dst *codecs.Frame) bool {
	if p.hertz == 0 {
		return false
	}
	for i := range dst {
		dst[i] = int16(8000 * math.Sin(p.phase))
		p.phase += 2 * math.Pi * p.hertz / codecs.SampleRate
	}
	return true
}

func (p *party) WriteFrame(mix *codecs.Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for hertz := range p.heard {
		var re, im float64
		for i, v := range mix {
			re += float64(v) * math.Cos(2*math.Pi*hertz*float64(i)/codecs.SampleRate)
			im += float64(v) * math.Sin(2*math.Pi*hertz*float64(i)/codecs.SampleRate)
		}
		amplitude := 2 * math.Hypot(re, im) / codecs.FrameSamples
		p.heard[hertz] += (amplitude - p.heard[hertz]) / 5
	}
}

func (p *party) amplitude(hertz float64) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.heard[hertz]
}

// sit seats p until the test ends.
func sit(t *testing.T, c *conference.Conference, p *party) {
	t.Helper()
	seat, err := c.Join(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { seat.Leave(conference.Cause{Code: conference.CauseLeft}) })
}

// hears waits until p hears a tone, and not its own.
func (p *party) hears(t *testing.T, hertz float64) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if p.amplitude(hertz) > 2000 && p.amplitude(p.hertz) < 400 {
				return
			}
		case <-deadline.C:
			t.Fatalf("%v Hz at %.0f, own %v Hz at %.0f", hertz, p.amplitude(hertz), p.hertz, p.amplitude(p.hertz))
		}
	}
}

var allModes = map[string]h323.Modes{
	"fast, tunnelled": {},
	"fast, separate":  {NoTunnelling: true},
	"slow, tunnelled": {NoFastStart: true},
	"slow, separate":  {NoFastStart: true, NoTunnelling: true},
	"early":           {NoFastStart: true, NoTunnelling: true, EarlyH245: true},
	"parallel":        {Parallel: true},
}

// Two bridges call each other in every way: who is in one conference hears who
// is in the other, and each is in the other's roster until one hangs up.
func TestPair(t *testing.T) {
	for name, modes := range allModes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here := newSite(t, Config{Modes: modes, Name: "here"}, conference.Settings{ID: "a", Title: "Room A"})
			there := newSite(t, Config{Name: "there"}, conference.Settings{ID: "b"})
			ann := &party{hertz: 440, heard: map[float64]float64{440: 0, 880: 0}}
			bob := &party{hertz: 880, heard: map[float64]float64{440: 0, 880: 0}}
			sit(t, here.room("a"), ann)
			sit(t, there.room("b"), bob)
			id, err := here.Dial(t.Context(), there.url("B"), "a")
			if err != nil {
				t.Fatal(err)
			}
			ann.hears(t, 880)
			bob.hears(t, 440)
			r := await(t, there.room("b"), "caller in the roster", func(r *conference.Roster) bool { return len(r.Members) == 2 })
			if m := r.Members[1]; m.Wire != conference.WireH323 || m.Name != "Room A" || m.Address != "h323:a@127.0.0.1" {
				t.Errorf("caller: %q at %q by %s", m.Name, m.Address, m.Wire)
			}
			if err := here.room("a").Kick(id, conference.Cause{Code: conference.CauseKicked}); err != nil {
				t.Fatal(err)
			}
			await(t, there.room("b"), "caller gone", func(r *conference.Roster) bool { return len(r.Members) == 1 })
		})
	}
}
