//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// cut takes the browser's path to the bridge away, signalling and media, until
// the returned function gives it back. The API's own path stays; see host.
func cut(t *testing.T, verdict string) (mend func()) {
	t.Helper()
	lab.Run(t, "nft", fmt.Sprintf(`
table inet cut {
	chain in {
		type filter hook input priority 0;
		ip saddr 127.0.0.1 ip daddr 127.0.0.1 tcp dport 8080 %[1]s
		ip saddr 127.0.0.1 ip daddr 127.0.0.1 tcp sport 8080 %[1]s
		udp dport 8443 drop
		udp sport 8443 drop
		tcp dport 8443 drop
		tcp sport 8443 drop
	}
}`, verdict))
	mended := false
	mend = func() {
		if !mended {
			mended = true
			lab.Run(t, "nft", "delete table inet cut")
		}
	}
	t.Cleanup(mend)
	return mend
}

// TestReconnect takes the network away from a browser for 10 s, first in
// silence, then with its connection reset: it returns to its seat, which it
// never left, and is heard and hears again.
func TestReconnect(t *testing.T) {
	requirePrograms(t, "ffmpeg", "chromium", "node", "nft")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
	defer cancel()
	microphone := filepath.Join(t.TempDir(), "microphone.wav")
	if err := spectrum.WriteTone(microphone, 48000, 1, browserTone, -18, 60); err != nil {
		t.Fatal(err)
	}
	b := startBridge(t, meetingConfig)
	group := listenGroup(t, groupAddress, lab.Here)
	groupSpeaks(t, groupTone)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{Args: []string{"--use-file-for-fake-audio-capture=" + microphone}})
	// A WebSocket that fails is an error on the console, whoever handles it.
	page := browser.OpenWith(ctx, "browser", b.URL+"/c/room?raw", lab.PageOptions{Expected: []string{"WebSocket connection to"}})
	enter(ctx, page, "Chromium")
	group.awaitTone(ctx, t, browserTone, true)
	seat := b.await(ctx, t, "room", "the page", named("Chromium")).ID
	events := b.watch(t, "room")

	for _, loss := range []struct {
		name, verdict string
		length        time.Duration
	}{{"silence", "drop", 10 * time.Second}, {"reset", "reject with tcp reset", 3 * time.Second}} {
		mend := cut(t, loss.verdict)
		group.awaitTone(ctx, t, browserTone, false)
		pause(ctx, loss.length)
		mend()
		mended := time.Now()
		group.awaitTone(ctx, t, browserTone, true)
		t.Logf("%s: heard again %v after the network was back", loss.name, time.Since(mended).Round(10*time.Millisecond))
		page.Wait(ctx, fmt.Sprintf(`(() => {
			const room = document.querySelector("[data-testid=room]");
			return room?.dataset.media === "connected" && room.dataset.me === %q && !document.querySelector("[data-testid=reconnecting]");
		})()`, seat), 20*time.Second)
		// The new path may interrupt the old one for a moment.
		var hears hearing
		for level := spectrum.Silence; level < -20; {
			hears.record(ctx, page, 2)
			level = spectrum.Measure(hears.pcm, hears.rate, groupTone).Tones[groupTone]
			t.Logf("%s: the browser hears the group at %.1f dB %v after the network was back", loss.name, level, time.Since(mended).Round(10*time.Millisecond))
		}
		judge(t, "the browser after the "+loss.name, hears.pcm, hears.rate, browserTone, groupTone)
	}
	if now := b.await(ctx, t, "room", "the page", named("Chromium")).ID; now != seat {
		t.Errorf("the page has seat %s, had %s", now, seat)
	}
	for {
		select {
		case e := <-events:
			if e.Kind == "left" || e.Kind == "joined" {
				t.Errorf("%s %s: %v", e.Participant, e.Kind, e.Cause)
			}
			continue
		default:
		}
		break
	}
}
