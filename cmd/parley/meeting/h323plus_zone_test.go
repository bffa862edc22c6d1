//go:build meeting

package meeting

import (
	"context"
	"net/http"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/gnugk"
	"parley/cmd/parley/meeting/internal/h323plus"
	"parley/cmd/parley/meeting/internal/lab"
)

// TestH323PlusRegistered has a terminal register at parley's gatekeeper, with a
// password, and at GnuGk beside parley; it calls the conference by name and
// number, and is called by name.
func TestH323PlusRegistered(t *testing.T) {
	requirePrograms(t, "ffmpeg", "tshark", "dumpcap")
	h323plus.Require(t)
	parleyBinary(t)
	host := lab.NewHost(t, terminalHost)
	m := mode{fast: true, tunnelled: true}
	for _, where := range []string{"parley", "GnuGk"} {
		t.Run(where, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
			defer cancel()
			c := h323plus.Config{
				Host: host, Aliases: "terminal,2024", FastStart: m.fast, Tunnelling: m.tunnelled,
				Tone: terminalTone, Disable: "G.722", Password: "secret", Gatekeeper: host.Gateway,
			}
			config := terminalConfig(m, "") + "gatekeeper: {users_only: true, users: [{name: terminal, password: secret, aliases: [\"2024\"]}]}\n"
			interfaces, addresses := []string{host.Interface}, []string{host.Gateway, lab.Here}
			if where == "GnuGk" {
				g := startGnuGk(t, map[string]string{
					"Gatekeeper::Auth":   "SimplePasswordAuth=required;RRQ,ARQ\n",
					"SimplePasswordAuth": "terminal=" + gnugk.Password("terminal", "secret") + "\nnear=" + gnugk.Password("near", "secret") + "\n",
				})
				config = terminalConfig(m, ", name: near, gatekeeper: {address: "+g.Host.Address+", user: near, password: secret}") + "gatekeeper: {enabled: false}\n"
				c.Gatekeeper = g.Host.Address
				interfaces, addresses = append(interfaces, g.Host.Interface), append(addresses, g.Host.Gateway)
			}
			file, stop := recordAll(t, "", interfaces...)
			b := startBridge(t, config)
			if where == "GnuGk" {
				awaitState(ctx, t, b.Process, "registered", 1)
			}
			group := listenGroup(t, groupAddress, lab.Here)
			groupSpeaks(t, groupTone)
			for _, name := range []string{"room", "1024"} {
				c.Call = name
				calling := h323plus.Start(t, c)
				if name == "1024" {
					if err := calling.Await(ctx, "In call with"); err != nil {
						t.Fatal(err)
					}
					calling.Order(t, "*"+pin)
					b.await(ctx, t, "closed", "there after digits", onH323)
					calling.Kill()
					awaitEmpty(ctx, t, b, "closed")
					continue
				}
				seat := b.await(ctx, t, "room", "the terminal", onH323)
				talkWith(ctx, t, calling, group)
				b.control(t, http.MethodDelete, "/api/v1/conferences/room/participants/"+seat.ID, "")
				if err := calling.Await(ctx, "duration"); err != nil {
					t.Error(err)
				}
				calling.Kill()
			}
			called := b.callsTerminal(ctx, t, c, "h323:2024", group)
			called.Order(t, "H")
			awaitEmpty(ctx, t, b, "room")
			stop()
			faultless(t, file, addresses...)
		})
	}
}

// TestH323PlusEncrypted has the terminal and parley encrypt what they say.
func TestH323PlusEncrypted(t *testing.T) {
	requirePrograms(t, "ffmpeg", "tshark", "dumpcap")
	h323plus.Require(t)
	parleyBinary(t)
	host := lab.NewHost(t, terminalHost)
	for _, m := range modes {
		t.Run(m.String(), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
			defer cancel()
			file, stop := recordAll(t, "", host.Interface)
			b := startBridge(t, terminalConfig(m, ", encryption: require"))
			group := listenGroup(t, groupAddress, lab.Here)
			groupSpeaks(t, groupTone)
			c := h323plus.Config{
				Host: host, Aliases: "terminal", FastStart: m.fast, Tunnelling: m.tunnelled, Tone: terminalTone,
				Disable: "G.722", Args: []string{"-m", "128", "--maxtoken", "1024"}, Call: "room@" + host.Gateway,
			}
			b.terminalCalls(ctx, t, c, group)
			called := b.callsTerminal(ctx, t, c, "h323:terminal@"+host.Address, group)
			called.Order(t, "H")
			awaitEmpty(ctx, t, b, "room")
			stop()
			faultless(t, file, host.Gateway)
		})
	}
}
