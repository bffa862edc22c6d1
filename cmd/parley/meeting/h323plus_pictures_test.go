//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/h323plus"
	"parley/cmd/parley/meeting/internal/lab"
)

// TestH323PlusPictures has the terminal send its pattern as H.261, which an ffmpeg that
// listens to the group decodes.
func TestH323PlusPictures(t *testing.T) {
	requirePrograms(t, "ffmpeg")
	h323plus.Require(t)
	h323plus.RequireCodecs(t)
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	host := lab.NewHost(t, terminalHost)
	config := strings.Replace(meetingConfig, "codec: H264, payload_type: 96", "codec: H261, payload_type: 31", 1)
	b := startBridge(t, config)
	calling := h323plus.Start(t, h323plus.Config{
		Host: host, Aliases: "terminal", Tunnelling: true, Tone: terminalTone, Call: "room@" + host.Gateway,
	})
	b.await(ctx, t, "room", "there with H.261", func(p participant) bool {
		_, ok := p.shows("H261")
		return ok && onH323(p)
	})
	dir := t.TempDir()
	path := filepath.Join(dir, "group.sdp")
	write(t, path, fmt.Sprintf("v=0\r\no=- 0 0 IN IP4 %[1]s\r\ns=group\r\nc=IN IP4 239.255.99.1/4\r\nt=0 0\r\n"+
		"a=source-filter: incl IN IP4 239.255.99.1 %[1]s\r\nm=video 5006 RTP/AVP 31\r\na=rtpmap:31 H261/90000\r\n", lab.Here))
	receiver := onOther(t, "ffmpeg", "-hide_banner", "-loglevel", "level+info", "-protocol_whitelist", "file,udp,rtp",
		"-i", path, "-t", "4", "-vf", "fps=5", filepath.Join(dir, "picture-%03d.png"))
	awaitExit(ctx, t, receiver)
	files, err := filepath.Glob(filepath.Join(dir, "picture-*.png"))
	if err != nil || len(files) < 10 {
		t.Fatalf("ffmpeg decoded %d pictures, want at least 10: %v\n%s", len(files), err, calling.Output())
	}
	// Its pattern is one pure colour.
	seen, err := pictureBars(files[len(files)-1])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range seen {
		for i := range c {
			if d := c[i] - seen[0][i]; d > 20 || d < -20 {
				t.Errorf("the picture is not of one colour: %v", seen)
			}
		}
	}
	if c := seen[0]; slices.Max(c[:])-slices.Min(c[:]) < 100 {
		t.Errorf("the picture is grey: %v", c)
	}
}
