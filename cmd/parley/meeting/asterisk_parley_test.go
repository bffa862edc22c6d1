//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/cmd/parley/internal/trace"
	"parley/cmd/parley/meeting/internal/asterisk"
	"parley/cmd/parley/meeting/internal/lab"
)

// gateway is an Asterisk on its host, and the conference and group of parley's
// that meet it: both Asterisks are met at once.
type gateway struct {
	*asterisk.Asterisk
	suite   string // also the conference
	group   string
	wire    string // the interface that leads to it
	gateway string // our address there
	ear     *ear
}

// How calls are set up.
type mode struct{ fast, tunnelled bool }

var modes = []mode{{true, true}, {true, false}, {false, true}, {false, false}}

// String names the mode, and the Remote that Asterisk calls so.
func (m mode) String() string {
	text := "slow"
	if m.fast {
		text = "fast"
	}
	if m.tunnelled {
		return text + "-tunnelled"
	}
	return text + "-separate"
}

// numbers are those of the suites' conferences, which parley and Asterisk dial.
var numbers = map[string]string{"bullseye": "1016", "sid": "1022"}

// pin is that of the conferences that have one.
const pin = "159024"

// startGateways starts both Asterisks, an ffmpeg in each one's group that
// speaks groupTone, and an ear.
func startGateways(t *testing.T) []*gateway {
	t.Helper()
	var all []*gateway
	for i, suite := range asterisk.Suites() {
		// The test goes on with the other one, where a system has only that.
		if !t.Run(suite, func(t *testing.T) { asterisk.Require(t, suite) }) || !asterisk.Installed(suite) {
			continue
		}
		host := lab.NewHost(t, 16+i)
		var remotes []asterisk.Remote
		for _, m := range modes {
			remotes = append(remotes, asterisk.Remote{Name: m.String(), Address: lab.Here, FastStart: m.fast, Tunnelling: m.tunnelled})
		}
		for _, dtmf := range keyModes(suite) {
			remotes = append(remotes, asterisk.Remote{Name: dtmf, Address: lab.Here, FastStart: true, Tunnelling: true, DTMF: dtmf})
		}
		// parley calls from the address that is nearest.
		remotes = append(remotes, asterisk.Remote{Name: "near", Address: host.Gateway, FastStart: true, Tunnelling: true})
		all = append(all, &gateway{suite: suite, group: fmt.Sprintf("239.255.99.%d:5004", 16+i),
			wire: host.Interface, gateway: host.Gateway,
			Asterisk: asterisk.Start(t, asterisk.Config{Suite: suite, Host: host, Remotes: remotes})})
	}
	if len(all) == 0 {
		t.SkipNow()
	}
	for _, g := range all {
		g.ear = listenGroup(t, g.group, lab.Here)
		onOther(t, "ffmpeg", "-hide_banner", "-re", "-f", "lavfi", "-i", fmt.Sprintf("sine=%g:sample_rate=48000", groupTone),
			"-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1", "-f", "rtp", "rtp://"+g.group+"?ttl=4&pkt_size=172")
	}
	return all
}

// keyModes are the ways in which an Asterisk sends digits.
func keyModes(suite string) []string {
	all := []string{"h245signal", "h245alphanumeric", "q931keypad", "rfc2833"}
	if suite == "sid" {
		return all[:3] // with the fourth it sends no sound
	}
	return all
}

// gatewayConfig is parley's configuration to meet the Asterisks.
func gatewayConfig(all []*gateway, m mode) string {
	var b strings.Builder
	fmt.Fprintf(&b, "h323: {listen: [\"%s:1720\"], fast_start: %v, tunnelling: %v}\nsip: {enabled: false}\nwebrtc: {enabled: false}\nconferences:\n", lab.Here, m.fast, m.tunnelled)
	for _, g := range all {
		fmt.Fprintf(&b, "  - id: %s\n    numbers: [\"%s\"]\n    multicast:\n      - name: Lab\n        audio: {group: \"%s\", codec: PCMU, payload_type: 0}\n        interface: meet0\n        ttl: 4\n",
			g.suite, numbers[g.suite], g.group)
		fmt.Fprintf(&b, "  - id: closed-%s\n    pin: \"%s\"\n", g.suite, pin)
	}
	return b.String()
}

// each runs f for both Asterisks side by side.
func each(t *testing.T, all []*gateway, f func(ctx context.Context, t *testing.T, g *gateway)) {
	t.Run("Asterisk", func(t *testing.T) {
		for _, g := range all {
			t.Run(g.suite, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				f(ctx, t, g)
			})
		}
	})
}

