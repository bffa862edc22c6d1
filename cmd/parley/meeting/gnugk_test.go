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

	"parley/cmd/parley/meeting/internal/gnugk"
	"parley/cmd/parley/meeting/internal/lab"
)

// gnugkHost is the lab's number of the host that GnuGk runs on.
const gnugkHost = 23

// startGnuGk runs a GnuGk that the second host reaches too.
func startGnuGk(t *testing.T, sections map[string]string) *gnugk.Gatekeeper {
	t.Helper()
	gnugk.Require(t)
	host := lab.NewHost(t, gnugkHost)
	route := lab.InOther("ip", "route", "replace", "10.99.0.0/16", "via", lab.Here)
	lab.Run(t, route[0], route[1:]...)
	return gnugk.Start(t, host, sections)
}

// registeringConfig has a bridge register at a gatekeeper, h323 are further
// keys of its section.
func registeringConfig(g *gnugk.Gatekeeper, name, gatekeeper, h323 string) string {
	if gatekeeper != "" {
		gatekeeper = ", " + gatekeeper
	}
	if h323 != "" {
		h323 = ", " + h323
	}
	return fmt.Sprintf("gatekeeper: {enabled: false}\nh323: {name: %s, gatekeeper: {address: %s%s}%s}\n",
		name, g.Host.Address, gatekeeper, h323)
}

// startThere runs a second bridge on the second host, whose API is that host's
// own.
func startThere(t *testing.T, config string) *lab.Process {
	t.Helper()
	path := filepath.Join(t.TempDir(), "there.yaml")
	write(t, path, "http: {listen: \"127.0.0.1:8080\"}\nmulticast: {enabled: false}\nwebrtc: {enabled: false}\n"+config)
	p := onOther(t, parleyBinary(t), "serve", "--config", path)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := p.Await(ctx, "is ready"); err != nil {
		t.Fatal(err)
	}
	return p
}

// dialThere has the bridge on the second host call uri.
func dialThere(ctx context.Context, t *testing.T, conference, uri string) (int, string) {
	t.Helper()
	p := onOther(t, parleyBinary(t), "dial", uri, "--conference", conference)
	status, err := p.Wait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return status, p.Output()
}

// recordAll keeps what goes over the interfaces, until stop.
func recordAll(t *testing.T, filter string, interfaces ...string) (file string, stop func()) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "wire.pcapng")
	args := []string{"-q", "-w", file}
	for _, name := range interfaces {
		args = append(args, "-i", name, "-f", filter)
	}
	p := lab.Start(t, nil, "dumpcap", args...)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := p.Await(ctx, "File: "); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if folder := os.Getenv("PARLEY_CAPTURES"); folder != "" {
			lab.Run(t, "cp", file, filepath.Join(folder, strings.ReplaceAll(t.Name(), "/", "-")+".pcapng"))
		}
	})
	return file, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		pause(ctx, time.Second) // it takes packets from the system by the block
		p.Stop(ctx)
	}
}

// faultless has tshark judge what the addresses sent by H.323.
func faultless(t *testing.T, file string, addresses ...string) {
	t.Helper()
	from := "(ip.src == " + strings.Join(addresses, " || ip.src == ") + ") && (h225 || h245)"
	if len(dissect(t, file, from, nil, "frame.number")) == 0 {
		t.Errorf("nothing of H.323 came from %v", addresses)
	}
	for _, line := range dissect(t, file, from+" && (_ws.malformed || _ws.expert.severity >= 0x00600000)", nil,
		"frame.number", "_ws.col.Info", "_ws.expert.message") {
		t.Errorf("tshark finds fault: %s", line)
	}
}

// TestGnuGk has two bridges that are registered at GnuGk call each other by
// number and by name: directly, and with signalling, H.245 and media by way of
// the gatekeeper.
func TestGnuGk(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "tshark", "dumpcap")
	gnugk.Require(t)
	parleyBinary(t)
	port := 5070
	for _, way := range []struct{ name, routed, proxy string }{
		{"direct", "GKRouted=0\n", ""},
		{"routed", "GKRouted=1\nH245Routed=0\n", ""},
		{"routed with H.245", "GKRouted=1\nH245Routed=1\n", ""},
		{"proxy", "GKRouted=1\nH245Routed=1\n", "Enable=1\n"},
	} {
		for _, m := range modes {
			t.Run(way.name+"/"+m.String(), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				g := startGnuGk(t, map[string]string{"RoutedMode": way.routed, "Proxy": way.proxy})
				file, stop := recordAll(t, "", lab.Interface, g.Host.Interface)
				h323 := fmt.Sprintf("fast_start: %v, tunnelling: %v", m.fast, m.tunnelled)
				b := startBridge(t, meetingConfig+registeringConfig(g, "near", "", h323))
				far := startThere(t, "conferences: [{id: far, numbers: [\"4000\"]}]\n"+registeringConfig(g, "distant", "", h323))
				for _, p := range []*lab.Process{b.Process, far} {
					if err := p.Await(ctx, "state=registered"); err != nil {
						t.Fatal(err)
					}
				}
				port += 10
				talkThroughGnuGk(ctx, t, b, port)
				stop()
				faultless(t, file, g.Host.Gateway, lab.There, lab.Here)
			})
		}
	}
}

// talkThroughGnuGk has each side call the other, and measures tones.
func talkThroughGnuGk(ctx context.Context, t *testing.T, b *bridge, port int) {
	t.Helper()
	group := listenGroup(t, groupAddress, lab.Here)
	groupSpeaks(t, groupTone)
	telephone, dir := startPhone(t, phone{Port: port, Codec: "PCMA/8000/1", Tone: farTone}, "sip:4000@"+lab.There)
	if status, out := b.dial(ctx, t, "h323:4000"); status != 0 || !strings.Contains(out, "Answered") {
		t.Fatalf("dialling: status %d: %s", status, out)
	}
	seat := b.await(ctx, t, "room", "the far bridge", onH323)
	group.awaitTone(ctx, t, farTone, true)
	b.control(t, "DELETE", "/api/v1/conferences/room/participants/"+seat.ID, "")
	awaitEmpty(ctx, t, b, "room")
	group.awaitTone(ctx, t, farTone, false)

	if status, out := dialThere(ctx, t, "far", "h323:room"); status != 0 || !strings.Contains(out, "Answered") {
		t.Fatalf("dialling back: status %d: %s", status, out)
	}
	b.await(ctx, t, "room", "the far bridge", onH323)
	group.awaitTone(ctx, t, farTone, true)
	group.record(ctx, t, 3.5) // while the telephone records
	telephone.Stop(ctx)
	pcm, rate := heard(t, dir)
	judge(t, "the far telephone", lastSeconds(pcm, rate, 3), rate, farTone, groupTone)
}
