package multicast

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
)

// patience is for how long a test waits for what has to come. It is no more than a
// way to end one that fails: others may have the machine.
const patience = time.Minute

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// person is a Participant that speaks a tone and keeps what it hears.
type person struct {
	name  string
	tone  float64 // Hz; 0: silent
	phase float64

	hushed atomic.Bool

	mu    sync.Mutex
	heard []int16
	fresh chan struct{} // holds one: something new was heard
	seat  *conference.Seat
}

func newPerson(name string, tone float64) *person {
	return &person{name: name, tone: tone, fresh: make(chan struct{}, 1)}
}

func (p *person) Info() conference.Info {
	return conference.Info{Name: p.name, Wire: conference.WireInternal}
}
func (p *person) Audio() conference.AudioPort   { return p }
func (p *person) Video() conference.VideoPort   { return nil }
func (p *person) Disconnect(c conference.Cause) { go p.seat.Leave(c) }

func (p *person) ReadFrame(dst *codecs.Frame) bool {
	if p.tone == 0 || p.hushed.Load() {
		return false
	}
	for i := range dst {
		p.phase += 2 * math.Pi * p.tone / codecs.SampleRate
		dst[i] = int16(4000 * math.Sin(p.phase))
	}
	return true
}

func (p *person) WriteFrame(mix *codecs.Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = append(p.heard, mix[:]...)
	select {
	case p.fresh <- struct{}{}:
	default:
	}
}

// silent reports whether the last second heard was silence.
func (p *person) silent() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.heard) < codecs.SampleRate {
		return false
	}
	for _, v := range p.heard[len(p.heard)-codecs.SampleRate:] {
		if v > 8 || v < -8 {
			return false
		}
	}
	return true
}

// hush ends p's tone.
func (p *person) hush() { p.hushed.Store(true) }

// levels returns how loud each tone is in the last second heard, as a share of
// all its energy; nil before a whole second was heard.
func (p *person) levels(tones ...float64) []float64 {
	p.mu.Lock()
	heard := p.heard // only ever appended to: what is there stays as it is
	p.mu.Unlock()    // the mixer's tick waits for this lock
	if len(heard) < codecs.SampleRate {
		return nil
	}
	last := heard[len(heard)-codecs.SampleRate:]
	var energy float64
	for _, v := range last {
		energy += float64(v) * float64(v)
	}
	out := make([]float64, len(tones))
	for i, f := range tones {
		// Goertzel's recursion: one multiplication a sample.
		c := 2 * math.Cos(2*math.Pi*f/codecs.SampleRate)
		var s1, s2 float64
		for _, v := range last {
			s1, s2 = float64(v)+c*s1-s2, s1
		}
		if energy > 0 {
			out[i] = 2 * (s1*s1 + s2*s2 - c*s1*s2) / float64(len(last)) / energy
		}
	}
	return out
}

// await waits until what p hears satisfies ok.
func (p *person) await(t *testing.T, what string, ok func([]float64) bool, tones ...float64) {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case <-p.fresh:
			if l := p.levels(tones...); l != nil && ok(l) {
				return
			}
		case <-deadline:
			t.Fatalf("%s never heard %s: shares of %v Hz are %.3f", p.name, what, tones, p.levels(tones...))
		}
	}
}

type house struct {
	bridge *conference.Bridge
	conf   *conference.Conference
	server *Server
}

func openHouse(t *testing.T, groups ...GroupConfig) house {
	t.Helper()
	return openHouseWith(t, Config{Groups: groups, Tool: "test"})
}