// TestAsterisk has parley and both Asterisks call each other, with and without
// fast connect and tunnelling.
func TestAsterisk(t *testing.T) {
	requirePrograms(t, "ffmpeg", "tshark", "dumpcap")
	all := startGateways(t)
	recorded, stop := record(t, all)
	ran := 0 // fewer with -run
	for _, m := range modes {
		t.Run(m.String(), func(t *testing.T) {
			ran++
			b := startBridge(t, gatewayConfig(all, m))
			each(t, all, func(ctx context.Context, t *testing.T, g *gateway) {
				g.isCalled(ctx, t, b, m)
				g.calls(ctx, t, b, m)
			})
		})
	}
	t.Run("extensions", func(t *testing.T) {
		b := startBridge(t, gatewayConfig(all, modes[0]))
		each(t, all, func(ctx context.Context, t *testing.T, g *gateway) {
			g.echoes(ctx, t, b)
			g.confers(ctx, t, b)
		})
	})
	t.Run("host alone", func(t *testing.T) {
		// The second one's conference: what comes there does so by configuration.
		unnamed := all[len(all)-1]
		b := startBridge(t, gatewayConfig(all, modes[0])+"default_conference: "+unnamed.suite+"\n")
		for i, g := range all { // one after another: it is one conference
			t.Run(g.suite, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				g.callsHost(ctx, t, b, unnamed, modes[3*i%len(modes)])
			})
		}
	})
	t.Run("failures", func(t *testing.T) {
		b := startBridge(t, gatewayConfig(all, modes[0]))
		each(t, all, func(ctx context.Context, t *testing.T, g *gateway) { g.fails(ctx, t, b) })
	})
	t.Run("digits", func(t *testing.T) {
		b := startBridge(t, gatewayConfig(all, modes[0]))
		each(t, all, func(ctx context.Context, t *testing.T, g *gateway) { g.presses(ctx, t, b) })
	})
	stop()
	dissectH323(t, all, recorded, ran == len(modes))
}

// record keeps the signalling between parley and the Asterisks, until stop.
func record(t *testing.T, all []*gateway) (file string, stop func()) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "h323.pcapng")
	args := []string{"-q", "-w", file}
	for _, g := range all {
		args = append(args, "-i", g.wire, "-f", "tcp")
	}
	p := lab.Start(t, nil, "dumpcap", args...)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := p.Await(ctx, "File: "); err != nil {
		t.Fatal(err)
	}
	return file, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		p.Stop(ctx)
	}
}

// dissectH323 has tshark judge what parley sent: nothing is malformed, nothing
// deserves a warning, and each mode was really used.
func dissectH323(t *testing.T, all []*gateway, file string, eachMode bool) {
	var sources []string
	for _, g := range all {
		sources = append(sources, g.gateway)
	}
	from := "(ip.src == " + lab.Here + " || ip.src == " + strings.Join(sources, " || ip.src == ") + ")"
	const messages = " && (h225 || h245)"
	for what, match := range map[string]string{
		"H.225 and H.245":                messages,
		"fast connect proposed":          " && h225.setup_element && h225.fastStart",
		"fast connect taken":             " && h225.connect_element && h225.fastStart",
		"calls without fast connect":     " && h225.setup_element && !h225.fastStart",
		"tunnelled H.245":                " && h225.h245Control",
		"H.245 on a separate connection": " && h245 && !h225",
	} {
		if eachMode && len(dissect(t, file, from+match, nil, "frame.number")) == 0 {
			t.Errorf("parley sent nothing of this: %s", what)
		}
	}
	const bad = " && (_ws.malformed || _ws.expert.severity >= 0x00600000)"
	for _, line := range dissect(t, file, from+messages+bad, nil, "frame.number", "_ws.col.Info", "_ws.expert.message") {
		t.Errorf("tshark finds fault: %s", line)
	}
}

// clears reports whether an Asterisk ended a call for the cause wanted. On a
// separate connection the end of H.245 may come to it ahead of the cause: it
// then tells 31, normal, unspecified.
func clears(cause, want int, m mode) bool {
	return cause == want || !m.tunnelled && cause == 31
}

// dial runs "parley dial" to an extension of the Asterisk.
func (g *gateway) dial(t *testing.T, b *bridge, extension string) *lab.Process {
	t.Helper()
	return lab.Start(t, nil, parleyBinary(t), "dial", "h323:"+extension+"@"+g.Address, "--conference", g.suite, "--url", b.URL)
}

