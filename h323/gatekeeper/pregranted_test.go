package gatekeeper_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// Endpoints report their calls as often as they are asked; a call that is no
// longer reported ends, though its endpoints are still registered.
func TestReports(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) { c.ReportEvery, c.TimeToLive = 20*time.Second, time.Hour })
		lasting := func(c *ras.Config) { c.TimeToLive = time.Hour }
		a, b := m.endpoint("anna", "10.0.1.1", lasting), m.endpoint("bert", "10.0.1.2", lasting)
		m.names()
		pass(time.Minute)
		m.passed() // nothing without a call
		if _, err := a.Admit(context.Background(), admission("bert")); err != nil {
			t.Fatal(err)
		}
		m.passed("admissionRequest", "admissionConfirm")
		pass(50 * time.Second)
		m.passed("infoRequestResponse", "infoRequestAck", "infoRequestResponse", "infoRequestAck")
		answer := admission("bert")
		answer.Answer = true
		if _, err := b.Admit(context.Background(), answer); err != nil {
			t.Fatal(err)
		}
		m.names()
		pass(60 * time.Second)
		if names := m.names(); len(names) != 12 || len(g.Calls()) != 1 {
			t.Errorf("%v, %d calls", names, len(g.Calls()))
		}
		// One end's reports are enough.
		m.network.Lose(func(d ras.Datagram) bool { return d.Local.Addr() == netip.MustParseAddr("10.0.1.1") })
		pass(5 * time.Minute)
		if n := len(g.Calls()); n != 1 {
			t.Errorf("%d calls", n)
		}
		m.network.Lose(func(d ras.Datagram) bool { return d.Local != gkAddr })
		pass(90 * time.Second)
		if s := g.Stats(); s.Calls != 0 || s.Endpoints != 2 {
			t.Errorf("after the reports ceased: %+v", s)
		}
		m.network.Lose(nil)
		m.close(a, b, g)
	})
}

// A gatekeeper that has forgotten the endpoint refuses its report, and is
// registered with anew.
func TestReportToOneThatForgot(t *testing.T) {
	meet(t, func(m *meeting) {
		every := func(c *gatekeeper.Config) { c.ReportEvery = 10 * time.Second }
		g := m.gatekeeper(gkAddr, every)
		a, b := m.endpoint("anna", "10.0.1.1", nil), m.endpoint("bert", "10.0.1.2", nil)
		if _, err := a.Admit(context.Background(), admission("bert")); err != nil {
			t.Fatal(err)
		}
		m.close(b)
		m.network.Lose(func(d ras.Datagram) bool { return d.Local == gkAddr })
		m.close(g)
		g = m.gatekeeper(gkAddr, every)
		m.network.Lose(nil)
		m.names()
		pass(11 * time.Second)
		m.passed("infoRequestResponse", "infoRequestNak", "registrationRequest", "registrationReject", "registrationRequest", "registrationConfirm")
		m.state(a, ras.Registered)
		m.close(a, g)
	})
}

// What is granted in advance is not asked for: calls to addresses, and all that
// are taken. Who an alias is, only the gatekeeper knows.
func TestPreGranted(t *testing.T) {
	users := []gatekeeper.User{{Name: "anna", Password: "secret"}}
	for name, try := range map[string]struct {
		policy gatekeeper.PreGranted
		asks   bool
	}{"none": {gatekeeper.PreGrantedNone, true}, "users": {gatekeeper.PreGrantedUsers, false}, "all": {gatekeeper.PreGrantedAll, false}} {
		t.Run(name, func(t *testing.T) {
			meet(t, func(m *meeting) {
				g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
					c.Users, c.PreGranted, c.ReportEvery, c.Unregistered = users, try.policy, 10*time.Second, gatekeeper.UnregisteredCall
				})
				a := m.endpoint("anna", "10.0.1.1", func(c *ras.Config) {
					c.Credentials = ras.Credentials{User: "anna", Password: "secret"}
				})
				b := m.endpoint("bert", "10.0.1.2", nil)
				m.names()
				ctx := context.Background()
				asked := func(who string, want bool) {
					t.Helper()
					if got := slices.Contains(m.names(), "admissionRequest"); got != want {
						t.Errorf("%s asks: %v", who, got)
					}
				}
				to := admission("bert")
				to.CalledAddr = netip.MustParseAddrPort("10.0.1.2:1720")
				admitted, err := a.Admit(ctx, to)
				if err != nil || admitted.Signal != to.CalledAddr || admitted.Routed || admitted.BitRate != to.BitRate {
					t.Errorf("%+v, %v", admitted, err)
				}
				asked("who calls an address", try.asks)
				pass(11 * time.Second)
				if names := m.names(); !slices.Contains(names, "infoRequestResponse") {
					t.Errorf("no report in %v", names)
				}
				answer := to
				answer.Answer, answer.CallingAddr = true, netip.MustParseAddrPort("10.0.1.1:40000")
				if _, err := b.Admit(ctx, answer); err != nil {
					t.Error(err)
				}
				asked("who is called", try.policy != gatekeeper.PreGrantedAll)
				if rate, err := a.ChangeBandwidth(ctx, callID, 64_000); rate != 64_000 || err != nil {
					t.Errorf("%d, %v", rate, err)
				}
				m.names()
				a.Disengage(h323.Disengagement{Call: callID, Reason: h225.DisengageReason{NormalDrop: &per.Null{}}})
				if names := m.names(); slices.Contains(names, "disengageRequest") != try.asks {
					t.Errorf("at the end: %v", names)
				}
				byName := admission("bert")
				byName.Call.GUID[0]++
				if _, err := a.Admit(ctx, byName); err != nil {
					t.Error(err)
				}
				asked("who calls a name", true)
				m.close(a, b, g)
			})
		})
	}
}

// In routed mode calls that nobody asked for go through the gatekeeper, of those
// alone that it has granted them.
func TestPreGrantedRouted(t *testing.T) {
	var mu sync.Mutex
	var names []string
	g, at := exchange(t, true, func(c *gatekeeper.Config) {
		c.PreGranted = gatekeeper.PreGrantedUsers
		c.Trace = func(m *h323.Traced) {
			mu.Lock()
			defer mu.Unlock()
			names = append(names, m.Name)
		}
	})
	a, b := newPhone(t, "anna", at, h323.Modes{}), newPhone(t, "4711", at, h323.Modes{})
	c, err := a.endpoint.Dial(t.Context(), h323.Target{Text: "4711"}, a)
	if err != nil {
		t.Fatal(err)
	}
	await[h323.Connected](a)
	if c.Info().Remote != g.Signal() || len(g.Calls()) != 1 || !g.Calls()[0].Routed {
		t.Errorf("to %v, calls %+v", c.Info().Remote, g.Calls())
	}
	c.Release(nil)
	await[h323.Released](b)
	for range 100 {
		if len(g.Calls()) == 0 {
			break
		}
		<-time.After(10 * time.Millisecond)
	}
	if calls := g.Calls(); len(calls) != 0 {
		t.Errorf("left: %+v", calls)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, n := range names {
		if strings.HasPrefix(n, "admission") || strings.HasPrefix(n, "disengage") {
			t.Errorf("%s, though all is granted", n)
		}
	}
}
