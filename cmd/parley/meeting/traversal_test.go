//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// startBehind runs a second bridge on the host behind address translation.
func startBehind(t *testing.T, config string) *lab.Process {
	t.Helper()
	return startBehindAt(t, 0, config)
}

// startBehindAt runs the nth there, which begins at 0.
func startBehindAt(t *testing.T, n int, config string) *lab.Process {
	t.Helper()
	path := filepath.Join(t.TempDir(), "behind.yaml")
	write(t, path, fmt.Sprintf("http: {listen: \"127.0.0.1:%d\"}\nsip: {udp: \":%d\", tcp: \"\"}\nwebrtc: {enabled: false}\n", 8080+n, 5060+2*n)+
		"multicast: {enabled: false}\ngatekeeper: {enabled: false}\n"+config)
	args := lab.InBehind(parleyBinary(t), "serve", "--config", path)
	p := lab.Start(t, nil, args[0], args[1:]...)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := p.Await(ctx, "is ready"); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestTraversal has a bridge behind address translation register at the near one's
// gatekeeper (H.460.18), and be called by it by number, with tones both ways
// (H.460.19) by ports of the call's own; H.245 in call signalling, and by a connection of its own.
func TestTraversal(t *testing.T) {
	requirePrograms(t, "baresip")
	lab.ArrangeBehind(t)
	parleyBinary(t) // built before time runs
	for i, mode := range []struct{ name, config string }{{"tunnelled", "true"}, {"separate", "false"}} {
		t.Run(mode.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			b := startBridge(t, meetingConfig+"h323: {multiplex: \"\", tunnelling: "+mode.config+"}\n")
			far := startBehind(t, "conferences: [{id: far, numbers: [\"4000\"]}]\n"+
				"h323: {tunnelling: "+mode.config+", gatekeeper: {address: "+lab.Here+", traversal: true}}\n")
			if err := far.Await(ctx, "state=registered"); err != nil {
				t.Fatal(err)
			}
			group := listenGroup(t, groupAddress, lab.Here)
			groupSpeaks(t, groupTone)
			phone, dir := startPhone(t, phone{Host: lab.Behind, Port: 5070 + 10*i, Codec: "PCMA/8000/1", Tone: farTone}, "sip:4000@"+lab.Behind)
			status, out := b.dial(ctx, t, "h323:4000")
			if status != 0 || !strings.Contains(out, "Answered") {
				t.Fatalf("dialling: status %d: %s\n%s", status, out, far.Output())
			}
			group.awaitTone(ctx, t, farTone, true)
			group.record(ctx, t, 4) // while the telephone records
			phone.Stop(ctx)
			pcm, rate := heard(t, dir)
			judge(t, "the telephone behind", lastSeconds(pcm, rate, 3), rate, farTone, groupTone)
		})
	}
}

// onlyPorts has the near host take nothing by UDP from the far one but to ports.
func onlyPorts(t *testing.T, ports string) {
	t.Helper()
	rules := `table ip meeting {
	chain arriving {
		type filter hook input priority 0;
		iifname "meet0" ip daddr ` + lab.Here + ` udp dport != { ` + ports + ` } drop
	}
}`
	if out, err := exec.Command("nft", rules).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("nft", "delete table ip meeting").CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
}