// reach dials an extension that answers.
func (g *gateway) reach(ctx context.Context, t *testing.T, b *bridge, extension string) participant {
	t.Helper()
	p := g.dial(t, b, extension)
	if status, err := p.Wait(ctx); err != nil || status != 0 {
		t.Fatalf("dialling %s: status %d, %v: %s", extension, status, err, p.Output())
	}
	return b.await(ctx, t, g.suite, "on H.323", onH323)
}

func onH323(p participant) bool { return p.Wire == "h323" }

// empty waits until nobody is there by H.323.
func (g *gateway) empty(ctx context.Context, t *testing.T, b *bridge) {
	t.Helper()
	awaitEmpty(ctx, t, b, g.suite)
}

func awaitEmpty(ctx context.Context, t *testing.T, b *bridge, conference string) {
	t.Helper()
	for {
		left := 0
		for _, p := range b.participants(t, conference) {
			if onH323(p) {
				left++
			}
		}
		if left == 0 {
			return
		}
		if !pause(ctx, 50*time.Millisecond) {
			t.Fatalf("%s: %d are still there", conference, left)
		}
	}
}

// isCalled: parley calls, tones go both ways; who hangs up alternates.
func (g *gateway) isCalled(ctx context.Context, t *testing.T, b *bridge, m mode) {
	t.Helper()
	known := g.Calls(asterisk.Meet)
	seat := g.reach(ctx, t, b, asterisk.Meet)
	in, err := g.Met(ctx, asterisk.Meet, known...)
	if err != nil {
		t.Fatal(err)
	}
	g.ear.awaitTone(ctx, t, asterisk.Tone, true)
	awaitTone(ctx, t, g.Recording(in.UniqueID), groupTone)
	g.part(ctx, t, b, in, seat, m, m.tunnelled)
}

// calls: Asterisk calls the conference by its alias and by its number; tones go
// both ways; who hangs up alternates.
func (g *gateway) calls(ctx context.Context, t *testing.T, b *bridge, m mode) {
	t.Helper()
	dialled := g.suite
	if m.fast {
		dialled = numbers[g.suite]
	}
	out, err := g.Dial(ctx, dialled, m.String(), asterisk.Meet)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Answered(ctx); err != nil {
		t.Fatal(err)
	}
	seat := b.await(ctx, t, g.suite, "on H.323", onH323)
	g.ear.awaitTone(ctx, t, asterisk.Tone, true)
	awaitTone(ctx, t, g.Recording(out.UniqueID), groupTone)
	g.part(ctx, t, b, out, seat, m, !m.tunnelled)
}

// callsHost: Asterisk calls the bridge without a name or number, and comes to the
// conference for those.
func (g *gateway) callsHost(ctx context.Context, t *testing.T, b *bridge, unnamed *gateway, m mode) {
	t.Helper()
	out, err := g.DialHost(ctx, m.String(), asterisk.Meet)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Answered(ctx); err != nil {
		t.Fatal(err)
	}
	b.await(ctx, t, unnamed.suite, "from "+g.Address, func(p participant) bool {
		return onH323(p) && strings.HasSuffix(p.Address, "@"+g.Address)
	})
	unnamed.ear.awaitTone(ctx, t, asterisk.Tone, true)
	awaitTone(ctx, t, g.Recording(out.UniqueID), groupTone)
	if err := out.Hangup(ctx); err != nil {
		t.Fatal(err)
	}
	awaitEmpty(ctx, t, b, unnamed.suite)
}

