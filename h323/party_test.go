package h323

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/codecs"
	"parley/h323/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what has to come; it is never used up
// where all is well.
const patience = time.Minute

// party is an owner of calls that writes down what it hears.
type party struct {
	t      testing.TB
	name   string
	local  netip.Addr
	events chan Event
	up     chan struct{} // closed when the first call is answered
	// on is asked first, and may act on the event.
	on func(*Call, Event)

	mu   sync.Mutex
	call *Call
}

func newParty(t testing.TB, name string, local netip.Addr) *party {
	return &party{t: t, name: name, local: local, events: make(chan Event, 256), up: make(chan struct{})}
}

func (p *party) Local(_ *Call, ch *media.Channel) (media.Addresses, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	base := 20000 + 10*uint16(ch.Session)
	return media.Addresses{RTP: netip.AddrPortFrom(p.local, base), RTCP: netip.AddrPortFrom(p.local, base+1)}, nil
}

func (p *party) Event(c *Call, e Event) {
	if p.on != nil {
		p.on(c, e)
	}
	if _, ok := e.(Connected); ok {
		p.mu.Lock()
		select {
		case <-p.up:
		default:
			close(p.up)
		}
		p.mu.Unlock()
	}
	select {
	case p.events <- e:
	default:
		p.t.Errorf("%s: too many events", p.name)
	}
}

// until waits for an event of which ok is true, and returns it.
func until[E Event](p *party, ok func(E) bool) E {
	p.t.Helper()
	deadline := time.After(patience)
	var seen []string
	for {
		select {
		case e := <-p.events:
			if x, is := e.(E); is && (ok == nil || ok(x)) {
				return x
			}
			seen = append(seen, fmt.Sprintf("%T", e))
			if r, is := e.(Released); is {
				p.t.Fatalf("%s: released: %+v, after %v", p.name, r.Refusal, seen)
			}
		case <-deadline:
			var none E
			p.t.Fatalf("%s: no %T; came: %v", p.name, none, seen)
		}
	}
}

// channels waits until sound flows both ways, and returns the two channels.
func (p *party) channels() (in, out media.Channel) {
	p.t.Helper()
	for in.Number == 0 || out.Number == 0 {
		o := until[ChannelOpened](p, nil)
		switch o.Channel.Direction {
		case media.Receive:
			in = o.Channel
		case media.Send:
			out = o.Channel
		}
	}
	return in, out
}

func audioSet(names ...string) *media.Set {
	s := &media.Set{Signal: true, Alphanumeric: true}
	for _, n := range names {
		c, ok := media.NewCapability(codecs.Format{Name: n, ClockRate: 8000, Channels: 1}, 0)
		if !ok {
			panic(n)
		}
		s.Capabilities = append(s.Capabilities, c)
	}
	return s
}

var (
	v4 = netip.MustParseAddr("127.0.0.1")
	v6 = netip.MustParseAddr("::1")
)

// started returns an endpoint that is closed, and must be empty, at the end of
// the test.
func started(t testing.TB, cfg Config) *Endpoint {
	t.Helper()
	if cfg.Receive == nil {
		cfg.Receive = audioSet("PCMU", "PCMA")
	}
	if os.Getenv("PARLEY_TRACE") != "" {
		cfg.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
		cfg.Trace = func(m *Traced) {
			if m.Sent {
				fmt.Fprintf(t.Output(), "%s %s %s %v\n", m.Time.Format("05.000"), cfg.Name, m.Protocol, m.Name)
			}
		}
	}
	e, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Close(ctx); err != nil {
			t.Error(err)
		}
		if s := e.Stats(); s.Active != 0 || s.Connections != 0 {
			t.Errorf("left behind: %+v", s)
		}
	})
	return e
}

// answering returns an endpoint that gives every call to p, which answers.
func answering(t testing.TB, p *party, cfg Config) *Endpoint {
	cfg.Listen = []netip.AddrPort{netip.AddrPortFrom(p.local, 0)}
	if cfg.Incoming == nil {
		cfg.Incoming = func(c *Call) {
			c.SetOwner(p)
			p.mu.Lock()
			p.call = c
			p.mu.Unlock()
			c.Alert()
			c.Answer()
		}
	}
	return started(t, cfg)
}
