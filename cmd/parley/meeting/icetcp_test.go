//go:build meeting

package meeting

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// TestBrowserOverTCP has a browser take part whose network lets no UDP
// through: sound passes over ICE-TCP (RFC 6544), both ways.
func TestBrowserOverTCP(t *testing.T) {
	requirePrograms(t, "ffmpeg", "chromium", "node", "nft")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	lab.Run(t, "nft", "table inet noudp {\nchain in {\ntype filter hook input priority 0\nudp dport 8443 drop\n}\n}")
	t.Cleanup(func() { lab.Run(t, "nft", "delete table inet noudp") })
	microphone := filepath.Join(t.TempDir(), "microphone.wav")
	if err := spectrum.WriteTone(microphone, 48000, 1, browserTone, -18, 60); err != nil {
		t.Fatal(err)
	}
	b := startBridge(t, meetingConfig)
	group := listenGroup(t, groupAddress, lab.Here)
	groupSpeaks(t, groupTone)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{Args: []string{"--use-file-for-fake-audio-capture=" + microphone}})
	page := browser.Open(ctx, "browser", b.URL+"/c/room?raw")
	enter(ctx, page, "Chromium")
	group.awaitTone(ctx, t, browserTone, true)
	awaitSpeakers(ctx, t, page, 2)
	var h hearing
	h.record(ctx, page, 3)
	judge(t, "the browser over TCP", h.pcm, h.rate, browserTone, groupTone)
}