// part ends a call from either side, and looks at the other.
func (g *gateway) part(ctx context.Context, t *testing.T, b *bridge, c *asterisk.Call, seat participant, m mode, fromHere bool) {
	t.Helper()
	if fromHere {
		b.control(t, http.MethodDelete, "/api/v1/conferences/"+g.suite+"/participants/"+seat.ID, "")
	} else if err := c.Hangup(ctx); err != nil {
		t.Fatal(err)
	}
	cause, err := c.Ended(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("hung up from here %v: Asterisk tells cause %d", fromHere, cause)
	if fromHere && !clears(cause, 21, m) { // call rejected: removed by the host
		t.Errorf("removed by the host: cause %d, want 21", cause)
	}
	g.empty(ctx, t, b)
	g.ear.awaitTone(ctx, t, asterisk.Tone, false)
}

// echoes: what the group says comes back by way of Asterisk.
func (g *gateway) echoes(ctx context.Context, t *testing.T, b *bridge) {
	t.Helper()
	seat := g.reach(ctx, t, b, asterisk.Echo)
	g.ear.awaitTone(ctx, t, groupTone, true)
	b.control(t, http.MethodDelete, "/api/v1/conferences/"+g.suite+"/participants/"+seat.ID, "")
	g.empty(ctx, t, b)
}

// confers: parley's conference is in Asterisk's.
func (g *gateway) confers(ctx context.Context, t *testing.T, b *bridge) {
	t.Helper()
	speaker, err := g.Speak(ctx, asterisk.Conference)
	if err != nil {
		t.Fatal(err)
	}
	g.reach(ctx, t, b, asterisk.Conference)
	in, err := g.Met(ctx, asterisk.Conference)
	if err != nil {
		t.Fatal(err)
	}
	g.ear.awaitTone(ctx, t, asterisk.Tone, true)
	awaitTone(ctx, t, g.Recording(speaker.UniqueID), groupTone)
	for _, c := range []*asterisk.Call{in, speaker} {
		if err := c.Hangup(ctx); err != nil {
			t.Fatal(err)
		}
	}
	g.empty(ctx, t, b)
}

// fails: calls that do not come about tell why, to both sides.
func (g *gateway) fails(ctx context.Context, t *testing.T, b *bridge) {
	t.Helper()
	for _, f := range []struct{ extension, want string }{
		{asterisk.Busy, "(17)"},
		{asterisk.Congestion, "(42)"},
	} {
		p := g.dial(t, b, f.extension)
		status, err := p.Wait(ctx)
		if err != nil {
			t.Fatal(err)
		}
		g.cleared(ctx, t, f.extension)
		t.Logf("%s: %s", f.extension, strings.TrimSpace(p.Output()))
		if status != 1 || !strings.Contains(p.Output(), f.want) {
			t.Errorf("dialling %s: status %d: %s: want %s", f.extension, status, p.Output(), f.want)
		}
	}
	// It rings, nobody answers, the caller gives up.
	p := g.dial(t, b, asterisk.Ring)
	rings, err := g.Met(ctx, asterisk.Ring)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Event(ctx, "Newexten", "Uniqueid", rings.UniqueID, "Application", "Wait"); err != nil {
		t.Fatal(err)
	}
	if err := p.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if cause, err := rings.Ended(ctx); err != nil || cause != 16 {
		t.Errorf("given up: Asterisk tells cause %d, want 16: %v", cause, err)
	}
	g.empty(ctx, t, b)
	// Nobody is called so here.
	out, err := g.Dial(ctx, "7777", modes[0].String(), asterisk.Meet)
	if err != nil {
		t.Fatal(err)
	}
	if cause, err := out.Ended(ctx); err != nil || cause != 1 {
		t.Errorf("a number that does not exist: Asterisk tells cause %d, want 1: %v", cause, err)
	}
}

// cleared waits until the call to an extension is over for Asterisk too, which may
// refuse the next one otherwise (cause 31).
func (g *gateway) cleared(ctx context.Context, t *testing.T, extension string) {
	t.Helper()
	in, err := g.Met(ctx, extension)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Ended(ctx); err != nil {
		t.Fatal(err)
	}
}

// presses: Asterisk is let in by the PIN that it presses, in each of its ways.
func (g *gateway) presses(ctx context.Context, t *testing.T, b *bridge) {
	t.Helper()
	closed := "closed-" + g.suite
	// Asterisk loses the keys that it is given before H.245 is up.
	up := b.trace(t, func(m *trace.Message) bool {
		return !m.Sent && strings.HasPrefix(m.Remote, g.Address+":") && slices.Contains(m.H245, "masterSlaveDeterminationAck")
	})
	for _, keys := range keyModes(g.suite) {
		out, err := g.Dial(ctx, closed, keys, asterisk.Meet)
		if err != nil {
			t.Fatal(err)
		}
		if err := out.Answered(ctx); err != nil {
			t.Fatal(err)
		}
		select {
		case _, open := <-up:
			if !open {
				t.Fatal("the trace has ended")
			}
		case <-ctx.Done():
			t.Fatalf("%s: no H.245: %v", keys, ctx.Err())
		}
		if err := out.Press(ctx, pin); err != nil {
			t.Fatalf("%s: %v", keys, err)
		}
		b.await(ctx, t, closed, "there after digits as "+keys, onH323)
		if err := out.Hangup(ctx); err != nil {
			t.Fatal(err)
		}
		awaitEmpty(ctx, t, b, closed)
	}
}
