//go:build meeting

package meeting

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/h323plus"
	"parley/cmd/parley/meeting/internal/lab"
)

// TestH323PlusTLS has a terminal of H323Plus and parley call each other over TLS,
// each with a certificate that the other demands, and refuse who has none of
// their authority.
func TestH323PlusTLS(t *testing.T) {
	requirePrograms(t, "ffmpeg", "tshark", "dumpcap")
	h323plus.Require(t)
	parleyBinary(t)
	host := lab.NewHost(t, terminalHost)
	ours, theirs := newAuthority(t), newAuthority(t)
	ours.issue(t, "bridge", host.Gateway)
	ours.issue(t, "terminal", host.Address)
	theirs.issue(t, "terminal", host.Address)
	for _, m := range modes {
		t.Run(m.String(), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
			defer cancel()
			file, stop := recordAll(t, "tcp", host.Interface)
			b := startBridge(t, terminalConfig(m, ", "+ours.tls("bridge", "host")))
			group := listenGroup(t, groupAddress, lab.Here)
			groupSpeaks(t, groupTone)
			c := h323plus.Config{
				Host: host, Aliases: "terminal", FastStart: m.fast, Tunnelling: true, Tone: terminalTone, Disable: "G.722",
				Args: []string{"--tls", "--tls-cafile", ours.file("ca"), "--tls-cert", ours.file("terminal"), "--tls-privkey", ours.file("terminal-key")},
			}

			c.Call = "room@" + host.Gateway + ":1300"
			b.terminalCalls(ctx, t, c, group)
			called := b.callsTerminal(ctx, t, c, "h323s:terminal@"+host.Address, group)
			if err := called.Await(ctx, "TLS  enabled for call"); err != nil {
				t.Error(err)
			}
			called.Order(t, "H")
			awaitEmpty(ctx, t, b, "room")
			called.Kill()

			c.Args = []string{"--tls", "--tls-cafile", ours.file("ca"), "--tls-cert", theirs.file("terminal"), "--tls-privkey", theirs.file("terminal-key")}
			stranger := h323plus.Start(t, c)
			if err := b.Process.Await(ctx, "TLS failed"); err != nil {
				t.Error(err)
			}
			stranger.Kill()

			c.Call = ""
			foreign := h323plus.Start(t, c)
			if err := foreign.Await(ctx, "Waiting for incoming calls"); err != nil {
				t.Fatal(err)
			}
			if status, out := b.dial(ctx, t, "h323s:terminal@"+host.Address); status == 0 || !strings.Contains(out, "unknown authority") {
				t.Errorf("dialling a stranger: status %d: %s", status, out)
			}
			foreign.Kill()
			stop()
			for _, line := range dissect(t, file, "tpkt || h225 || h245", nil, "frame.number", "_ws.col.Info") {
				t.Errorf("in the clear: %s", line)
			}
			if len(dissect(t, file, "tls.handshake.type == 2", []string{}, "frame.number")) < 2 {
				t.Error("no handshakes were recorded")
			}
		})
	}
}
