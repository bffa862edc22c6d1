//go:build meeting

package meeting

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/gnugk"
	"parley/cmd/parley/meeting/internal/lab"
)

// TestGnuGkNeighbour has GnuGk and parley's own gatekeeper ask each other where a
// number is.
func TestGnuGkNeighbour(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "tshark", "dumpcap")
	gnugk.Require(t)
	parleyBinary(t)
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	g := startGnuGk(t, map[string]string{
		"RoutedMode":        "GKRouted=1\nH245Routed=1\nAcceptNeighborsCalls=1\n",
		"RasSrv::Neighbors": "parley=Generic\n",
		"Neighbor::parley":  "GatekeeperIdentifier=parley\nHost=10.99.23.1:1719\nSendPrefixes=50\nAcceptPrefixes=*\n",
	})
	file, stop := recordAll(t, "", lab.Interface, g.Host.Interface)
	b := startBridge(t, meetingConfig+"    numbers: [\"5000\"]\n"+
		"gatekeeper: {neighbours: [{identifier: GnuGk, address: \""+g.Host.Address+":1719\", prefixes: [\"40\"]}]}\n")
	far := startThere(t, "conferences: [{id: far, numbers: [\"4000\"]}]\n"+registeringConfig(g, "distant", "", ""))
	awaitState(ctx, t, far, "registered", 1)
	group := listenGroup(t, groupAddress, lab.Here)
	groupSpeaks(t, groupTone)
	startPhone(t, phone{Port: 5070, Codec: "PCMA/8000/1", Tone: farTone}, "sip:4000@"+lab.There)
	if status, out := b.dial(ctx, t, "h323:4000"); status != 0 || !strings.Contains(out, "Answered") {
		t.Fatalf("dialling: status %d: %s", status, out)
	}
	seat := b.await(ctx, t, "room", "the far bridge", onH323)
	group.awaitTone(ctx, t, farTone, true)
	b.control(t, "DELETE", "/api/v1/conferences/room/participants/"+seat.ID, "")
	awaitEmpty(ctx, t, b, "room")
	if status, out := dialThere(ctx, t, "far", "h323:5000"); status != 0 || !strings.Contains(out, "Answered") {
		t.Fatalf("dialling back: status %d: %s", status, out)
	}
	group.awaitTone(ctx, t, farTone, true)
	stop()
	faultless(t, file, g.Host.Gateway, lab.There)
	for _, message := range []string{"locationRequest", "locationConfirm"} {
		for _, from := range []string{g.Host.Gateway, g.Host.Address} {
			if len(dissect(t, file, "h225."+message+"_element && ip.src == "+from, nil, "frame.number")) == 0 {
				t.Errorf("no %s came from %s", message, from)
			}
		}
	}
}
