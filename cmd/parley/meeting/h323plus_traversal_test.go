//go:build meeting

package meeting

import (
	"context"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/h323plus"
	"parley/cmd/parley/meeting/internal/lab"
)

// TestH323PlusTraversal has a terminal of H323Plus behind address translation
// register at parley's gatekeeper, by H.460.18 and by H.460.17, call the conference
// by name, and be called by name, with media at the shared ports (H.460.19) and at
// ports of the call's own.
func TestH323PlusTraversal(t *testing.T) {
	requirePrograms(t, "ffmpeg", "tshark", "dumpcap")
	h323plus.Require(t)
	lab.ArrangeBehind(t)
	parleyBinary(t)
	for _, way := range []struct {
		name, config, gatekeeper string
		args                     []string
	}{
		{"H.460.18", "", lab.Here, nil},
		{"H.460.17", "gatekeeper: {tunnel: true}\n", "", []string{"-k", lab.Here}},
	} {
		for _, media := range []struct{ name, h323 string }{{"multiplexed", ""}, {"apart", ", multiplex: \"\""}} {
			t.Run(way.name+"/"+media.name, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
				defer cancel()
				file, stop := recordAll(t, "", lab.Interface)
				b := startBridge(t, terminalConfig(mode{tunnelled: true}, media.h323)+way.config)
				group := listenGroup(t, groupAddress, lab.Here)
				groupSpeaks(t, groupTone)
				c := h323plus.Config{
					Host: lab.BehindHost(), Aliases: "terminal", Gatekeeper: way.gatekeeper, Tunnelling: true,
					Tone: terminalTone, Disable: "G.722", Args: way.args, Call: "room",
				}
				b.terminalCalls(ctx, t, c, group)
				called := b.callsTerminal(ctx, t, c, "h323:terminal", group)
				called.Order(t, "H")
				awaitEmpty(ctx, t, b, "room")
				called.Kill()
				stop()
				faultless(t, file, lab.Here)
				// By H.460.17 it announces that it multiplexes, and does not: it is given
				// ports of the call's own.
				if shared := len(dissect(t, file, "udp.dstport == 2776", nil, "frame.number")); (shared > 100) != (way.args == nil && media.h323 == "") {
					t.Errorf("%d packets came to the shared port", shared)
				}
			})
		}
	}
}
