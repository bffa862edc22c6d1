//go:build meeting

package meeting

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// TestHost mutes a browser by the API and by its own button, and removes it
// with a reason.
func TestHost(t *testing.T) {
	requirePrograms(t, "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	microphone := filepath.Join(t.TempDir(), "microphone.wav")
	if err := spectrum.WriteTone(microphone, 48000, 1, browserTone, -18, 60); err != nil {
		t.Fatal(err)
	}
	b := startBridge(t, meetingConfig)
	group := listenGroup(t, groupAddress, lab.Here)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{Args: []string{"--use-file-for-fake-audio-capture=" + microphone}})
	page := browser.Open(ctx, "browser", b.URL+"/c/room?raw")
	enter(ctx, page, "Chromium")
	group.awaitTone(ctx, t, browserTone, true)
	seat := "/api/v1/conferences/room/participants/" + b.await(ctx, t, "room", "the page", named("Chromium")).ID

	const badge = `document.querySelector("[data-testid=member][data-wire=webrtc] .badge")?.textContent`
	b.control(t, http.MethodPost, seat+"/mute", `{"muted": true}`)
	group.awaitTone(ctx, t, browserTone, false)
	page.Wait(ctx, badge+` === "muted by host"`, 5*time.Second)
	b.control(t, http.MethodPost, seat+"/mute", `{"muted": false}`)
	group.awaitTone(ctx, t, browserTone, true)

	page.Click(ctx, "#mute")
	group.awaitTone(ctx, t, browserTone, false)
	page.Wait(ctx, badge+` === "muted"`, 5*time.Second)
	if p := b.await(ctx, t, "room", "the page", named("Chromium")); !p.Muted || p.MutedByHost {
		t.Errorf("the page muted itself, but the API says %+v", p)
	}
	page.Click(ctx, "#mute")
	group.awaitTone(ctx, t, browserTone, true)

	b.control(t, http.MethodDelete, seat+"?reason=Wrong+room,+sorry", "")
	page.Wait(ctx, `document.querySelector("[data-testid=ended]")?.textContent.includes("Wrong room, sorry")`, 5*time.Second)
	group.awaitTone(ctx, t, browserTone, false)
	for _, p := range b.participants(t, "room") {
		if p.Wire == "webrtc" {
			t.Errorf("who was removed is still there: %+v", p)
		}
	}
}
