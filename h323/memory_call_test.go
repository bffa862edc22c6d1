package h323

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/h225"
	"parley/h323/q931"
)

// both returns two endpoints in memory: one calls, one answers as cfg says.
func both(t testing.TB, caller, called Config) (from *Endpoint, a, b *party) {
	m := newMemory()
	a, b = newParty(t, "caller", v4), newParty(t, "called", v4)
	e := listening(t, m, b, called)
	from = inMemory(t, m, caller)
	t.Cleanup(func() {
		<-time.After(time.Minute) // what still counts down
		closed(t, from, e)
	})
	return from, a, b
}

// in runs a test on fake time, and all of its cleaning up.
func in(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func dial(t testing.TB, e *Endpoint, target Target, p *party) *Call {
	t.Helper()
	if !target.Address.IsValid() && target.Text == "" {
		target.Address = port1720
	}
	c, err := e.Dial(context.Background(), target, p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (p *party) released() *Refusal {
	p.t.Helper()
	return until[Released](p, func(Released) bool { return true }).Refusal
}

func TestNobodyThere(t *testing.T) {
	in(t, func(t *testing.T) {
		e, a, _ := both(t, Config{}, Config{})
		dial(t, e, Target{Address: netip.MustParseAddrPort("127.0.0.1:9")}, a)
		if r := a.released(); r.Cause != q931.DestinationOutOfOrder {
			t.Errorf("%+v", r)
		}
		if _, err := e.Dial(context.Background(), Target{Text: "4711"}, a); !errors.Is(err, errDial) {
			t.Errorf("without a gatekeeper: %v", err)
		}
	})
}

// TestToldState: who is told of an event finds the state that it tells of in Info.
func TestToldState(t *testing.T) {
	in(t, func(t *testing.T) {
		var b *party
		e, a, b := both(t, Config{}, Config{Incoming: func(c *Call) {
			c.SetOwner(b)
			c.Alert()
			c.Answer()
		}})
		told := func(p *party, alerted q931.State) {
			p.on = func(c *Call, e Event) {
				want := q931.Active
				switch e.(type) {
				case Alerting:
					want = alerted
				case Released:
					want = q931.Null
				case Connected:
				default:
					return
				}
				if got := c.Info().State; got != want {
					t.Errorf("%s: %v at %T, want %v", p.name, got, e, want)
				}
			}
		}
		told(a, q931.CallDelivered)
		told(b, q931.CallReceived)
		c := dial(t, e, Target{}, a)
		until[Alerting](a, nil)
		until[Connected](a, nil)
		until[Connected](b, nil)
		c.Release(nil)
		_, _ = a.released(), b.released()
	})
}

func TestOverlapDialling(t *testing.T) {
	in(t, func(t *testing.T) {
		var b *party
		e, a, b := both(t, Config{Modes: Modes{Overlap: true}}, Config{Incoming: func(c *Call) {
			c.SetOwner(b)
			if v := c.Info().Invitation; !v.Overlap || v.Called[0].DialledDigits != "4" {
				t.Errorf("%+v", v)
			}
			c.Collect()
		}})
		b.on = func(c *Call, e Event) {
			if d, ok := e.(Dialled); ok && d.Digits == "712#" {
				c.Answer()
			}
		}
		c := dial(t, e, Target{Text: "4712@127.0.0.1"}, a)
		until[MoreDigits](a, nil)
		c.Digits("#")
		until[Connected](a, nil)
		a.channels()
		c.Release(nil)
		_ = b.released()
	})
}

// Forwarding is followed, and an endless one given up.
func TestForwarded(t *testing.T) {
	in(t, func(t *testing.T) {
		var b *party
		e, a, b := both(t, Config{}, Config{Incoming: func(c *Call) {
			c.SetOwner(b)
			if c.Info().Invitation.Called[0].H323ID == "there" {
				c.Answer()
				return
			}
			c.Forward([]h225.AliasAddress{{H323ID: "there"}}, netip.AddrPort{})
		}})
		c := dial(t, e, Target{Text: "here@127.0.0.1"}, a)
		if f := until[Forwarded](a, nil); f.To[0].H323ID != "there" {
			t.Errorf("%+v", f)
		}
		until[Connected](a, nil)
		a.channels()
		c.Release(nil)
		_ = a.released()
	})
	in(t, func(t *testing.T) {
		var b *party
		hops := 0
		e, a, b := both(t, Config{}, Config{Incoming: func(c *Call) {
			hops++
			c.SetOwner(b)
			c.Forward([]h225.AliasAddress{{H323ID: "round"}}, port1720)
		}})
		dial(t, e, Target{}, a)
		if r := a.released(); r.Cause != q931.ExchangeRoutingError || hops != maxForwards+1 {
			t.Errorf("%+v after %d", r, hops)
		}
	})
}

// The gatekeeper is told who has a call go elsewhere.
func TestForwardedBy(t *testing.T) {
	in(t, func(t *testing.T) {
		g := &gatekeeper{admitted: Admitted{Signal: port1720}}
		var b *party
		e, a, b := both(t, Config{Gatekeeper: g}, Config{Incoming: func(c *Call) {
			c.SetOwner(b)
			if c.Info().Invitation.Called[0].H323ID == "there" {
				c.Answer()
				return
			}
			c.Forward([]h225.AliasAddress{{H323ID: "there"}}, netip.AddrPort{})
		}})
		c := dial(t, e, Target{Text: "here"}, a)
		until[Connected](a, nil)
		c.Release(nil)
		_ = a.released()
		g.mu.Lock()
		defer g.mu.Unlock()
		if len(g.asked) != 2 || g.asked[0].ForwardedBy.IsValid() || g.asked[1].ForwardedBy != port1720.Addr() {
			t.Errorf("asked: %+v", g.asked)
		}
	})
}

// The caller whose patience ends, ends the call; once it is up, it stays.
func TestDialContext(t *testing.T) {
	in(t, func(t *testing.T) {
		var b *party
		e, a, b := both(t, Config{}, Config{Incoming: func(c *Call) { c.SetOwner(b); c.Alert() }})
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		if _, err := e.Dial(ctx, Target{Address: port1720}, a); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if r := a.released(); r.Cause != q931.NormalClearing || time.Since(begin) != 3*time.Second {
			t.Errorf("%+v after %v", r, time.Since(begin))
		}
	})
	in(t, func(t *testing.T) {
		e, a, _ := both(t, Config{}, Config{})
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		c, err := e.Dial(ctx, Target{Address: port1720}, a)
		if err != nil {
			t.Fatal(err)
		}
		until[Connected](a, nil)
		<-time.After(time.Hour)
		if c.Info().State != q931.Active {
			t.Errorf("state %d", c.Info().State)
		}
		c.Release(nil)
		_ = a.released()
	})
}

// A peer whose program has stopped answers nothing, though its connection is
// there: the call ends within 35 s.
func TestSilentPeer(t *testing.T) {
	in(t, func(t *testing.T) {
		m := newMemory()
		a := newParty(t, "caller", v4)
		b := newParty(t, "called", v4)
		e := listening(t, m, b, Config{})
		relay := &relay{memory: m}
		from := inMemory(t, relay, Config{})
		dial(t, from, Target{Address: port1720}, a)
		a.channels()
		<-time.After(5 * time.Second) // both know that the other answers
		relay.freeze()
		begin := time.Now()
		for _, p := range []*party{a, b} {
			if r := p.released(); r.Cause != q931.RecoveryOnTimerExpiry {
				t.Errorf("%s: %+v", p.name, r)
			}
		}
		if d := time.Since(begin); d > 35*time.Second {
			t.Errorf("after %v", d)
		}
		relay.thaw()
		<-time.After(time.Minute)
		closed(t, from, e)
	})
}

// relay is a network that can stop delivering.
type relay struct {
	*memory
	mu     sync.Mutex
	frozen bool
}

func (r *relay) freeze() { r.set(true) }
func (r *relay) thaw()   { r.set(false) }
func (r *relay) set(f bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frozen = f
}

func (r *relay) isFrozen() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.frozen
}

func (r *relay) connect(ctx context.Context, local netip.Addr, a netip.AddrPort) (net.Conn, error) {
	c, err := r.memory.connect(ctx, local, a)
	if err != nil {
		return nil, err
	}
	return &relayed{c, r}, nil
}

// relayed loses what is sent either way while its relay is frozen.
type relayed struct {
	net.Conn
	relay *relay
}

func (c *relayed) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if err != nil || !c.relay.isFrozen() {
			return n, err
		}
	}
}

