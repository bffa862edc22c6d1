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

// TestGnuGkTraversal has a bridge behind address translation register at GnuGk by
// H.460.18 and by H.460.17, and be called through it and call, with its media on
// ports of its own or on the gatekeeper's one pair (H.460.19).
func TestGnuGkTraversal(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "tshark", "dumpcap")
	gnugk.Require(t)
	parleyBinary(t)
	lab.ArrangeBehind(t)
	for i, way := range []struct{ name, gatekeeper, keys string }{
		{"H.460.18", "EnableH46018=1\n", "traversal: true"},
		{"H.460.17", "EnableH46017=1\nEnableH46018=1\n", "tunnel: true"},
	} {
		for j, multiplexed := range []int{0, 1} {
			for k, tunnelled := range []bool{true, false} {
				name := fmt.Sprintf("%s/multiplexed %d/tunnelled %v", way.name, multiplexed, tunnelled)
				t.Run(name, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
					defer cancel()
					g := startGnuGk(t, map[string]string{
						"RoutedMode": fmt.Sprintf("GKRouted=1\nH245Routed=1\n%sCallSignalPort=1720\n", way.gatekeeper),
						"Proxy":      fmt.Sprintf("Enable=1\nProxyForNAT=1\nRTPMultiplexing=%d\nRTPMultiplexPort=4000\nRTCPMultiplexPort=4001\n", multiplexed),
					})
					file, stop := recordAll(t, "", lab.Interface, g.Host.Interface)
					h323 := fmt.Sprintf("tunnelling: %v", tunnelled)
					b := startBridge(t, meetingConfig+registeringConfig(g, "near", "", h323))
					awaitState(ctx, t, b.Process, "registered", 1)
					behind := startBehind(t, fmt.Sprintf("conferences: [{id: far, numbers: [\"4000\"]}]\n"+
						"h323: {name: distant, %s, gatekeeper: {address: %s, %s}}\n", h323, g.Host.Address, way.keys))
					awaitState(ctx, t, behind, "registered", 1)
					group := listenGroup(t, groupAddress, lab.Here)
					groupSpeaks(t, groupTone)
					telephone, dir := startPhone(t, phone{Host: lab.Behind, Port: 5070 + 20*(4*i+2*j+k), Codec: "PCMA/8000/1", Tone: farTone}, "sip:4000@"+lab.Behind)
					if status, out := b.dial(ctx, t, "h323:4000"); status != 0 || !strings.Contains(out, "Answered") {
						t.Fatalf("dialling: status %d: %s", status, out)
					}
					seat := b.await(ctx, t, "room", "the bridge behind", onH323)
					group.awaitTone(ctx, t, farTone, true)
					b.control(t, "DELETE", "/api/v1/conferences/room/participants/"+seat.ID, "")
					awaitEmpty(ctx, t, b, "room")
					// GnuGk loses the end of a call when the next one begins on the
					// same connection before it has passed that on (H.460.17).
					if err := behind.Await(ctx, "msg=left"); err != nil {
						t.Fatal(err)
					}

					args := lab.InBehind(parleyBinary(t), "dial", "h323:room", "--conference", "far")
					dialling := lab.Start(t, nil, args[0], args[1:]...)
					if status, err := dialling.Wait(ctx); err != nil || status != 0 {
						t.Fatalf("dialling from behind: status %d: %v: %s", status, err, dialling.Output())
					}
					group.awaitTone(ctx, t, farTone, true)
					group.record(ctx, t, 3.5) // while the telephone records
					telephone.Stop(ctx)
					pcm, rate := heard(t, dir)
					judge(t, "the telephone behind", lastSeconds(pcm, rate, 3), rate, farTone, groupTone)
					stop()
					faultless(t, file, g.Host.Gateway, lab.There)
				})
			}
		}
	}
}
