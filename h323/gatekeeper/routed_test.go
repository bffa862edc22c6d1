package gatekeeper_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/codecs"
	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/media"
	"parley/h323/ras"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is never used up where all is well.
const patience = 20 * time.Second

var loopback = netip.MustParseAddr("127.0.0.1")

// phone is an endpoint with a gatekeeper, on loopback.
type phone struct {
	t        *testing.T
	name     string
	client   *ras.Client
	endpoint *h323.Endpoint
	events   chan h323.Event
}

// Admit, Disengage and ChangeBandwidth are of h323.Gatekeeper: the client is made
// when the endpoint's address is known.
func (p *phone) Admit(ctx context.Context, a h323.Admission) (h323.Admitted, error) {
	return p.client.Admit(ctx, a)
}
func (p *phone) Disengage(d h323.Disengagement) { p.client.Disengage(d) }
func (p *phone) ChangeBandwidth(ctx context.Context, id h225.CallIdentifier, rate int) (int, error) {
	return p.client.ChangeBandwidth(ctx, id, rate)
}

func (p *phone) Local(_ *h323.Call, ch *media.Channel) (media.Addresses, error) {
	base := 20000 + 10*uint16(ch.Session)
	return media.Addresses{RTP: netip.AddrPortFrom(loopback, base), RTCP: netip.AddrPortFrom(loopback, base+1)}, nil
}

func (p *phone) Event(_ *h323.Call, e h323.Event) { p.events <- e }

// await waits for an event of a kind.
func await[E h323.Event](p *phone) E {
	p.t.Helper()
	for {
		select {
		case e := <-p.events:
			if want, ok := e.(E); ok {
				return want
			}
			if r, ok := e.(h323.Released); ok {
				p.t.Fatalf("%s: released: %+v", p.name, r.Refusal)
			}
		case <-time.After(patience):
			var want E
			p.t.Fatalf("%s: no %T", p.name, want)
		}
	}
}

