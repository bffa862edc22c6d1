//go:build meeting

package meeting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// The upper part of the SMPTE bars, left to right (75 % bars), as R, G, B.
var bars = [][3]float64{
	{191, 191, 191}, {191, 191, 0}, {0, 191, 191}, {0, 191, 0}, {191, 0, 191}, {191, 0, 0}, {0, 0, 191},
}

// barsSeen reads the picture of a page's video element as the mean colour of
// each bar's middle; null while there is none.
const barsSeen = `(source) => {
  const video = [...document.querySelectorAll("[data-testid=picture]")]
    .filter((f) => !source || f.dataset.source === String(source))
    .map((f) => f.querySelector("video")).find((v) => v && v.videoWidth > 0);
  if (!video) return null;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const out = [];
  for (let bar = 0; bar < 7; bar++) {
    const x = Math.floor((canvas.width * (bar + 0.4)) / 7), w = Math.max(1, Math.floor(canvas.width * 0.2 / 7));
    const d = context.getImageData(x, Math.floor(canvas.height * 0.2), w, Math.floor(canvas.height * 0.2)).data;
    const sum = [0, 0, 0];
    for (let i = 0; i < d.length; i += 4) for (let c = 0; c < 3; c++) sum[c] += d[i + c];
    out.push(sum.map((v) => (v * 4) / d.length));
  }
  return out;
}`

// match tells whether colours are the bars', within the error of 4:2:0 coding
// and of colour matrices.
func match(colours [][3]float64) error {
	if len(colours) != len(bars) {
		return fmt.Errorf("%d bars, want %d", len(colours), len(bars))
	}
	for i := range bars {
		for c := range 3 {
			if d := colours[i][c] - bars[i][c]; d > 40 || d < -40 {
				return fmt.Errorf("bar %d is %.0f, want %.0f", i, colours[i], bars[i])
			}
		}
	}
	return nil
}

// groupPicture sends the bars as H.264 into the group, with a key frame a
// second, as a camera encoder would; more are options of its RTP.
func groupPicture(t *testing.T, more ...string) *lab.Process {
	t.Helper()
	args := append([]string{"ffmpeg", "-hide_banner", "-re", "-f", "lavfi", "-i", "smptebars=size=352x288:rate=15",
		"-c:v", "libx264", "-profile:v", "baseline", "-tune", "zerolatency", "-g", "60", "-bf", "0", "-pix_fmt", "yuv420p",
		"-payload_type", "96"}, more...)
	return onOther(t, append(args, "-f", "rtp", "rtp://239.255.99.1:5006?ttl=4&pkt_size=1200")...)
}

// barsCamera writes the bars as a file that Chromium takes for a camera.
func barsCamera(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "camera.y4m")
	lab.Run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "smptebars=size=320x240:rate=15", "-t", "2", "-pix_fmt", "yuv420p", path)
	return path
}

// TestGroupPictureInBrowsers has ffmpeg's pattern recognised in a browser, and
// within a second of its connection in one that comes late: the group cannot
// be asked for a key frame, of which there is one in 4 s.
func TestGroupPictureInBrowsers(t *testing.T) {
	requirePrograms(t, "ffmpeg", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig)
	groupPicture(t)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
	first := browser.Open(ctx, "first", b.URL+"/c/room")
	enter(ctx, first, "First")
	seen := func(page *lab.Page) error {
		var colours [][3]float64
		page.Eval(ctx, "("+barsSeen+")()", &colours)
		return match(colours)
	}
	first.Wait(ctx, fmt.Sprintf("(%s)(%s)", sees, barsJSON()), 20*time.Second)
	if err := seen(first); err != nil {
		t.Errorf("first browser: %v", err)
	}

	late := browser.Open(ctx, "late", b.URL+"/c/room")
	// The page itself keeps the times: of its connection, and of the first
	// moment at which the pattern stood in a video.
	late.Eval(ctx, fmt.Sprintf(lateWatch, sees, barsJSON()), nil)
	enter(ctx, late, "Late")
	late.Wait(ctx, "window.seenAt > 0", 20*time.Second)
	var took float64
	late.Eval(ctx, "window.seenAt - window.connectedAt", &took)
	t.Logf("the late browser saw the pattern %.0f ms after it was connected", took)
	if took > 1000 {
		t.Errorf("the late browser saw the pattern only after %.0f ms", took)
	}
}

// sees is a page's test for the bars.
const sees = `(bars) => {
  const seen = (` + barsSeen + `)();
  return !!seen && seen.every((c, i) => c.every((v, j) => Math.abs(v - bars[i][j]) <= 40));
}`

const lateWatch = `(() => {
  window.connectedAt = window.seenAt = 0;
  const look = () => {
    const now = performance.now();
    if (!window.connectedAt && document.querySelector("[data-testid=room]")?.dataset.media === "connected") window.connectedAt = now;
    if (window.connectedAt && !window.seenAt && (%s)(%s)) window.seenAt = now;
    if (!window.seenAt) requestAnimationFrame(look);
  };
  look();
})()`

