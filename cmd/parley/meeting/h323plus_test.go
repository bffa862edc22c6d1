//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/h323plus"
	"parley/cmd/parley/meeting/internal/lab"
)

// Of the terminal with H323Plus: its host's number in the lab, and what it
// speaks.
const (
	terminalHost = 24
	terminalTone = 990.0
)

// terminalConfig is the bridge's configuration to meet it.
func terminalConfig(m mode, h323 string) string {
	return meetingConfig + fmt.Sprintf("  - {id: closed, pin: %q, numbers: [\"1024\"]}\nh323: {fast_start: %v, tunnelling: %v%s}\n",
		pin, m.fast, m.tunnelled, h323)
}

// TestH323Plus has a terminal of H323Plus and parley call each other, in each
// way to set calls up.
func TestH323Plus(t *testing.T) {
	requirePrograms(t, "ffmpeg", "tshark", "dumpcap")
	h323plus.Require(t)
	parleyBinary(t)
	host := lab.NewHost(t, terminalHost)
	for _, m := range modes {
		t.Run(m.String(), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			file, stop := recordAll(t, "", host.Interface)
			b := startBridge(t, terminalConfig(m, ""))
			group := listenGroup(t, groupAddress, lab.Here)
			groupSpeaks(t, groupTone)
			c := h323plus.Config{Host: host, Aliases: "terminal", FastStart: m.fast, Tunnelling: m.tunnelled, Tone: terminalTone, Disable: "G.722"}

			c.Call = "closed@" + host.Gateway
			knocking := h323plus.Start(t, c)
			if err := knocking.Await(ctx, "In call with"); err != nil {
				t.Fatal(err)
			}
			knocking.Order(t, "*"+pin)
			b.await(ctx, t, "closed", "there after digits", onH323)
			knocking.Kill()
			awaitEmpty(ctx, t, b, "closed")

			c.Call = "room@" + host.Gateway
			b.terminalCalls(ctx, t, c, group)
			called := b.callsTerminal(ctx, t, c, "h323:terminal@"+host.Address, group)
			called.Order(t, "H")
			awaitEmpty(ctx, t, b, "room")
			called.Kill()
			stop()
			faultless(t, file, host.Gateway)
		})
	}
}

// talkWith waits for the tones of the group and of a terminal at the other's end.
func talkWith(ctx context.Context, t *testing.T, p *h323plus.Terminal, group *ear) {
	t.Helper()
	group.awaitTone(ctx, t, terminalTone, true)
	awaitTone(ctx, t, p.Heard, groupTone)
}

// terminalCalls has a terminal call the room, talk with the group, and be sent away.
func (b *bridge) terminalCalls(ctx context.Context, t *testing.T, c h323plus.Config, group *ear) {
	t.Helper()
	calling := h323plus.Start(t, c)
	seat := b.await(ctx, t, "room", "the terminal", onH323)
	talkWith(ctx, t, calling, group)
	b.control(t, http.MethodDelete, "/api/v1/conferences/room/participants/"+seat.ID, "")
	if err := calling.Await(ctx, "duration"); err != nil {
		t.Error(err)
	}
	awaitEmpty(ctx, t, b, "room")
	calling.Kill()
}

// callsTerminal has the bridge call a terminal that waits, which then talks with the
// group.
func (b *bridge) callsTerminal(ctx context.Context, t *testing.T, c h323plus.Config, target string, group *ear) *h323plus.Terminal {
	t.Helper()
	c.Call = ""
	called := h323plus.Start(t, c)
	if err := called.Await(ctx, "Waiting for incoming calls"); err != nil {
		t.Fatal(err)
	}
	if status, out := b.dial(ctx, t, target); status != 0 || !strings.Contains(out, "Answered") {
		t.Fatalf("dialling: status %d: %s", status, out)
	}
	talkWith(ctx, t, called, group)
	return called
}