func newPhone(t *testing.T, name string, gk netip.AddrPort, modes h323.Modes, change ...func(*h323.Config)) *phone {
	t.Helper()
	p := &phone{t: t, name: name, events: make(chan h323.Event, 256)}
	sound, ok := media.NewCapability(codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 0)
	if !ok {
		t.Fatal("no PCMU")
	}
	cfg := h323.Config{
		Listen: []netip.AddrPort{netip.AddrPortFrom(loopback, 0)}, Name: name, Modes: modes, Gatekeeper: p,
		Receive: &media.Set{Capabilities: []media.Capability{sound}},
		Incoming: func(c *h323.Call) {
			c.SetOwner(p)
			c.Alert()
			c.Answer()
		},
	}
	for _, f := range change {
		f(&cfg)
	}
	e, err := h323.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	registered := make(chan struct{}, 16)
	p.endpoint = e
	p.client, err = ras.NewClient(ras.Config{
		Gatekeeper: gk, Discover: true, Listen: netip.AddrPortFrom(loopback, 0), Signal: e.Addresses(),
		Aliases: []h225.AliasAddress{ras.AliasOf(name)}, Type: h225.EndpointType{Terminal: &h225.TerminalInfo{}},
		Credentials: ras.Credentials{User: name, Password: "secret of " + name},
		Changed: func(s ras.Status) {
			if s.State == ras.Registered {
				registered <- struct{}{}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := p.client.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	select {
	case <-registered:
	case <-time.After(patience):
		t.Fatalf("%s: not registered: %+v", name, p.client.Status())
	}
	return p
}

// exchange starts a gatekeeper on loopback.
func exchange(t *testing.T, routed bool, change func(*gatekeeper.Config)) (*gatekeeper.Gatekeeper, netip.AddrPort) {
	t.Helper()
	s, err := ras.Listen(netip.AddrPortFrom(loopback, 0), 0)
	if err != nil {
		t.Fatal(err)
	}
	cfg := gatekeeper.Config{
		Identifier: "parley", Links: []ras.Link{s}, Routed: routed,
		Users: []gatekeeper.User{{Name: "anna", Password: "secret of anna"}, {Name: "4711", Password: "secret of 4711"}},
	}
	if routed {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		cfg.SignalListener, cfg.Signal = l, l.Addr().(*net.TCPAddr).AddrPort()
	}
	if change != nil {
		change(&cfg)
	}
	g, err := gatekeeper.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return g, s.LocalAddr()
}

// Every way to set up a call goes through the gatekeeper, direct and routed.
func TestEndpointsCallThroughTheGatekeeper(t *testing.T) {
	for bits := range 16 {
		routed := bits&8 != 0
		modes := h323.Modes{NoFastStart: bits&1 != 0, NoTunnelling: bits&2 != 0, Parallel: bits&4 != 0}
		t.Run(fmt.Sprintf("routed %v %+v", routed, modes), func(t *testing.T) {
			g, at := exchange(t, routed, nil)
			a, b := newPhone(t, "anna", at, modes), newPhone(t, "4711", at, modes)
			c, err := a.endpoint.Dial(t.Context(), h323.Target{Text: "4711"}, a)
			if err != nil {
				t.Fatal(err)
			}
			await[h323.Connected](a)
			directions := []media.Direction{}
			for len(directions) < 2 {
				o := await[h323.ChannelOpened](b)
				directions = append(directions, o.Channel.Direction)
			}
			if directions[0] == directions[1] {
				t.Errorf("channels: %v", directions)
			}
			calls := g.Calls()
			if len(calls) != 1 || calls[0].Routed != routed || calls[0].Caller == "" || calls[0].Callee == "" {
				t.Fatalf("%+v", calls)
			}
			if direct := c.Info().Remote == b.endpoint.Addresses()[0]; direct == routed {
				t.Errorf("signalling goes to %v", c.Info().Remote)
			}
			c.Release(nil)
			await[h323.Released](b)
		})
	}
}

func TestGatekeeperEndsARoutedCall(t *testing.T) {
	g, at := exchange(t, true, nil)
	a, b := newPhone(t, "anna", at, h323.Modes{}), newPhone(t, "4711", at, h323.Modes{})
	if _, err := a.endpoint.Dial(t.Context(), h323.Target{Text: "4711"}, a); err != nil {
		t.Fatal(err)
	}
	await[h323.Connected](a)
	if !g.Disengage(g.Calls()[0].ID) {
		t.Error("no call")
	}
	await[h323.Released](a)
	await[h323.Released](b)
}

func TestStrangersDoNotCallThroughTheGatekeeper(t *testing.T) {
	for name, try := range map[string]struct {
		policy  gatekeeper.Unregistered
		target  func(h323.Target) h323.Target
		through bool
	}{
		"refused":            {policy: gatekeeper.UnregisteredRefuse},
		"to an alias":        {policy: gatekeeper.UnregisteredCall, through: true},
		"to another address": {policy: gatekeeper.UnregisteredCall, target: func(t h323.Target) h323.Target { t.Aliases = []h225.AliasAddress{ras.AliasOf("nobody")}; return t }},
	} {
		t.Run(name, func(t *testing.T) {
			g, at := exchange(t, true, func(c *gatekeeper.Config) { c.Unregistered = try.policy })
			b := newPhone(t, "4711", at, h323.Modes{})
			stranger := &phone{t: t, name: "stranger", events: make(chan h323.Event, 256)}
			sound, _ := media.NewCapability(codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 0)
			e, err := h323.New(h323.Config{Name: "stranger", Receive: &media.Set{Capabilities: []media.Capability{sound}}})
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := e.Close(context.Background()); err != nil {
					t.Error(err)
				}
			}()
			target := h323.Target{Address: g.Signal(), Aliases: []h225.AliasAddress{ras.AliasOf("4711")}}
			if try.target != nil {
				target = try.target(target)
			}
			c, err := e.Dial(t.Context(), target, stranger)
			if err != nil {
				t.Fatal(err)
			}
			if !try.through {
				r := await[h323.Released](stranger)
				if r.Local || len(b.events) != 0 {
					t.Errorf("%+v", r)
				}
				return
			}
			await[h323.Connected](stranger)
			c.Release(nil)
			await[h323.Released](b)
		})
	}
}

func TestHalfOpenConnectionsAreBounded(t *testing.T) {
	g, _ := exchange(t, true, nil)
	var held []net.Conn
	defer func() {
		for _, c := range held {
			c.Close()
		}
	}()
	for range 400 {
		c, err := net.Dial("tcp", g.Signal().String())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
	}
	for _, c := range held[300:] { // beyond the bound
		if err := c.SetReadDeadline(time.Now().Add(patience / 2)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Fatal("something was sent")
		}
	}
	if n := g.Stats().Connections; n > 256 {
		t.Errorf("%d connections of one source", n)
	}
}

// Who calls from elsewhere is put through while others hold all places that
// half-open connections may have.
func TestCallsPassHalfOpenConnections(t *testing.T) {
	g, at := exchange(t, true, nil)
	b := newPhone(t, "4711", at, h323.Modes{})
	a := newPhone(t, "anna", at, h323.Modes{})
	for i := range 1000 {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(i%200))}}
		c, err := d.Dial("tcp", g.Signal().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	c, err := a.endpoint.Dial(t.Context(), h323.Target{Text: "4711"}, a)
	if err != nil {
		t.Fatal(err)
	}
	await[h323.Connected](a)
	if n := g.Stats().Connections; n > 513 {
		t.Errorf("%d connections", n)
	}
	c.Release(nil)
	await[h323.Released](b)
}

// house is the gatekeeper of an endpoint in the gatekeeper's own process.
type house struct {
	h323.Gatekeeper
	router *gatekeeper.Gatekeeper
}

func (h house) Origin(from netip.AddrPort) (netip.AddrPort, bool) { return h.router.Origin(from) }

// A call that the gatekeeper routes to its own process's endpoint is the caller's
// there, not one of this host, whom routes allow more and whose limits are others'.
func TestOriginOfARoutedCall(t *testing.T) {
	directory := &where{}
	g, _ := exchange(t, true, func(c *gatekeeper.Config) { c.Unregistered, c.Directory = gatekeeper.UnregisteredCall, directory })
	sound, _ := media.NewCapability(codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 0)
	invited := make(chan h323.Invitation, 1)
	newEndpoint := func(c h323.Config) *h323.Endpoint {
		c.Receive, c.Modes = &media.Set{Capabilities: []media.Capability{sound}}, h323.Modes{NoFastStart: true, NoTunnelling: true}
		e, err := h323.New(c)
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
		})
		return e
	}
	own, stranger := &phone{t: t, name: "own", events: make(chan h323.Event, 256)}, &phone{t: t, name: "stranger", events: make(chan h323.Event, 256)}
	called := newEndpoint(h323.Config{
		Listen: []netip.AddrPort{netip.AddrPortFrom(loopback, 0)}, Name: "own", Gatekeeper: house{g.Resident(), g},
		Admit: func(v *h323.Invitation) error { invited <- *v; return nil },
		Incoming: func(c *h323.Call) {
			c.SetOwner(own)
			c.Alert()
			c.Answer()
		},
	})
	directory.at = called.Addresses()[0]
	host := netip.MustParseAddr("127.0.0.2")
	caller := newEndpoint(h323.Config{
		Name: "stranger", Listen: []netip.AddrPort{netip.AddrPortFrom(host, 0)}, Incoming: func(c *h323.Call) { c.Release(nil) },
	})
	c, err := caller.Dial(t.Context(), h323.Target{Address: g.Signal(), Aliases: []h225.AliasAddress{ras.AliasOf("lobby")}}, stranger)
	if err != nil {
		t.Fatal(err)
	}
	if v := <-invited; v.Remote.Addr() != host {
		t.Errorf("the call is that of %v", v.Remote)
	}
	// H.245 goes from the one to the other.
	await[h323.ChannelOpened](own)
	c.Release(nil)
	await[h323.Released](own)
}

// where is a directory of one place.
type where struct{ at netip.AddrPort }

func (w *where) Locate([]h225.AliasAddress, gatekeeper.Caller) (gatekeeper.Located, bool) {
	return gatekeeper.Located{Signal: w.at}, true
}
