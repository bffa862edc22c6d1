//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/gnugk"
	"parley/cmd/parley/meeting/internal/lab"
)

// TestGnuGkTLS has two bridges call each other through GnuGk, to which both
// signal over TLS, as it and they tell each other (H.460.22).
func TestGnuGkTLS(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "tshark", "dumpcap")
	gnugk.Require(t)
	parleyBinary(t)
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	a := newAuthority(t)
	a.issue(t, "gatekeeper", fmt.Sprintf("10.99.%d.2", gnugkHost))
	a.issue(t, "near", lab.Here)
	a.issue(t, "distant", lab.There)
	g := startGnuGk(t, map[string]string{
		"RoutedMode": "GKRouted=1\nH245Routed=1\n",
		"TLS":        fmt.Sprintf("EnableTLS=1\nPrivateKey=%s\nCertificates=%s\nCAFile=%s\n", a.file("gatekeeper-key"), a.file("gatekeeper"), a.file("ca")),
	})
	file, stop := recordAll(t, "", lab.Interface, g.Host.Interface)
	b := startBridge(t, meetingConfig+registeringConfig(g, "near", "", a.tls("near", "host")))
	far := startThere(t, "conferences: [{id: far, numbers: [\"4000\"]}]\n"+registeringConfig(g, "distant", "", a.tls("distant", "host")))
	for _, p := range []*lab.Process{b.Process, far} {
		if err := p.Await(ctx, "state=registered"); err != nil {
			t.Fatal(err)
		}
	}
	talkThroughGnuGk(ctx, t, b, 5390)
	stop()
	for _, line := range dissect(t, file, "tcp && (h225 || h245)", nil, "frame.number", "ip.src", "_ws.col.Info") {
		t.Errorf("in the clear: %s", strings.TrimSpace(line))
	}
	if len(dissect(t, file, "tls.handshake.type == 2", nil, "frame.number")) == 0 {
		t.Error("no handshakes were recorded")
	}
}

// TestGnuGkNeighbourTLS has parley's own gatekeeper ask GnuGk where a number is, and
// be told where it is called over TLS.
func TestGnuGkNeighbourTLS(t *testing.T) {
	requirePrograms(t, "tshark", "dumpcap")
	gnugk.Require(t)
	parleyBinary(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	a := newAuthority(t)
	a.issue(t, "gatekeeper", fmt.Sprintf("10.99.%d.2", gnugkHost))
	a.issue(t, "near", lab.Here)
	a.issue(t, "distant", lab.There)
	g := startGnuGk(t, map[string]string{
		"RoutedMode":        "GKRouted=1\nH245Routed=1\nAcceptNeighborsCalls=1\n",
		"RasSrv::Neighbors": "parley=Generic\n",
		"Neighbor::parley":  "GatekeeperIdentifier=parley\nHost=10.99.23.1:1719\nSendPrefixes=50\nAcceptPrefixes=*\n",
		"TLS":               fmt.Sprintf("EnableTLS=1\nPrivateKey=%s\nCertificates=%s\nCAFile=%s\n", a.file("gatekeeper-key"), a.file("gatekeeper"), a.file("ca")),
	})
	file, stop := recordAll(t, "", lab.Interface, g.Host.Interface)
	b := startBridge(t, meetingConfig+"h323: {"+a.tls("near", "host")+"}\n"+
		"gatekeeper: {neighbours: [{identifier: GnuGk, address: \""+g.Host.Address+":1719\", prefixes: [\"40\"]}]}\n")
	far := startThere(t, "conferences: [{id: far, numbers: [\"4000\"]}]\n"+registeringConfig(g, "distant", "", a.tls("distant", "host")))
	awaitState(ctx, t, far, "registered", 1)
	if status, out := b.dial(ctx, t, "h323:4000"); status != 0 || !strings.Contains(out, "Answered") {
		t.Errorf("dialling: status %d: %s", status, out)
	}
	stop()
	for _, line := range dissect(t, file, "tcp && (h225 || h245)", nil, "frame.number", "ip.src", "_ws.col.Info") {
		t.Errorf("in the clear: %s", strings.TrimSpace(line))
	}
	if len(dissect(t, file, "tls.handshake.type == 2", nil, "frame.number")) < 2 {
		t.Error("no handshakes of both connections were recorded")
	}
}
