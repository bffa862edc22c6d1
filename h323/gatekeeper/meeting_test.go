package gatekeeper_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323"
	"parley/h323/authentication"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/internal/memory"
	"parley/h323/per"
	"parley/h323/ras"
)

var (
	gkAddr    = netip.MustParseAddrPort("10.0.0.1:1719")
	gk2Addr   = netip.MustParseAddrPort("10.0.0.2:1719")
	groupAddr = netip.MustParseAddrPort("224.0.1.41:1718")
)

// meeting is gatekeepers and endpoints on a network in memory.
type meeting struct {
	*testing.T
	network *memory.Network
	mu      sync.Mutex
	sent    []string // names of what passed, in order
	pcap    *pcap    // nil: what passes is not kept
}

// meet runs f in a bubble of its own time.
func meet(t *testing.T, f func(m *meeting)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := &meeting{T: t, network: memory.NewNetwork()}
		m.network.Watch(m.watch)
		f(m)
	})
}

func (m *meeting) watch(d ras.Datagram) {
	var message h225.RasMessage
	name := "malformed"
	if rest, err := per.Unmarshal(d.Data, &message); err == nil && len(rest) == 0 {
		name = ras.Name(&message)
	}
	m.mu.Lock()
	m.sent = append(m.sent, name)
	m.mu.Unlock()
	record(m.T, d)
	if m.pcap != nil {
		if err := m.pcap.write(d); err != nil {
			m.Error(err)
		}
	}
}

// names returns what passed since the last call.
func (m *meeting) names() []string {
	synctest.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	names := m.sent
	m.sent = nil
	return names
}

func (m *meeting) gatekeeper(at netip.AddrPort, change func(*gatekeeper.Config)) *gatekeeper.Gatekeeper {
	m.Helper()
	cfg := gatekeeper.Config{
		Identifier: "parley", Links: []ras.Link{m.network.Open(at)}, TimeToLive: time.Minute,
	}
	if change != nil {
		change(&cfg)
	}
	g, err := gatekeeper.New(cfg)
	if err != nil {
		m.Fatal(err)
	}
	if err := g.Start(context.Background()); err != nil {
		m.Fatal(err)
	}
	return g
}

// pass lets the bubble's time pass.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// endpoint is a client with a name, at an address of the network.
func (m *meeting) endpoint(name, at string, change func(*ras.Config)) *ras.Client {
	m.Helper()
	addr := netip.MustParseAddr(at)
	cfg := ras.Config{
		Gatekeeper: gkAddr, Signal: []netip.AddrPort{netip.AddrPortFrom(addr, 1720)},
		Aliases: []h225.AliasAddress{ras.AliasOf(name)}, Type: h225.EndpointType{Terminal: &h225.TerminalInfo{}},
		Link: m.network.Open(netip.AddrPortFrom(addr, 5000)), TimeToLive: time.Minute,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := ras.NewClient(cfg)
	if err != nil {
		m.Fatal(err)
	}
	if err := c.Start(context.Background()); err != nil {
		m.Fatal(err)
	}
	synctest.Wait()
	return c
}

func (m *meeting) close(all ...interface{ Close(context.Context) error }) {
	m.Helper()
	for _, c := range all {
		if err := c.Close(context.Background()); err != nil {
			m.Error(err)
		}
	}
}

func (m *meeting) state(c *ras.Client, want ras.State) {
	m.Helper()
	synctest.Wait()
	if s := c.Status(); s.State != want {
		m.Errorf("the endpoint is %v (%s), want %v", s.State, s.Problem, want)
	}
}

func (m *meeting) passed(want ...string) {
	m.Helper()
	if got := m.names(); !slices.Equal(got, want) {
		m.Errorf("passed %v\nwant %v", got, want)
	}
}

var callID = h225.CallIdentifier{GUID: h225.GloballyUniqueID{1, 2, 3}}

func admission(to string) h323.Admission {
	return h323.Admission{
		Called: []h225.AliasAddress{ras.AliasOf(to)}, Conference: h225.ConferenceIdentifier{9}, Call: callID,
		Reference: 7, BitRate: 384_000, CanMapAlias: true,
	}
}

func TestCallFromDiscoveryToUnregistration(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		a := m.endpoint("anna", "10.0.1.1", func(c *ras.Config) { c.Discover = true })
		b := m.endpoint("5551234", "10.0.1.2", nil)
		m.state(a, ras.Registered)
		m.state(b, ras.Registered)
		m.passed("gatekeeperRequest", "gatekeeperConfirm", "registrationRequest", "registrationConfirm",
			"registrationRequest", "registrationConfirm")
		ctx := context.Background()
		admitted, err := a.Admit(ctx, admission("5551234"))
		if err != nil || admitted.Signal != netip.MustParseAddrPort("10.0.1.2:1720") || admitted.Routed || admitted.BitRate != 384_000 {
			t.Fatalf("%+v, %v", admitted, err)
		}
		answer := admission("5551234")
		answer.Answer = true
		if _, err := b.Admit(ctx, answer); err != nil {
			t.Fatal(err)
		}
		if calls := g.Calls(); len(calls) != 1 || calls[0].Caller == "" || calls[0].Callee == "" || calls[0].BitRate != 384_000 {
			t.Errorf("calls: %+v", calls)
		}
		if got, err := a.ChangeBandwidth(ctx, callID, 128_000); got != 128_000 || err != nil {
			t.Errorf("%d, %v", got, err)
		}
		if s := g.Stats(); s.BitRate != 128_000 || s.Calls != 1 || s.Endpoints != 2 {
			t.Errorf("%+v", s)
		}
		m.names()
		a.Disengage(h323.Disengagement{Call: callID, Reason: h225.DisengageReason{NormalDrop: &per.Null{}}})
		m.passed("disengageRequest", "disengageConfirm")
		if n := len(g.Calls()); n != 1 {
			t.Errorf("%d calls while one end has not disengaged", n)
		}
		b.Disengage(h323.Disengagement{Call: callID, Answer: true, Reason: h225.DisengageReason{NormalDrop: &per.Null{}}})
		m.passed("disengageRequest", "disengageConfirm")
		if s := g.Stats(); s.Calls != 0 || s.BitRate != 0 {
			t.Errorf("after the call: %+v", s)
		}
		at, err := a.Locate(ctx, []h225.AliasAddress{ras.AliasOf("5551234")}, netip.AddrPort{})
		if err != nil || at != netip.MustParseAddrPort("10.0.1.2:1720") {
			t.Errorf("located at %v, %v", at, err)
		}
		m.names()
		m.close(a)
		m.passed("unregistrationRequest", "unregistrationConfirm")
		if e := g.Endpoints(); len(e) != 1 || e[0].Aliases[0] != "5551234" {
			t.Errorf("left: %+v", e)
		}
		m.close(g)
		synctest.Wait()
		if s := b.Status(); s.State != ras.Unregistered {
			t.Errorf("b is %v after the gatekeeper closed", s.State)
		}
		m.close(b)
	})
}

