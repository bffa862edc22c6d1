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

// TestGnuGkTraversal has a bridge behind address translation register at GnuGk, by
// H.460.18 and by H.460.17, with media at ports of the call's own and at one pair
// for all (H.460.19). It calls, and is called, and hears and is heard each time.
func TestGnuGkTraversal(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "tshark", "dumpcap")
	gnugk.Require(t)
	lab.ArrangeBehind(t)
	parleyBinary(t)
	port := 5070
	for _, way := range []struct{ name, client, port string }{
		{"H.460.18", "traversal: true", ""},
		{"H.460.17", "tunnel: true", ""},
	} {
		for _, media := range []struct{ name, proxy string }{{"apart", ""}, {"multiplexed", "RTPMultiplexing=1\n"}} {
			t.Run(way.name+"/"+media.name, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
				defer cancel()
				g := startGnuGk(t, map[string]string{
					"RoutedMode": "GKRouted=1\nH245Routed=1\nEnableH46018=1\nEnableH46017=1\n",
					"Proxy":      "Enable=1\nProxyForNAT=1\n" + media.proxy,
				})
				file, stop := recordAll(t, "", lab.Interface, g.Host.Interface)
				b := startBridge(t, meetingConfig+registeringConfig(g, "near", "", ""))
				far := startBehind(t, "conferences: [{id: far, numbers: [\"4000\"]}]\n"+strings.TrimPrefix(registeringConfig(g, "distant", way.client, ""), "gatekeeper: {enabled: false}\n"))
				for _, p := range []*lab.Process{b.Process, far} {
					if err := p.Await(ctx, "state=registered"); err != nil {
						t.Fatal(err)
					}
				}
				port += 10
				group := listenGroup(t, groupAddress, lab.Here)
				groupSpeaks(t, groupTone)
				telephone, dir := startPhone(t, phone{Host: lab.Behind, Port: port, Codec: "PCMA/8000/1", Tone: farTone}, "sip:4000@"+lab.Behind)
				if status, out := b.dial(ctx, t, "h323:4000"); status != 0 || !strings.Contains(out, "Answered") {
					t.Fatalf("dialling: status %d: %s\n%s", status, out, far.Output())
				}
				seat := b.await(ctx, t, "room", "the far bridge", onH323)
				group.awaitTone(ctx, t, farTone, true)
				b.control(t, "DELETE", "/api/v1/conferences/room/participants/"+seat.ID, "")
				awaitEmpty(ctx, t, b, "room")
				group.awaitTone(ctx, t, farTone, false)

				args := lab.InBehind(parleyBinary(t), "dial", "h323:room", "--conference", "far")
				if status, err := lab.Start(t, nil, args[0], args[1:]...).Wait(ctx); status != 0 || err != nil {
					t.Fatalf("dialling back: status %d, %v\n%s", status, err, far.Output())
				}
				group.awaitTone(ctx, t, farTone, true)
				group.record(ctx, t, 3.5) // while the telephone records
				telephone.Stop(ctx)
				pcm, rate := heard(t, dir)
				judge(t, "the telephone behind", lastSeconds(pcm, rate, 3), rate, farTone, groupTone)
				stop()
				if media.proxy != "" {
					if n := len(dissect(t, file, "ip.src == "+lab.There+" && udp.dstport == 3000", nil, "frame.number")); n < 100 {
						t.Errorf("%d packets came to the shared port", n)
					}
				}
				faultless(t, file, lab.There, lab.Here)
			})
		}
	}
}
