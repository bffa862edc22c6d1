//go:build meeting

package meeting

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// startBehind runs a second bridge on the host behind address translation.
func startBehind(t *testing.T, config string) *lab.Process {
	t.Helper()
	path := filepath.Join(t.TempDir(), "behind.yaml")
	write(t, path, "http: {listen: \"127.0.0.1:8080\"}\nmulticast: {enabled: false}\ngatekeeper: {enabled: false}\n"+config)
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
// (H.460.19); H.245 in call signalling, and by a connection of its own.
func TestTraversal(t *testing.T) {
	requirePrograms(t, "baresip")
	lab.ArrangeBehind(t)
	parleyBinary(t) // built before time runs
	for i, mode := range []struct{ name, config string }{{"tunnelled", "true"}, {"separate", "false"}} {
		t.Run(mode.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			b := startBridge(t, meetingConfig+"h323: {tunnelling: "+mode.config+"}\n")
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