func TestAuthentication(t *testing.T) {
	hmac, md5, cat := []authentication.Method{authentication.HMACSHA196}, []authentication.Method{authentication.PasswordMD5}, []authentication.Method{authentication.AccessToken}
	users := []gatekeeper.User{{Name: "anna", Password: "secret"}}
	for name, try := range map[string]struct {
		credentials ras.Credentials
		methods     []authentication.Method
		usersOnly   bool
		registered  bool
	}{
		"md5":              {credentials: ras.Credentials{Methods: md5, User: "anna", Password: "secret"}, registered: true},
		"hmac":             {credentials: ras.Credentials{Methods: hmac, User: "anna", Password: "secret"}, registered: true},
		"access token":     {credentials: ras.Credentials{Methods: cat, User: "anna", Password: "secret"}, registered: true},
		"none":             {},
		"any":              {credentials: ras.Credentials{User: "anna", Password: "secret"}, registered: true},
		"any, md5 allowed": {credentials: ras.Credentials{User: "anna", Password: "secret"}, methods: md5, registered: true},
		"md5, wrong":       {credentials: ras.Credentials{Methods: md5, User: "anna", Password: "Secret"}},
		"hmac, wrong":      {credentials: ras.Credentials{Methods: hmac, User: "anna", Password: "Secret"}},
		"md5, not allowed": {credentials: ras.Credentials{Methods: md5, User: "anna", Password: "secret"}, methods: hmac},
		"hmac, demanded":   {credentials: ras.Credentials{Methods: hmac, User: "anna", Password: "secret"}, methods: hmac, registered: true},
		"hmac, users only": {credentials: ras.Credentials{Methods: hmac, User: "anna", Password: "secret"}, usersOnly: true, registered: true},
		"hmac, other user": {credentials: ras.Credentials{Methods: hmac, User: "bert", Password: "secret"}},
	} {
		t.Run(name, func(t *testing.T) {
			meet(t, func(m *meeting) {
				g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
					c.Users = slices.Clone(users)
					c.Users[0].Methods, c.UsersOnly = try.methods, try.usersOnly
				})
				a := m.endpoint("anna", "10.0.1.1", func(c *ras.Config) {
					c.Credentials, c.Discover = try.credentials, true
					c.Mutual = slices.Equal(try.credentials.Methods, hmac)
				})
				if !try.registered {
					m.state(a, ras.Unregistered)
					if s := a.Status(); s.Problem != "registration: securityDenial" {
						t.Errorf("problem: %q", s.Problem)
					}
					m.close(a, g)
					return
				}
				m.state(a, ras.Registered)
				pass(90 * time.Second) // with keep-alives
				m.state(a, ras.Registered)
				if e := g.Endpoints(); len(e) != 1 || e[0].User != "anna" {
					t.Errorf("%+v", e)
				}
				var refusal *h323.Refusal
				if _, err := a.Admit(context.Background(), admission("nobody")); !errors.As(err, &refusal) ||
					refusal.Reason.CalledPartyNotRegistered == nil {
					t.Errorf("%v", err)
				}
				if s := g.Stats(); s.Unauthentic != 0 {
					t.Errorf("%+v", s)
				}
				m.close(a, g)
			})
		})
	}
}
