//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// TestH323Pictures has an ffmpeg send the bars into a group at the near bridge in
// each codec of H.323, and an ffmpeg decode them from a group at the far one, where
// H.323 has carried them. Each codec has a conference at both; key frames are two
// seconds apart, and nobody can be asked for one.
func TestH323Pictures(t *testing.T) {
	requirePrograms(t, "ffmpeg")
	tests := []struct {
		name, codec string
		payload     int
		encoder     string
	}{
		{"H261", "H261", 31, "-c:v h261 -strict experimental"},
		{"H263", "H263", 34, "-c:v h263 -mb_info 900 -rtpflags rfc2190"},
		{"H263-1998", "H263-1998", 96, "-c:v h263p"},
		{"H264", "H264", 96, "-c:v libx264 -profile:v baseline -tune zerolatency -bf 0 -pix_fmt yuv420p"},
	}
	conference := func(name, codec string, payload, net, i int) string {
		return fmt.Sprintf("  - {id: %s, multicast: [{name: Lab, video: {group: \"239.255.%d.%d:5006\", codec: %s, payload_type: %d}, interface: meet%d, ttl: 4}]}\n",
			name, net, 40+i, codec, payload, net-96)
	}
	near, far := "sip: {enabled: false}\nwebrtc: {enabled: false}\nconferences:\n", "sip: {enabled: false}\nwebrtc: {enabled: false}\nconferences:\n"
	for i, tt := range tests {
		near += conference(tt.name, tt.codec, tt.payload, 96, i)
		far += conference(tt.name, tt.codec, tt.payload, 97, i)
	}
	b := startBridge(t, near)
	startFar(t, far)
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			args := append([]string{"ffmpeg", "-hide_banner", "-re", "-f", "lavfi", "-i", "smptebars=size=352x288:rate=15", "-g", "30", "-b:v", "400k"}, strings.Fields(tt.encoder)...)
			onOther(t, append(args, "-payload_type", fmt.Sprint(tt.payload), "-f", "rtp", fmt.Sprintf("rtp://239.255.96.%d:5006?ttl=4&pkt_size=1000", 40+i))...)
			p := lab.Start(t, nil, parleyBinary(t), "dial", "h323:"+tt.name+"@"+lab.There, "--conference", tt.name, "--url", b.URL)
			awaitExit(ctx, t, p)
			dir := t.TempDir()
			session := filepath.Join(dir, "far.sdp")
			write(t, session, fetchText(t, "http://"+farHTTP+"/c/"+tt.name+"/session.sdp"))
			player := lab.Start(t, nil, "ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "level+info", "-protocol_whitelist", "file,udp,rtp",
				"-i", session, "-t", "3", "-vf", "fps=5", filepath.Join(dir, "picture-%03d.png"))
			awaitExit(ctx, t, player)
			checkDecoded(t, strings.ReplaceAll(player.Output(), "[error] warning: first frame is no keyframe", ""), dir)
		})
	}
}

// fetchText reads what a URL answers.
func fetchText(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s: %v", url, resp.Status, err)
	}
	return string(body)
}