func openHouseWith(t *testing.T, cfg Config) house {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	bridge, err := conference.NewBridge(conference.BridgeConfig{
		Codecs: builtin.Set(), Log: log, Conferences: []conference.Settings{{ID: "room", Title: "The room"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(cfg, Deps{Bridge: bridge, Codecs: builtin.Set(), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	conf, err := bridge.Open("room")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := bridge.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return house{bridge, conf, server}
}

func (h house) join(t *testing.T, p *person) {
	t.Helper()
	var err error
	if p.seat, err = h.conf.Join(p); err != nil {
		t.Fatal(err)
	}
}

// freeGroup is a group address whose ports nobody on this machine uses now.
func freeGroup(t *testing.T, group string) netip.AddrPort {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	port := c.LocalAddr().(*net.UDPAddr).Port &^ 1
	return netip.AddrPortFrom(netip.MustParseAddr(group), uint16(port))
}

func testGroup(t *testing.T, group, codec string) GroupConfig {
	t.Helper()
	formats := map[string]codecs.Mapping{
		"PCMU": {PayloadType: 0, Format: codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}},
		"opus": {PayloadType: 97, Format: codecs.Format{Name: "opus", ClockRate: 48000, Channels: 2}},
	}
	return GroupConfig{
		Conference: "room", Interface: "lo", TTL: 1,
		Audio: &MediaConfig{Addr: freeGroup(t, group), Formats: []codecs.Mapping{formats[codec]}},
	}
}

func TestGroupCarriesVoicesBothWaysAndNoneBack(t *testing.T) {
	for _, tc := range []struct{ name, group, codec string }{
		{"PCMU", "239.255.77.1", "PCMU"},
		{"opus", "239.255.77.3", "opus"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if raceEnabled && tc.codec == "opus" {
				t.Skip("Opus is too slow under the race detector")
			}
			g := testGroup(t, tc.group, tc.codec)
			left, right := openHouse(t, g), openHouse(t, g)
			ann, bob := newPerson("ann", 440), newPerson("bob", 660)
			left.join(t, ann)
			right.join(t, bob)
			// On a busy machine ticks come late, which leaves gaps in a tone but
			// makes no other.
			only := func(l []float64) bool { return l[0] > 0.4 && l[1] < 0.001 }
			bob.await(t, "ann alone", only, 440, 660)
			ann.await(t, "bob alone", only, 660, 440)

			var names []string
			for _, m := range right.conf.Roster().Members {
				for _, s := range m.Sources {
					if m.Wire == conference.WireMulticast && s.HasAudio && s.CNAME != "" {
						names = append(names, s.CNAME)
					}
				}
			}
			if len(names) > 1 {
				t.Errorf("the group has members %q, want one", names)
			}
		})
	}
}

func TestMemberThatLeavesIsGone(t *testing.T) {
	g := testGroup(t, "239.255.77.2", "PCMU")
	left, right := openHouse(t, g), openHouse(t, g)
	ann, bob := newPerson("ann", 440), newPerson("bob", 0)
	left.join(t, ann)
	right.join(t, bob)
	bob.await(t, "ann", func(l []float64) bool { return l[0] > 0.9 }, 440)
	_, watch := right.conf.Watch()
	defer watch.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := left.server.Close(ctx); err != nil { // says BYE
		t.Fatal(err)
	}
	for {
		event, err := watch.Next(ctx)
		if err != nil {
			t.Fatalf("the member's source was not removed after BYE: %v", err)
		}
		if event.Kind == conference.EventSourceRemoved {
			return
		}
	}
}

func TestValidateNamesAllFaults(t *testing.T) {
	g := GroupConfig{TTL: 300, VideoStreams: "some", Interface: "no-such-interface", Audio: &MediaConfig{
		Addr:    netip.MustParseAddrPort("192.0.2.1:0"),
		Formats: []codecs.Mapping{{PayloadType: 96, Format: codecs.Format{Name: "speex", ClockRate: 8000, Channels: 1}}},
	}}
	err := g.Validate(builtin.Set())
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"no conference", "TTL 300", "no-such-interface", "some", "not a multicast address", "no port", "speex/8000"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in: %v", want, err)
		}
	}
}

// A machine without route to groups is told how to have one.
func TestExplainRoute(t *testing.T) {
	v4 := GroupConfig{Audio: &MediaConfig{Addr: netip.MustParseAddrPort("239.1.1.1:5004")}}
	v6 := GroupConfig{Audio: &MediaConfig{Addr: netip.MustParseAddrPort("[ff15::1]:5004")}}
	named := v4
	named.Interface = "lo"
	for _, tc := range []struct {
		err   error
		group GroupConfig
		want  string
	}{
		{syscall.ENODEV, v4, "ip route add 224.0.0.0/4 dev IFACE"},
		{syscall.ENETUNREACH, v6, "ff00::/8"},
		{syscall.ENODEV, named, ""},
		{syscall.EACCES, v4, ""},
	} {
		got := explainRoute(fmt.Errorf("join: %w", tc.err), tc.group)
		if !errors.Is(got, tc.err) || !strings.Contains(got.Error(), tc.want) || (tc.want == "" && strings.Contains(got.Error(), "route")) {
			t.Errorf("%v for %+v: %v", tc.err, tc.group, got)
		}
	}
}

func TestReadSession(t *testing.T) {
	text := "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=Lecture\r\nc=IN IP4 239.255.1.9/4\r\nt=0 0\r\n" +
		"m=audio 5040 RTP/AVP 0 97\r\na=rtpmap:97 opus/48000/2\r\n" +
		"m=video 5042 RTP/AVP 96\r\nc=IN IP6 ff15::9\r\na=rtcp:6000\r\na=rtpmap:96 H264/90000\r\n" +
		"a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==" // no final newline
	path := filepath.Join(t.TempDir(), "x.sdp")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g, left, err := ReadSession(path, builtin.Set())
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("left out: %v", left)
	}
	if g.Name != "Lecture" || g.TTL != 4 || g.Audio.Addr.String() != "239.255.1.9:5040" || len(g.Audio.Formats) != 2 {
		t.Errorf("audio: %+v %+v", g, g.Audio)
	}
	if g.Video.Addr.String() != "[ff15::9]:5042" || g.Video.RTCP.String() != "[ff15::9]:6000" || len(g.Video.ParameterSets) != 2 {
		t.Errorf("video: %+v", g.Video)
	}
	if f := g.Audio.Formats[0].Format; f.Name != "PCMU" {
		t.Errorf("static payload type 0 is %v", f)
	}
}

// wait waits until p has heard one more frame.
func (p *person) wait(t *testing.T) {
	t.Helper()
	select {
	case <-p.fresh:
	case <-time.After(patience):
		t.Fatalf("%s hears nothing any more", p.name)
	}
}

// awaitSilence waits until p has heard a second of silence.
func (p *person) awaitSilence(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	p.heard = nil
	p.mu.Unlock()
	deadline := time.After(patience)
	for !p.silent() {
		select {
		case <-p.fresh:
		case <-deadline:
			t.Fatalf("%s hears sound that nobody makes", p.name)
		}
	}
}

// tap receives what is sent to a group on loopback.
func tap(t *testing.T, group netip.AddrPort) *net.UDPConn {
	t.Helper()
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.ListenMulticastUDP("udp", lo, net.UDPAddrFromAddrPort(group))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// spout sends to a group on loopback until the test ends.
func spout(t *testing.T, group netip.AddrPort) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}, net.UDPAddrFromAddrPort(group))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
