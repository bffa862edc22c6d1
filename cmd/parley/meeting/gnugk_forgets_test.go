//go:build meeting

package meeting

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// TestGnuGkForgets has GnuGk crash and come back, which grants registrations of ten
// minutes: the next call, in or out, registers the bridge anew and is admitted.
// While it is away, calls by address go through all the same.
func TestGnuGkForgets(t *testing.T) {
	parleyBinary(t)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	g := startGnuGk(t, map[string]string{"Gatekeeper::Main": "TimeToLive=600\n", "RoutedMode": "GKRouted=0\n"})
	b := startBridge(t, meetingConfig+registeringConfig(g, "near", "", ""))
	far := startThere(t, "gatekeeper: {enabled: false}\nconferences: [{id: far, numbers: [\"4000\"]}]\n")
	awaitState(ctx, t, b.Process, "registered", 1)
	in := func() (int, string) { return dialThere(ctx, t, "far", "h323:room@"+lab.Here) }
	out := func() (int, string) { return b.dial(ctx, t, "h323:4000@"+lab.There) }
	for i, call := range []func() (int, string){in, out} {
		pause(ctx, time.Duration(i)*6*time.Second) // strangers' calls do not make it ask at each
		g.Kill()
		g.Restart(t)
		if status, text := call(); status != 0 || !strings.Contains(text, "Answered") {
			t.Errorf("call %d: status %d: %s", i, status, text)
		}
		awaitState(ctx, t, b.Process, "registered", 2+i)
		seat := b.await(ctx, t, "room", "the far bridge", onH323)
		b.control(t, "DELETE", "/api/v1/conferences/room/participants/"+seat.ID, "")
		awaitEmpty(ctx, t, b, "room")
	}
	g.Kill()
	if status, text := out(); status != 0 || !strings.Contains(text, "Answered") {
		t.Errorf("without a gatekeeper: status %d: %s", status, text)
	}
	far.Stop(ctx)
}
