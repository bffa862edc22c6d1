//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/asterisk"
	"parley/cmd/parley/meeting/internal/lab"
)

// TestZoneTLS has one bridge register at another's gatekeeper; they tell each other
// where they take calls over TLS, and call each other so (H.460.22).
func TestZoneTLS(t *testing.T) {
	requirePrograms(t, "tshark", "dumpcap")
	parleyBinary(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	a := newAuthority(t)
	a.issue(t, "near", lab.Here)
	a.issue(t, "distant", lab.There)
	file, stop := recordAll(t, "", lab.Interface)
	b := startBridge(t, meetingConfig+"h323: {"+a.tls("near", "host")+"}\n")
	far := startThere(t, "conferences: [{id: far, numbers: [\"4000\"]}]\n"+
		"gatekeeper: {enabled: false}\nh323: {name: distant, gatekeeper: {address: "+lab.Here+"}, "+a.tls("distant", "host")+"}\n")
	if err := far.Await(ctx, "state=registered"); err != nil {
		t.Fatal(err)
	}
	if status, out := b.dial(ctx, t, "h323:4000"); status != 0 || !strings.Contains(out, "Answered") {
		t.Errorf("dialling who is registered: status %d: %s", status, out)
	}
	if status, out := dialThere(ctx, t, "far", "h323:room"); status != 0 || !strings.Contains(out, "Answered") {
		t.Errorf("dialling by the gatekeeper: status %d: %s", status, out)
	}
	stop()
	for _, line := range dissect(t, file, "tcp && (h225 || h245)", nil, "frame.number", "ip.src", "_ws.col.Info") {
		t.Errorf("in the clear: %s", strings.TrimSpace(line))
	}
	if n := len(dissect(t, file, "tls.handshake.type == 2", nil, "frame.number")); n != 2 {
		t.Errorf("%d connections over TLS", n)
	}
}

// TestZoneTelephones has Asterisks register at parley's gatekeeper. A SIP telephone
// calls one by its number and one by its name, and each calls a SIP telephone by a
// number that the gatekeeper finds: tones go both ways.
func TestZoneTelephones(t *testing.T) {
	requirePrograms(t, "baresip")
	b := startBridge(t, meetingConfig+"routes: [{dial: \"77*\", to: \"sip:phone{rest}@"+lab.Here+":{rest}\", allow: [10.99.0.0/16]}]\n")
	for i, suite := range asterisk.Suites() {
		t.Run(suite, func(t *testing.T) {
			asterisk.Require(t, suite)
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			host := lab.NewHost(t, 40+i)
			number := fmt.Sprint(2000 + i)
			a := asterisk.Start(t, asterisk.Config{
				Suite: suite, Host: host, Gatekeeper: lab.Here, Number: number,
				Remotes: []asterisk.Remote{{Name: "near", Address: host.Gateway, FastStart: true, Tunnelling: true}, {Name: "here", Address: lab.Here, FastStart: true, Tunnelling: true}},
			})
			if err := b.Await(ctx, asterisk.Name(suite)+" "+number); err != nil {
				t.Fatal(err)
			}
			port := 5300 + 20*i
			called := []string{number, asterisk.Name(suite)}[i]
			caller, dir := startPhone(t, phone{Port: port, Codec: "PCMA/8000/1", Tone: phoneTone}, "sip:"+called+"@"+lab.Here)
			in, err := a.Met(ctx, called)
			if err != nil {
				t.Fatal(err)
			}
			awaitTone(ctx, t, a.Recording(in.UniqueID), phoneTone)
			if !pause(ctx, time.Second) {
				t.Fatal(ctx.Err())
			}
			caller.Stop(ctx)
			pcm, rate := heard(t, dir)
			judge(t, "the telephone that called "+called, lastSeconds(pcm, rate, 2), rate, phoneTone, asterisk.Tone)
			if _, err := in.Ended(ctx); err != nil {
				t.Error(err)
			}
			port += 10
			telephone, dir := startPhone(t, phone{Port: port, Codec: "PCMU/8000/1", Tone: phoneTone, Account: ";answermode=auto"}, "")
			if err := telephone.Await(ctx, "baresip is ready"); err != nil {
				t.Fatal(err)
			}
			out, err := a.DialHost(ctx, fmt.Sprint("77", port), asterisk.Meet)
			if err != nil {
				t.Fatal(err)
			}
			if err := out.Answered(ctx); err != nil {
				t.Fatal(err)
			}
			awaitTone(ctx, t, a.Recording(out.UniqueID), phoneTone)
			if !pause(ctx, time.Second) {
				t.Fatal(ctx.Err())
			}
			if err := out.Hangup(ctx); err != nil {
				t.Fatal(err)
			}
			if err := telephone.Await(ctx, "session closed"); err != nil {
				t.Errorf("the telephone was not told of the end: %v", err)
			}
			pcm, rate = heard(t, dir)
			judge(t, "the telephone that was called", lastSeconds(pcm, rate, 2), rate, phoneTone, asterisk.Tone)
		})
	}
}
