//go:build meeting

package meeting

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/gnugk"
	"parley/cmd/parley/meeting/internal/lab"
)

// awaitState waits until a bridge has told n times that its registration is in a
// state.
func awaitState(ctx context.Context, t *testing.T, p *lab.Process, state string, n int) {
	t.Helper()
	for strings.Count(p.Output(), "level=INFO msg=gatekeeper wire=h323 part=registration state="+state+" gatekeeper") < n {
		if !pause(ctx, 50*time.Millisecond) {
			t.Fatalf("the bridge was not %s %d times", state, n)
		}
	}
}

// TestGnuGkPassword has a bridge prove its password to GnuGk, in each way there
// is, for its registration and for a call; a wrong one is refused.
func TestGnuGkPassword(t *testing.T) {
	requirePrograms(t, "tshark", "dumpcap")
	gnugk.Require(t)
	parleyBinary(t)
	for _, method := range []string{"h235.1", "md5", "cat"} {
		t.Run(method, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			g := startGnuGk(t, map[string]string{
				"Gatekeeper::Auth":   "SimplePasswordAuth=required;RRQ,ARQ,DRQ,URQ\n",
				"SimplePasswordAuth": "near=" + gnugk.Password("near", "secret word") + "\n",
			})
			file, stop := recordAll(t, "", g.Host.Interface)
			secret := func(password string) string {
				return `user: near, password: "` + password + `", authentication: ` + method
			}
			far := startThere(t, "conferences: [{id: far}]\n"+registeringConfig(g, "near", secret("wrong word"), ""))
			if err := far.Await(ctx, "securityDenial"); err != nil {
				t.Error(err)
			}
			far.Stop(ctx)
			b := startBridge(t, meetingConfig+"  - {id: other, numbers: [\"4000\"]}\n"+registeringConfig(g, "near", secret("secret word"), ""))
			awaitState(ctx, t, b.Process, "registered", 1)
			if status, out := b.dial(ctx, t, "h323:4000"); status != 0 || !strings.Contains(out, "Answered") {
				t.Errorf("dialling: status %d: %s", status, out)
			}
			b.Stop(ctx)
			if left := g.Ask(ctx, t, "PrintAllRegistrations"); strings.Contains(left, "near") {
				t.Errorf("still registered: %s", left)
			}
			stop()
			faultless(t, file, g.Host.Gateway, lab.There)
		})
	}
}

// TestGnuGkAway has GnuGk grant short registrations, end and come back, and end
// for good: the bridge stays registered, comes back, and turns to the alternate
// gatekeeper of which it was told.
func TestGnuGkAway(t *testing.T) {
	requirePrograms(t, "tshark", "dumpcap")
	gnugk.Require(t)
	parleyBinary(t)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	second := gnugk.Start(t, lab.NewHost(t, gnugkHost+2), map[string]string{"Gatekeeper::Main": "TimeToLive=8\n"})
	g := startGnuGk(t, map[string]string{
		"Gatekeeper::Main": "TimeToLive=8\nAlternateGKs=" + second.Host.Address + ";1719;true;1;" + gnugk.Name + "\n",
	})
	file, stop := recordAll(t, "udp", g.Host.Interface, second.Host.Interface)
	b := startBridge(t, meetingConfig+registeringConfig(g, "near", "", ""))
	awaitState(ctx, t, b.Process, "registered", 1)
	// Longer than the time that was granted.
	pause(ctx, 20*time.Second)
	if there := g.Ask(ctx, t, "PrintAllRegistrations"); !strings.Contains(there, "near") {
		t.Errorf("not registered any more: %s", there)
	}
	g.Kill()
	g.Restart(t)
	awaitState(ctx, t, b.Process, "registered", 2)
	if there := g.Ask(ctx, t, "PrintAllRegistrations"); !strings.Contains(there, "near") {
		t.Errorf("not registered anew: %s", there)
	}
	g.Kill()
	if err := b.Await(ctx, "state=registered gatekeeper="+second.Host.Address); err != nil {
		t.Error(err)
	}
	stop()
	faultless(t, file, g.Host.Gateway, second.Host.Gateway)
}
