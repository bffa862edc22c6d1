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

// TestGnuGkSignedCall has GnuGk route calls, and demand that the messages of
// both ends are signed by H.235.1, as RAS is.
func TestGnuGkSignedCall(t *testing.T) {
	requirePrograms(t, "tshark", "dumpcap")
	gnugk.Require(t)
	parleyBinary(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	g := startGnuGk(t, map[string]string{
		"RoutedMode":         "GKRouted=1\nH245Routed=0\n",
		"Gatekeeper::Auth":   "SimplePasswordAuth=required;RRQ,ARQ,DRQ,URQ,Setup,Alerting,Connect,Facility,ReleaseComplete\n",
		"SimplePasswordAuth": "near=" + gnugk.Password("near", "secret word") + "\ndistant=" + gnugk.Password("distant", "other word") + "\n",
	})
	file, stop := recordAll(t, "", g.Host.Interface)
	secret := func(user, password string) string {
		return "user: " + user + `, password: "` + password + `", authentication: h235.1`
	}
	far := startThere(t, "conferences: [{id: far, numbers: [\"4000\"]}]\n"+registeringConfig(g, "distant", secret("distant", "other word"), ""))
	b := startBridge(t, meetingConfig+registeringConfig(g, "near", secret("near", "secret word"), ""))
	for _, p := range []*lab.Process{b.Process, far} {
		if err := p.Await(ctx, "state=registered"); err != nil {
			t.Fatal(err)
		}
	}
	if status, out := b.dial(ctx, t, "h323:4000"); status != 0 || !strings.Contains(out, "Answered") {
		t.Errorf("dialling: status %d: %s\n%s", status, out, g.Output())
	}
	if err := g.Await(ctx, "Q931 check ok"); err != nil { // it writes when it likes
		t.Errorf("no message was found to be signed: %v", err)
	}
	if strings.Contains(g.Output(), "Senders ID is") {
		t.Error("the sender is called by another name")
	}
	if status, out := dialThere(ctx, t, "far", "h323:room"); status != 0 || !strings.Contains(out, "Answered") {
		t.Errorf("dialling back: status %d: %s", status, out)
	}
	stop()
	faultless(t, file, g.Host.Gateway, lab.There)
	const signed = "h225.setup_element && h225.cryptoTokens"
	if len(dissect(t, file, "ip.src == "+g.Host.Gateway+" && "+signed, nil, "frame.number")) == 0 {
		t.Error("no SETUP was signed")
	}
}
