package gatekeeper_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/ras"
)

// crash ends a gatekeeper without a word to anybody.
func (m *meeting) crash(g *gatekeeper.Gatekeeper) {
	m.network.Lose(func(d ras.Datagram) bool { return d.Local == gkAddr })
	m.close(g)
	m.network.Lose(nil)
}

// A call is made and taken through a gatekeeper that has crashed and forgotten the
// registration: it is made anew, and the gatekeeper asked again.
func TestCallAfterACrash(t *testing.T) {
	for _, answer := range []bool{false, true} {
		meet(t, func(m *meeting) {
			g := m.gatekeeper(gkAddr, nil)
			long := func(c *ras.Config) { c.TimeToLive = 10 * time.Minute }
			a := m.endpoint("anna", "10.0.1.1", long)
			pass(time.Minute)
			m.crash(g)
			g = m.gatekeeper(gkAddr, func(c *gatekeeper.Config) { c.Unregistered = gatekeeper.UnregisteredCall })
			b := m.endpoint("bert", "10.0.1.2", long)
			m.names()
			call := admission("bert")
			call.Answer = answer
			if _, err := a.Admit(context.Background(), call); err != nil {
				t.Errorf("answer %v: %v", answer, err)
			}
			m.passed("admissionRequest", "admissionReject", "registrationRequest", "registrationReject",
				"registrationRequest", "registrationConfirm", "admissionRequest", "admissionConfirm")
			if n := len(g.Calls()); n != 1 {
				t.Errorf("answer %v: %d calls", answer, n)
			}
			m.close(a, b, g)
		})
	}
}

// Several calls at once after a crash are admitted by one registration.
func TestCallsAfterACrash(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		a := m.endpoint("anna", "10.0.1.1", func(c *ras.Config) { c.TimeToLive = 10 * time.Minute })
		m.crash(g)
		g = m.gatekeeper(gkAddr, nil)
		b := m.endpoint("bert", "10.0.1.2", nil)
		m.names()
		const calls = 5
		failed := make(chan error, calls)
		for i := range calls {
			call := admission("bert")
			call.Call.GUID, call.Reference = h225.GloballyUniqueID{byte(i + 1)}, uint16(i+1)
			go func() {
				_, err := a.Admit(context.Background(), call)
				failed <- err
			}()
		}
		for range calls {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		if s := a.Stats(); s.Registrations != 2 {
			t.Errorf("%d registrations", s.Registrations)
		}
		m.close(a, b, g)
	})
}

// A rejection that the gatekeeper means, though it knows the endpoint, stands; and
// calls that it refuses so do not make keep-alives without end.
func TestCallerWhoIsAStranger(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) { c.Unregistered = gatekeeper.UnregisteredRefuse })
		a := m.endpoint("anna", "10.0.1.1", func(c *ras.Config) { c.TimeToLive = 10 * time.Minute })
		m.names()
		call := admission("anna")
		call.Answer = true
		for range 20 {
			var refused *h323.Refusal
			if _, err := a.Admit(context.Background(), call); !errors.As(err, &refused) || refused.Reason.CallerNotRegistered == nil {
				t.Fatalf("%v", err)
			}
		}
		asked := slices.DeleteFunc(m.names(), func(n string) bool { return n != "registrationRequest" })
		if len(asked) != 1 {
			t.Errorf("%d keep-alives for 20 refused calls", len(asked))
		}
		m.state(a, ras.Registered)
		m.close(a, g)
	})
}

// Where the gatekeeper refuses the new registration, the call hears why.
func TestCallAfterACrashThatIsNotRegisteredAnew(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		a := m.endpoint("anna", "10.0.1.1", func(c *ras.Config) { c.TimeToLive = 10 * time.Minute })
		m.crash(g)
		g = m.gatekeeper(gkAddr, func(c *gatekeeper.Config) { c.UsersOnly = true })
		_, err := a.Admit(context.Background(), admission("bert"))
		var refused *h323.Refusal
		if !errors.As(err, &refused) || refused.Reason.UnreachableGatekeeper == nil {
			t.Fatalf("%v", err)
		}
		if want := "not registered at gatekeeper 10.0.0.1:1719: registration: securityDenial"; refused.Text != want {
			t.Errorf("%q, want %q", refused.Text, want)
		}
		m.close(a, g)
	})
}

// Other aliases replace those that are registered, also while the registration is
// under way, and where the old ones were refused.
func TestOtherAliases(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) { c.Reserved = func(name string) bool { return name == "taken" } })
		a := m.endpoint("anna", "10.0.1.1", nil)
		id := g.Endpoints()[0].Identifier
		named := func(want ...string) {
			t.Helper()
			synctest.Wait()
			e := g.Endpoints()
			if len(e) != 1 || !slices.Equal(e[0].Aliases, want) || e[0].Identifier != id {
				t.Errorf("registered %+v, want %v", e, want)
			}
			m.state(a, ras.Registered)
		}
		a.SetAliases(aliasesOf("lobby", "1000"))
		named("lobby", "1000")
		a.SetAliases(aliasesOf("board", "1000", "2000"))
		a.SetAliases(aliasesOf("board", "2000")) // the answer to the first is not there yet
		named("board", "2000")
		if got := a.Status().Aliases; !slices.Equal(textsOf(got), []string{"board", "2000"}) {
			t.Errorf("confirmed %v", textsOf(got))
		}
		a.SetAliases(aliasesOf("taken"))
		m.state(a, ras.Unregistered)
		a.SetAliases(aliasesOf("free"))
		named("free")
		m.close(a, g)
	})
}

// Who is refused reads which alias it was; the gatekeeper says whose token came.
func TestRefusalsThatName(t *testing.T) {
	meet(t, func(m *meeting) {
		var log strings.Builder // written before the answers are read
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
			c.Users = []gatekeeper.User{{Name: "anna", Password: "secret", Aliases: []string{"2001"}}}
			c.Log = slog.New(slog.NewTextHandler(&log, nil))
		})
		by := func(user string) func(c *ras.Config) {
			return func(c *ras.Config) {
				c.Aliases = aliasesOf("anna", "2001", "2002")
				c.Credentials = ras.Credentials{User: user, Password: "secret"}
			}
		}
		a := m.endpoint("anna", "10.0.1.1", by("anna"))
		if got, want := a.Status().Problem, `registration: invalidTerminalAliases "2002"`; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		b := m.endpoint("anna", "10.0.1.2", by("nobody"))
		m.state(b, ras.Unregistered)
		m.close(a, b, g)
		if want := `user anna: authentication: unknown sender \"nobody\"`; !strings.Contains(log.String(), want) {
			t.Errorf("no %s in\n%s", want, &log)
		}
	})
}
