//go:build meeting

package meeting

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// farTone is what a telephone in the far bridge's conference speaks.
const farTone = 1300.0

// farHTTP is where the far bridge's page is.
const farHTTP = lab.There + ":8080"

// startFar runs a second bridge on the second host.
func startFar(t *testing.T, config string) *lab.Process {
	t.Helper()
	path := filepath.Join(t.TempDir(), "far.yaml")
	write(t, path, "http: {listen: \""+farHTTP+"\"}\n"+config)
	p := onOther(t, parleyBinary(t), "serve", "--config", path)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := p.Await(ctx, "is ready"); err != nil {
		t.Fatal(err)
	}
	return p
}

// h323Modes are the ways in which a call is set up.
var h323Modes = []struct{ name, config string }{
	{"fast, tunnelled", "fast_start: true"},
	{"fast, separate", "tunnelling: false"},
	{"slow, tunnelled", "fast_start: false"},
	{"slow, separate", "fast_start: false, tunnelling: false"},
	{"early", "fast_start: false, tunnelling: false, early_h245: true"},
}

// TestH323 has two bridges call each other by H.323, in each mode of setting a
// call up: a telephone at the far one hears the group and the telephone at the
// near one, and the group hears it.
func TestH323(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip")
	for i, mode := range h323Modes {
		t.Run(mode.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			b := startBridge(t, meetingConfig+"h323: {"+mode.config+"}\n")
			startFar(t, "conferences: [{id: far, numbers: [\"4000\"]}]\n")
			messages := lab.Start(t, nil, parleyBinary(t), "trace", "--url", b.URL)
			b.meetFar(ctx, t, i, "h323:4000@"+lab.There, lab.There)
			for _, name := range []string{"Q.931 setup", "Q.931 connect", "terminalCapabilitySet", "masterSlaveDetermination", "Q.931 releaseComplete"} {
				if err := messages.Await(ctx, name); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// meetFar dials the far bridge's conference 4000, judges what telephones at both
// hear, and removes the far bridge, which was reached by way of via.
func (b *bridge) meetFar(ctx context.Context, t *testing.T, i int, uri, via string) {
	t.Helper()
	c := b.converse(t, i)
	status, out := b.dial(ctx, t, uri)
	if status != 0 || !strings.Contains(out, "Answered") {
		t.Fatalf("dialling: status %d: %s", status, out)
	}
	c.judge(ctx, t)
	seat := b.await(ctx, t, "room", "the far bridge", onH323)
	if !strings.HasSuffix(seat.Address, "@"+via) {
		t.Errorf("the far bridge is at %s, want %s", seat.Address, via)
	}
	b.control(t, http.MethodDelete, "/api/v1/conferences/room/participants/"+seat.ID, "")
	c.group.awaitTone(ctx, t, farTone, false)
}

// conversation is who speaks at two bridges: the group and a telephone at the near
// one, and a telephone at the far one.
type conversation struct {
	group           *ear
	near, far       *lab.Process
	nearDir, farDir string
}

func (b *bridge) converse(t *testing.T, i int) *conversation {
	t.Helper()
	c := &conversation{group: listenGroup(t, groupAddress, lab.Here)}
	groupSpeaks(t, groupTone)
	c.near, c.nearDir = startPhone(t, phone{Port: 5070 + 10*i, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:room@"+lab.Here)
	c.far, c.farDir = startPhone(t, phone{Port: 5170 + 10*i, Codec: "PCMA/8000/1", Tone: farTone}, "sip:4000@"+lab.There)
	return c
}

// judge measures what the telephones hear once all speak.
func (c *conversation) judge(ctx context.Context, t *testing.T) {
	t.Helper()
	c.group.awaitTone(ctx, t, farTone, true)
	c.group.awaitTone(ctx, t, phoneTone, true)
	c.group.record(ctx, t, 3.5) // while the telephones record
	c.near.Stop(ctx)
	c.far.Stop(ctx)
	pcm, rate := heard(t, c.farDir)
	judge(t, "the far telephone", lastSeconds(pcm, rate, 2.5), rate, farTone, groupTone, phoneTone)
	pcm, rate = heard(t, c.nearDir)
	judge(t, "the near telephone", lastSeconds(pcm, rate, 2.5), rate, phoneTone, groupTone, farTone)
}

// TestH323Routed has two bridges that are registered at a third one's gatekeeper
// call each other by number in each mode, with their signalling routed by it; and
// the far one call the near one, at whose own gatekeeper it is registered.
func TestH323Routed(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip")
	third := lab.NewHost(t, 30)
	route := lab.InOther("ip", "route", "replace", third.Network(), "via", lab.Here)
	lab.Run(t, route[0], route[1:]...)
	const farConference = "conferences: [{id: far, numbers: [\"4000\"]}]\n"
	registered := func(ctx context.Context, t *testing.T, bridges ...*lab.Process) {
		for _, p := range bridges {
			if err := p.Await(ctx, "state=registered"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, mode := range h323Modes {
		if mode.name == "early" {
			continue
		}
		t.Run(mode.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			startThird(t, third)
			rest := "gatekeeper: {address: " + third.Address + "}, " + mode.config + "}\ngatekeeper: {enabled: false}\n"
			b := startBridge(t, meetingConfig+"h323: {"+rest)
			far := startFar(t, farConference+"h323: {name: far-bridge, "+rest)
			registered(ctx, t, b.Process, far)
			b.meetFar(ctx, t, 5+i, "h323:4000", third.Address)
		})
	}
	t.Run("own gatekeeper", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		defer cancel()
		const slow = "fast_start: false, tunnelling: false"
		b := startBridge(t, meetingConfig+"h323: {"+slow+"}\ngatekeeper: {routed: true, users_only: true, users: [{name: far-bridge, password: secret, aliases: [far, \"4000\"]}]}\n")
		far := startFar(t, farConference+"api: {token: "+farToken+"}\ngatekeeper: {enabled: false}\n"+
			"h323: {name: far-bridge, gatekeeper: {address: "+lab.Here+", user: far-bridge, password: secret}, "+slow+"}\n")
		registered(ctx, t, far)
		c := b.converse(t, 9)
		command := lab.InOther(parleyBinary(t), "dial", "h323:room", "--conference", "far", "--url", "http://"+farHTTP)
		p := lab.Start(t, []string{"PARLEY_API_TOKEN=" + farToken}, command[0], command[1:]...)
		if status, err := p.Wait(ctx); err != nil || status != 0 {
			t.Fatalf("dialling: status %d, %v: %s", status, err, p.Output())
		}
		if err := far.Await(ctx, "remote="+lab.Here+":1721"); err != nil {
			t.Errorf("not routed: %v", err)
		}
		// To the conference, the call is the caller's though it comes from the gatekeeper.
		if seat := b.await(ctx, t, "room", "the far bridge", onH323); !strings.HasSuffix(seat.Address, "@"+lab.There) {
			t.Errorf("the far bridge is at %s", seat.Address)
		}
		c.judge(ctx, t)
	})
}

// farToken is for the far bridge's API.
const farToken = "far-away-and-secret"

// startThird runs a bridge that is nothing but a gatekeeper, which routes calls.
func startThird(t *testing.T, at *lab.Host) *lab.Process {
	t.Helper()
	path := filepath.Join(t.TempDir(), "third.yaml")
	write(t, path, "sip: {enabled: false}\nwebrtc: {enabled: false}\nmulticast: {enabled: false}\nconferences: [{id: third}]\n"+
		"gatekeeper: {routed: true}\n")
	command := at.Command(parleyBinary(t), "serve", "--config", path)
	p := lab.Start(t, nil, command[0], command[1:]...)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := p.Await(ctx, "is ready"); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestH323Refusals dials what does not answer: the cause is told.
func TestH323Refusals(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig)
	startFar(t, "conferences: [{id: far, max_participants: 1}]\n")
	startPhone(t, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: farTone}, "sip:far@"+lab.There)
	for _, tt := range []struct{ uri, want string }{
		{"h323:nowhere@" + lab.There, "(20)"},
		{"h323:4711@" + lab.There, "(1)"},
		{"h323:" + lab.There + ":1999", "call failed"},
		{"h323:nobody", "(1)"},
	} {
		if status, out := b.dial(ctx, t, tt.uri); status != 1 || !strings.Contains(out, tt.want) {
			t.Errorf("%s: status %d: %s", tt.uri, status, out)
		}
	}
	for range 20 { // until the telephone is in
		status, out := b.dial(ctx, t, "h323:far@"+lab.There)
		if status == 1 && strings.Contains(out, "busy") {
			return
		}
	}
	t.Error("a full conference is not busy")
}

// dial calls uri into room by "parley dial".
func (b *bridge) dial(ctx context.Context, t *testing.T, uri string) (int, string) {
	t.Helper()
	p := lab.Start(t, nil, parleyBinary(t), "dial", uri, "--conference", "room", "--url", b.URL)
	status, err := p.Wait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return status, p.Output()
}

// TestGatekeeper has the far bridge find the near one's gatekeeper by multicast
// and register there; then the near one calls it by number.
func TestGatekeeper(t *testing.T) {
	requirePrograms(t, "baresip")
	for name, address := range map[string]string{"address": lab.Here, "discovery": "discover"} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			b := startBridge(t, meetingConfig+"gatekeeper: {users: [{name: far-bridge, password: secret}], users_only: true}\n")
			far := startFar(t, "conferences: [{id: far, numbers: [\"4000\"]}]\ngatekeeper: {enabled: false}\n"+
				"h323: {name: far-bridge, gatekeeper: {address: "+address+", user: far-bridge, password: secret}}\n")
			if err := far.Await(ctx, "state=registered"); err != nil {
				t.Fatal(err)
			}
			group := listenGroup(t, groupAddress, lab.Here)
			startPhone(t, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: farTone}, "sip:4000@"+lab.There)
			status, out := b.dial(ctx, t, "h323:4000")
			if status != 0 || !strings.Contains(out, "Answered") {
				t.Fatalf("dialling: status %d: %s", status, out)
			}
			group.awaitTone(ctx, t, farTone, true)
			if status, out := b.dial(ctx, t, "h323:4001"); status != 1 || !strings.Contains(out, "(1)") {
				t.Errorf("dialling nobody: status %d: %s", status, out)
			}
		})
	}
}