// TestTraversalMultiplexed has two bridges behind one address translation, one of
// which is called and the other calls. The media of both comes to one pair of ports,
// all others being closed, and each is heard, and hears.
func TestTraversalMultiplexed(t *testing.T) {
	requirePrograms(t, "baresip")
	lab.ArrangeBehind(t)
	onlyPorts(t, "1719, 2776, 2777")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig)
	tones := []float64{farTone, 1700}
	var phones []*lab.Process
	var dirs []string
	group := listenGroup(t, groupAddress, lab.Here)
	groupSpeaks(t, groupTone)
	for n, tone := range tones {
		far := startBehindAt(t, n, fmt.Sprintf("conferences: [{id: site-%d, numbers: [\"400%d\"]}]\n"+
			"h323: {name: far-%d, listen: [\":172%d\"], gatekeeper: {address: %s, traversal: true}}\n", n, n, n, n, lab.Here))
		if err := far.Await(ctx, "state=registered"); err != nil {
			t.Fatal(err)
		}
		p, dir := startPhone(t, phone{Host: lab.Behind, Port: 5080 + 10*n, Codec: "PCMA/8000/1", Tone: tone},
			fmt.Sprintf("sip:400%d@%s:%d", n, lab.Behind, 5060+2*n))
		phones, dirs = append(phones, p), append(dirs, dir)
		if n == 0 {
			if status, out := b.dial(ctx, t, "h323:4000"); status != 0 || !strings.Contains(out, "Answered") {
				t.Fatalf("dialling: status %d: %s\n%s", status, out, far.Output())
			}
		} else {
			args := lab.InBehind(parleyBinary(t), "dial", "h323:room", "--conference", fmt.Sprintf("site-%d", n), "--url", fmt.Sprintf("http://127.0.0.1:%d", 8080+n))
			if status, err := lab.Start(t, nil, args[0], args[1:]...).Wait(ctx); status != 0 || err != nil {
				t.Fatalf("dialling: status %d, %v\n%s", status, err, far.Output())
			}
		}
		group.awaitTone(ctx, t, tone, true)
	}
	group.record(ctx, t, 4) // while the telephones record
	for n, p := range phones {
		p.Stop(ctx)
		pcm, rate := heard(t, dirs[n])
		judge(t, fmt.Sprintf("telephone %d behind", n), lastSeconds(pcm, rate, 3), rate, tones[n], groupTone, tones[1-n])
	}
	if n := b.metric(t, "parley_h323_multiplexed_sessions"); n < 2 {
		t.Errorf("%d sessions share the ports", n)
	}
	for _, name := range []string{"parley_h323_multiplexed_foreign_total", "parley_h323_multiplexed_malformed_total"} {
		if n := b.metric(t, name); n != 0 {
			t.Errorf("%s is %d", name, n)
		}
	}
}

// TestTraversalThrough has two bridges behind address translation, neither of which
// reaches the other, call each other by number through the near one, at whose
// gatekeeper they are registered: by H.460.18, or by one connection of call
// signalling for all (H.460.17), where no RAS comes by UDP. Their telephones hear
// each other.
func TestTraversalThrough(t *testing.T) {
	requirePrograms(t, "baresip")
	lab.ArrangeBehind(t)
	for i, mode := range []struct{ name, near, far, ports string }{
		{"H.460.18", "", "traversal: true", "1719, 2776, 2777"},
		{"H.460.17", "gatekeeper: {tunnel: true}\n", "tunnel: true", "2776, 2777"},
		{"routed mode", "gatekeeper: {routed: true}\n", "traversal: true", "1719, 2776, 2777"},
	} {
		t.Run(mode.name, func(t *testing.T) {
			onlyPorts(t, mode.ports)
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			b := startBridge(t, meetingConfig+mode.near)
			tones := []float64{farTone, 1700}
			var sites, phones []*lab.Process
			var dirs []string
			for n, tone := range tones {
				far := startBehindAt(t, n, fmt.Sprintf("conferences: [{id: site-%d, numbers: [\"400%d\"]}]\n"+
					"h323: {name: far-%d, listen: [\":172%d\"], gatekeeper: {address: %s, %s}}\n", n, n, n, n, lab.Here, mode.far))
				if err := far.Await(ctx, "state=registered"); err != nil {
					t.Fatal(err)
				}
				p, dir := startPhone(t, phone{Host: lab.Behind, Port: 5080 + 20*i + 10*n, Codec: "PCMA/8000/1", Tone: tone},
					fmt.Sprintf("sip:400%d@%s:%d", n, lab.Behind, 5060+2*n))
				sites, phones, dirs = append(sites, far), append(phones, p), append(dirs, dir)
			}
			args := lab.InBehind(parleyBinary(t), "dial", "h323:4000", "--conference", "site-1", "--url", "http://127.0.0.1:8081")
			dial := lab.Start(t, nil, args[0], args[1:]...)
			if status, err := dial.Wait(ctx); status != 0 || err != nil {
				t.Fatalf("dialling: status %d, %v: %s\n%s\n%s", status, err, dial.Output(), sites[0].Output(), sites[1].Output())
			}
			pause(ctx, 4*time.Second) // while the telephones record
			for n, p := range phones {
				p.Stop(ctx)
				pcm, rate := heard(t, dirs[n])
				judge(t, fmt.Sprintf("telephone %d behind", n), lastSeconds(pcm, rate, 3), rate, tones[n], tones[1-n])
			}
			if n := b.metric(t, "parley_h323_multiplexed_foreign_total"); n != 0 {
				t.Errorf("%d packets of nobody", n)
			}
		})
	}
}