func (c *relayed) Write(p []byte) (int, error) {
	if c.relay.isFrozen() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// gatekeeper admits as its fields say.
type gatekeeper struct {
	mu       sync.Mutex
	err      error
	admitted Admitted
	asked    []Admission
	ended    []Disengagement
	rates    []int // asked for
	most     int   // that is granted; 0: anything; -1: nothing is changed
}

func (g *gatekeeper) Admit(_ context.Context, a Admission) (Admitted, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, a)
	return g.admitted, g.err
}

func (g *gatekeeper) Disengage(d Disengagement) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended = append(g.ended, d)
}

func (g *gatekeeper) ChangeBandwidth(_ context.Context, _ h225.CallIdentifier, bitRate int) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rates = append(g.rates, bitRate)
	switch {
	case g.most < 0:
		return 0, errors.New("not now")
	case g.most > 0:
		return min(bitRate, g.most), nil
	}
	return bitRate, nil
}

// Both ask their gatekeeper before, and tell it after; the alias is the one that
// it wants.
func TestGatekeeper(t *testing.T) {
	in(t, func(t *testing.T) {
		out := &gatekeeper{admitted: Admitted{Signal: port1720, Called: []h225.AliasAddress{{H323ID: "mapped"}}}}
		into := &gatekeeper{}
		e, a, b := both(t, Config{Gatekeeper: out}, Config{Gatekeeper: into})
		c := dial(t, e, Target{Text: "4711"}, a)
		until[Proceeding](a, nil)
		a.channels()
		b.channels()
		if v := out.asked[0]; v.Answer || v.Called[0].DialledDigits != "4711" || v.Call.GUID != c.Info().ID.GUID || v.Reference != c.Info().Reference {
			t.Errorf("%+v", v)
		}
		if v := into.asked[0]; !v.Answer || v.Called[0].H323ID != "mapped" || v.Call.GUID != c.Info().ID.GUID {
			t.Errorf("%+v", v)
		}
		out.asked[0].OnDisengaged()
		_ = a.released()
		_ = b.released()
		synctest.Wait()
		for _, g := range []*gatekeeper{out, into} {
			if len(g.ended) != 1 || g.ended[0].Call.GUID != c.Info().ID.GUID || g.ended[0].Reason.NormalDrop == nil {
				t.Errorf("%+v", g.ended)
			}
		}
	})
	for name, cfg := range map[string][2]*gatekeeper{
		"of the caller": {{err: &Refusal{Cause: q931.SubscriberAbsent}}, nil},
		"of the called": {{admitted: Admitted{Signal: port1720}}, {err: &Refusal{Cause: q931.SubscriberAbsent}}},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				called := Config{}
				if cfg[1] != nil {
					called = Config{Gatekeeper: cfg[1], Incoming: func(*Call) { t.Error("it rang") }}
				}
				e, a, _ := both(t, Config{Gatekeeper: cfg[0]}, called)
				dial(t, e, Target{Text: "4711"}, a)
				if r := a.released(); r.Cause != q931.SubscriberAbsent {
					t.Errorf("%+v", r)
				}
			})
		})
	}
}

