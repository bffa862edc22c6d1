//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// TestSessionFile has ffmpeg describe its pictures in an SDP file, with the
// parameter sets there and not in the stream, and a browser see them once
// "parley serve --session" has read it.
func TestSessionFile(t *testing.T) {
	requirePrograms(t, "ffmpeg", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	path := filepath.Join(t.TempDir(), "session.sdp")
	onOther(t, "ffmpeg", "-hide_banner", "-re", "-f", "lavfi", "-i", "smptebars=size=352x288:rate=15",
		"-c:v", "libx264", "-profile:v", "baseline", "-tune", "zerolatency", "-g", "15", "-bf", "0", "-pix_fmt", "yuv420p",
		"-flags", "+global_header", "-f", "rtp", "-sdp_file", path, "rtp://239.255.99.7:5106?ttl=4&pkt_size=1200")
	for described := false; !described; {
		raw, err := os.ReadFile(path)
		described = err == nil && strings.Contains(string(raw), "sprop-parameter-sets=")
		if !pause(ctx, 50*time.Millisecond) {
			t.Fatalf("ffmpeg described nothing: %v %s", err, raw)
		}
	}
	b := startBridge(t, `
sip: {enabled: false}
webrtc: {udp: "127.0.0.1:8443", tcp: ""}
conferences: [{id: room}]
multicast: {interface: meet0}
`, "--session", path)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
	page := browser.Open(ctx, "browser", b.URL+"/c/room")
	enter(ctx, page, "Chromium")
	page.Wait(ctx, seesBars(), 20*time.Second)
	b.await(ctx, t, "room", "the group with H.264", func(p participant) bool {
		_, ok := p.shows("H264")
		return ok && p.Wire == "multicast"
	})
}

// TestIPv6 has a phone call over IPv6 and a group of IPv6 hear each other.
func TestIPv6(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	const address = "[ff15::99:1]:5004"
	startBridge(t, fmt.Sprintf(`
sip: {udp: "[%[1]s]:5060", tcp: "[%[1]s]:5060"}
webrtc: {enabled: false}
conferences:
  - id: room
    multicast:
      - name: Lab
        audio: {group: %[2]q, codec: PCMU, payload_type: 0}
        interface: meet0
        ttl: 4
`, lab.Here6, address))
	group := listenGroup(t, address, lab.Here6)
	onOther(t, "ffmpeg", "-hide_banner", "-re", "-f", "lavfi", "-i", fmt.Sprintf("sine=%g:sample_rate=48000", groupTone),
		"-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1", "-f", "rtp", "rtp://"+address+"?ttl=4&pkt_size=172")
	call, dir := startPhone(t, phone{Host: lab.Here6, Port: 5070, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:room@["+lab.Here6+"]")
	group.awaitTone(ctx, t, phoneTone, true)
	judge(t, "the group", group.record(ctx, t, 2.5), earRate, groupTone, phoneTone)
	if !pause(ctx, time.Second) {
		t.Fatal(ctx.Err())
	}
	call.Stop(ctx)
	pcm, rate := heard(t, dir)
	judge(t, "the phone", lastSeconds(pcm, rate, 2.5), rate, phoneTone, groupTone)
}