func barsJSON() string {
	raw, err := json.Marshal(bars)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// TestBrowserPictureInGroup has an ffmpeg that knows only the group's SDP
// decode what a browser sends.
func TestBrowserPictureInGroup(t *testing.T) {
	requirePrograms(t, "ffmpeg", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	dir := t.TempDir()
	b := startBridge(t, meetingConfig)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{Args: []string{
		"--use-file-for-fake-video-capture=" + barsCamera(t, dir),
	}})
	page := browser.Open(ctx, "browser", b.URL+"/c/room")
	enter(ctx, page, "Chromium")
	path := filepath.Join(dir, "group.sdp")
	write(t, path, b.text(t, "/c/room/session.sdp"))
	pictures := filepath.Join(dir, "picture-%03d.png")
	receiver := onOther(t, "ffmpeg", "-hide_banner", "-loglevel", "level+info", "-protocol_whitelist", "file,udp,rtp",
		"-i", path, "-t", "6", "-vf", "fps=5", pictures)
	awaitExit(ctx, t, receiver)
	checkDecoded(t, receiver.Output(), dir)
}

// checkDecoded wants clean decoding after the first key frame, and the bars in
// the last picture.
func checkDecoded(t *testing.T, log, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "picture-*.png"))
	if err != nil || len(files) < 10 {
		t.Fatalf("ffmpeg decoded %d pictures, want at least 10", len(files))
	}
	// What comes before the first key frame cannot be decoded, and ffmpeg says
	// so; from its first frame on there must be nothing to say.
	if _, after, ok := strings.Cut(log, "Stream mapping:"); ok {
		for line := range strings.Lines(after) {
			if strings.Contains(line, "[error]") {
				t.Errorf("ffmpeg while decoding: %s", line)
			}
		}
	} else {
		t.Error("ffmpeg did not begin to decode")
	}
	if err := matchPicture(files[len(files)-1]); err != nil {
		t.Error(err)
	}
}

// matchPicture says in what a PNG file differs from the bars.
func matchPicture(path string) error {
	colours, err := pictureBars(path)
	if err != nil {
		return err
	}
	return match(colours)
}

// pictureBars reads the bars of a PNG file.
func pictureBars(path string) ([][3]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var out [][3]float64
	size := img.Bounds().Size()
	for bar := range bars {
		var sum [3]float64
		n := 0.0
		for x := size.X * (10*bar + 4) / 70; x < size.X*(10*bar+6)/70; x++ {
			for y := size.Y / 5; y < size.Y*2/5; y++ {
				r, g, b, _ := img.At(x, y).RGBA()
				sum[0] += float64(r >> 8)
				sum[1] += float64(g >> 8)
				sum[2] += float64(b >> 8)
				n++
			}
		}
		out = append(out, [3]float64{sum[0] / n, sum[1] / n, sum[2] / n})
	}
	return out, nil
}

// TestPhonePictures has a baresip give H.264 to a browser and get the group's.
func TestPhonePictures(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
	page := browser.Open(ctx, "browser", b.URL+"/c/room")
	enter(ctx, page, "Chromium")
	_, dir := startPhone(t, phone{Port: 5080, Codec: "PCMU/8000/1", Tone: phoneTone, Video: true}, "sip:room@"+lab.Here)
	// The phone's own picture moves in the browser.
	page.Wait(ctx, `[...document.querySelectorAll("[data-testid=picture] video")].some((v) => v.videoWidth === 320 && v.getVideoPlaybackQuality().totalVideoFrames > 20)`, 30*time.Second)

	// The phone sees the active speaker, who is not itself: the browser's fake
	// device beeps, so that it is the browser first. Then only the group sends.
	page.Click(ctx, "#camera")
	groupPicture(t)
	awaitSnapshot(ctx, t, b, 5080, dir)
}

// awaitSnapshot has a baresip write what it sees until that is the bars.
func awaitSnapshot(ctx context.Context, t *testing.T, b *bridge, port int, dir string) {
	t.Helper()
	var last error
	for ctx.Err() == nil {
		order(t, port, "snapshot_recv", filepath.Join(dir, "seen"))
		tick := time.NewTimer(300 * time.Millisecond)
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
		files, err := filepath.Glob(filepath.Join(dir, "seen*"))
		if err != nil || len(files) == 0 {
			last = errors.New("it has no picture yet")
			continue
		}
		if last = matchPicture(files[len(files)-1]); last == nil { // one that is half written is no picture
			return
		}
		for _, f := range files {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	var participants json.RawMessage
	b.get(t, "/api/v1/conferences/room/participants", &participants)
	t.Fatalf("the phone never saw the bars: %v\n%s", last, participants)
}