// Each stage at which the connection may break leaves nothing behind (both
// looks), and tells the other side.
func TestConnectionLost(t *testing.T) {
	stages := map[string]func(*wire){
		"after SETUP":   func(*wire) {},
		"after CONNECT": func(w *wire) { w.next(q931.Connect) },
	}
	for name, until := range stages {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				m := newMemory()
				b := newParty(t, "called", v4)
				e := listening(t, m, b, Config{Modes: Modes{NoTunnelling: true}})
				w := byHand(t, m)
				w.send(setupMessage(1, nil))
				until(w)
				_ = w.conn.Close()
				if r := b.released(); r.Cause != connectionLost {
					t.Errorf("%+v", r)
				}
				w.ends()
				closed(t, e)
				if len(m.listeners) != 0 {
					t.Errorf("%d ports are open", len(m.listeners))
				}
			})
		})
	}
}

// The port for H.245 takes the call's peer alone, and is closed with the call.
func TestControlPort(t *testing.T) {
	in(t, func(t *testing.T) {
		m := newMemory()
		b := newParty(t, "called", v4)
		e := listening(t, m, b, Config{H245Ports: PortRange{5000, 5001}})
		w := byHand(t, m)
		w.send(setupMessage(1, func(_ *h225.SetupUUIE, u *h225.H323UUPDU) { u.H245Tunnelling = to(false) }))
		connect := w.next(q931.Connect).Info.H323UUPDU.H323MessageBody.Connect
		at, ok := connect.H245Address.AddrPort()
		if !ok || at.Port() != 5000 {
			t.Fatalf("%v, %v", at, ok)
		}
		stranger, err := m.connect(context.Background(), netip.MustParseAddr("192.0.2.66"), at)
		if err != nil {
			t.Fatal(err)
		}
		newWireOf245(t, stranger).closed()
		peer, err := m.connect(context.Background(), v4, at)
		if err != nil {
			t.Fatal(err)
		}
		h := newWireOf245(t, peer)
		if name := h.next(); name != "request.terminalCapabilitySet" {
			t.Errorf("first %s", name)
		}
		_ = w.conn.Close()
		_ = b.released()
		h.closed()
		synctest.Wait()
		if m.listeners[at] != nil {
			t.Error("the port is still open")
		}
		closed(t, e)
	})
}

// Without fast connect a call whose H.245 does not come is none.
func TestNoControl(t *testing.T) {
	in(t, func(t *testing.T) {
		m := newMemory()
		b := newParty(t, "called", v4)
		e := listening(t, m, b, Config{})
		w := byHand(t, m)
		w.send(setupMessage(1, func(_ *h225.SetupUUIE, u *h225.H323UUPDU) { u.H245Tunnelling = to(false) }))
		w.next(q931.Connect)
		begin := time.Now()
		if c, _ := w.next(q931.ReleaseComplete).Cause(); c.Value != q931.RecoveryOnTimerExpiry || time.Since(begin) != controlTimeout {
			t.Errorf("%v after %v", c.Value, time.Since(begin))
		}
		w.ends()
		closed(t, e)
	})
}
