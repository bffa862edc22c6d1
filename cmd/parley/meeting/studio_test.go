//go:build meeting

package meeting

import (
	"context"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
	"parley/multicast"
	"parley/qos"
)

// studio is a conference with groups in this very process, for meetings in
// which nothing but multicast takes part.
type studio struct {
	conf   *conference.Conference
	server *multicast.Server
}

func openStudio(t *testing.T, groups ...multicast.GroupConfig) studio {
	t.Helper()
	return openStudioAs(t, "parley@lab", groups...)
}

// openStudioAs is openStudio under a CNAME of its own, for a second bridge.
func openStudioAs(t *testing.T, cname string, groups ...multicast.GroupConfig) studio {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	bridge, err := conference.NewBridge(conference.BridgeConfig{
		Codecs: builtin.Set(), Log: log, Conferences: []conference.Settings{{ID: "room", Title: "Studio"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server, err := multicast.New(multicast.Config{
		Groups: groups, AudioDSCP: qos.DSCPEF, VideoDSCP: qos.DSCPAF41, Tool: "parley", CNAME: cname,
	}, multicast.Deps{Bridge: bridge, Codecs: builtin.Set(), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := bridge.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	conf, err := bridge.Open("room")
	if err != nil {
		t.Fatal(err)
	}
	return studio{conf, server}
}

// description writes the SDP of the i-th group to a file: what its players
// hear is parley alone.
func (s studio) description(t *testing.T, i int) string {
	t.Helper()
	all, err := s.server.SDP("room", true)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "room.sdp")
	write(t, path, string(all[i].SDP))
	return path
}

// members are the sources of groups in the roster.
func members(r conference.Roster) (out []conference.SourceState) {
	for _, m := range r.Members {
		if m.Wire == conference.WireMulticast {
			out = append(out, m.Sources[1:]...) // the first is the group's own
		}
	}
	return out
}

// await waits until the roster satisfies ok.
func (s studio) await(ctx context.Context, t *testing.T, what string, ok func(conference.Roster) bool) {
	t.Helper()
	roster, watch := s.conf.Watch()
	defer watch.Close()
	for !ok(roster) {
		if _, err := watch.Next(ctx); err != nil {
			t.Fatalf("%s: %v; the roster is %+v", what, err, members(roster))
		}
		roster = s.conf.Roster()
	}
}

// guest takes part in a studio: it speaks a tone, and keeps what it hears and
// sees.
type guest struct {
	tone  float64
	phase float64
	seat  *conference.Seat

	mu     sync.Mutex
	pcm    []float64
	stream []byte // H.264 with start codes
	unit   []byte // of fragments
	joined time.Time
	seen   time.Time // first key frame
	units  chan struct{}
}

func (s studio) join(t *testing.T, tone float64) *guest {
	t.Helper()
	g := &guest{tone: tone, joined: time.Now(), units: make(chan struct{}, 1)}
	var err error
	if g.seat, err = s.conf.Join(g); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *guest) Info() conference.Info {
	return conference.Info{Name: "guest", Wire: conference.WireInternal, Formats: []codecs.Format{
		{Name: "H264", ClockRate: 90000, Fmtp: "packetization-mode=1;profile-level-id=42e01f"},
	}}
}
func (g *guest) Audio() conference.AudioPort              { return g }
func (g *guest) Video() conference.VideoPort              { return g }
func (g *guest) Disconnect(c conference.Cause)            { go g.seat.Leave(c) }
func (g *guest) RequestKeyframe(conference.SourceID) bool { return false }

func (g *guest) ReadFrame(dst *codecs.Frame) bool {
	for i := range dst {
		g.phase += 2 * math.Pi * g.tone / codecs.SampleRate
		dst[i] = int16(4000 * math.Sin(g.phase))
	}
	return g.tone != 0
}

func (g *guest) WriteFrame(mix *codecs.Frame) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, v := range mix {
		g.pcm = append(g.pcm, float64(v)/32768)
	}
}

// lately is what g heard in the last seconds.
func (g *guest) lately(seconds float64) []float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]float64(nil), lastSeconds(g.pcm, codecs.SampleRate, seconds)...)
}

var startCode = []byte{0, 0, 0, 1}

// Forward takes H.264 payloads apart (RFC 6184 5.6 to 5.8).
func (g *guest) Forward(p *conference.VideoPacket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.Keyframe && g.seen.IsZero() {
		g.seen = time.Now()
	}
	b := append(append([]byte(nil), p.Head...), p.Payload...)
	switch {
	case len(b) < 2:
	case b[0]&0x1f == 24: // STAP-A
		for b = b[1:]; len(b) >= 2; {
			n := min(int(b[0])<<8|int(b[1]), len(b)-2)
			g.stream = append(append(g.stream, startCode...), b[2:2+n]...)
			b = b[2+n:]
		}
	case b[0]&0x1f == 28: // FU-A
		if b[1]&0x80 != 0 {
			g.unit = append(append([]byte(nil), startCode...), b[0]&0xe0|b[1]&0x1f)
		}
		g.unit = append(g.unit, b[2:]...)
		if b[1]&0x40 != 0 {
			g.stream = append(g.stream, g.unit...)
		}
	default:
		g.stream = append(append(g.stream, startCode...), b...)
	}
	if p.Marker {
		select {
		case g.units <- struct{}{}:
		default:
		}
	}
}

// picture waits for n pictures and writes what g saw as an H.264 file.
func (g *guest) pictures(ctx context.Context, t *testing.T, n int) string {
	t.Helper()
	for range n {
		select {
		case <-g.units:
		case <-ctx.Done():
			t.Fatal("no more pictures come")
		}
	}
	path := filepath.Join(t.TempDir(), "seen.h264")
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := os.WriteFile(path, g.stream, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// capture records what the bridge's host sends and receives, until stop.
func capture(ctx context.Context, t *testing.T, filter string) (file string, stop func()) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "wire.pcap")
	p := lab.Start(t, nil, "dumpcap", "-i", lab.Interface, "-w", file, "-f", filter)
	if err := p.Await(ctx, "File: "); err != nil {
		t.Fatal(err)
	}
	return file, func() { p.Stop(ctx) }
}

// dissect asks tshark for fields of the packets that match. RTP is recognised
// on even ports, RTCP on odd ones.
func dissect(t *testing.T, file, match string, ports []string, fields ...string) []string {
	t.Helper()
	args := []string{"-r", file, "-Y", match, "-T", "fields"}
	for _, p := range ports {
		args = append(args, "-d", "udp.port=="+p)
	}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	var lines []string
	for line := range strings.SplitSeq(lab.Run(t, "tshark", args...), "\n") {
		if line != "" && !strings.HasPrefix(line, "Running as") {
			lines = append(lines, line)
		}
	}
	return lines
}
