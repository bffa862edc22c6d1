//go:build meeting

package meeting

import (
	"context"
	"syscall"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// TestCleanEnd ends the bridge with a phone, a browser and a group in it: each
// is told in its own way, and the process is gone within 5 s with status 0.
func TestCleanEnd(t *testing.T) {
	requirePrograms(t, "baresip", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig)
	group := listenGroup(t, groupAddress, lab.Here)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
	page := browser.Open(ctx, "browser", b.URL+"/c/room?raw")
	enter(ctx, page, "Chromium")
	call, _ := startPhone(t, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:room@"+lab.Here)
	group.awaitTone(ctx, t, phoneTone, true)
	if group.saidBye() {
		t.Fatal("the bridge said BYE to the group before its end")
	}

	told := time.Now()
	if err := b.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	status, err := b.Wait(ctx)
	took := time.Since(told)
	t.Logf("the bridge ended %v after SIGTERM with status %d", took.Round(time.Millisecond), status)
	if err != nil || status != 0 || took > 5*time.Second {
		t.Errorf("status %d after %v, %v: want 0 within 5 s", status, took, err)
	}
	// The phone would wait for media for much longer: only BYE tells it.
	if err := call.Await(ctx, "session closed"); err != nil {
		t.Errorf("the phone got no BYE: %v", err)
	}
	page.Wait(ctx, `document.querySelector("[data-testid=ended]")?.textContent === "The bridge is shutting down."`, 5*time.Second)
	for !group.saidBye() {
		if !pause(ctx, 20*time.Millisecond) || time.Since(told) > 10*time.Second {
			t.Fatal("the group got no RTCP BYE")
		}
	}
}
