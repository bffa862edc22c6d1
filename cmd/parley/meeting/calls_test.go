//go:build meeting

package meeting

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// TestCalls holds and resumes a call, calls out with "parley dial", and loses
// a phone whose program was killed.
func TestCalls(t *testing.T) {
	requirePrograms(t, "baresip")
	ctx, cancel := context.WithTimeout(t.Context(), 80*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig)
	events := b.watch(t, "room")
	group := listenGroup(t, groupAddress, lab.Here)

	// Its absence is noticed while the others talk on.
	lost, _ := startPhone(t, phone{Port: 5090, Codec: "PCMU/8000/1", Tone: secondTone}, "sip:room@"+lab.Here)
	lostID := b.await(ctx, t, "room", "phone 5090", named("5090")).ID
	group.awaitTone(ctx, t, secondTone, true)
	killed := time.Now()
	if err := lost.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}

	t.Run("hold", func(t *testing.T) {
		startPhone(t, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:room@"+lab.Here)
		group.awaitTone(ctx, t, phoneTone, true)
		id := b.await(ctx, t, "room", "phone 5070", named("5070")).ID
		talking := spectrum.Measure(group.record(ctx, t, 1), earRate, phoneTone)
		order(t, 5070, "hold", "")
		group.awaitTone(ctx, t, phoneTone, false)
		held := spectrum.Measure(group.record(ctx, t, 1), earRate, phoneTone)
		order(t, 5070, "resume", "")
		group.awaitTone(ctx, t, phoneTone, true)
		resumed := spectrum.Measure(group.record(ctx, t, 1), earRate, phoneTone)
		t.Logf("talking %.1f dB, on hold %.1f dB, resumed %.1f dB", talking.Tones[phoneTone], held.Tones[phoneTone], resumed.Tones[phoneTone])
		if held.Tones[phoneTone] > talking.Tones[phoneTone]-40 {
			t.Errorf("a phone on hold is heard at %.1f dB", held.Tones[phoneTone])
		}
		if d := resumed.Tones[phoneTone] - talking.Tones[phoneTone]; d > 2 || d < -2 {
			t.Errorf("holding changed the level by %.1f dB", d)
		}
		if after := b.await(ctx, t, "room", "phone 5070", named("5070")).ID; after != id {
			t.Errorf("holding changed the participant: %s, was %s", after, id)
		}
	})
	t.Run("dial", func(t *testing.T) { dialOut(ctx, t, b, group) })

	left := awaitLeft(ctx, t, events, lostID)
	took := left.seen.Sub(killed)
	t.Logf("the killed phone left the roster after %v: %s", took.Round(10*time.Millisecond), left.Cause)
	if took > 12*time.Second || left.Cause.Code != "timeout" {
		t.Errorf("the killed phone left after %v with cause %q: want timeout within 12 s", took, left.Cause.Code)
	}
}

// dialOut calls a phone that answers by itself, and one that is not there.
func dialOut(ctx context.Context, t *testing.T, b *bridge, group *ear) {
	const tone = 1300.0
	called, _ := startPhone(t, phone{Port: 5080, Codec: "PCMU/8000/1", Tone: tone, Account: ";answermode=auto"}, "")
	if err := called.Await(ctx, "baresip is ready"); err != nil {
		t.Fatal(err)
	}
	dial := func(uri string) (int, string) { return b.dial(ctx, t, uri) }
	if status, out := dial("sip:phone5080@" + lab.Here + ":5080"); status != 0 || !strings.Contains(out, "Answered") {
		t.Fatalf("dialling: status %d: %s", status, out)
	}
	group.awaitTone(ctx, t, tone, true)
	b.await(ctx, t, "room", "the called phone", func(p participant) bool { return p.Wire == "sip" && strings.Contains(p.Name, "5080") })

	start := time.Now()
	status, out := dial("sip:nobody@" + lab.Here + ":5999;transport=tcp")
	t.Logf("dialling a closed port failed after %v: %s", time.Since(start).Round(time.Millisecond), strings.TrimSpace(out))
	if status != 1 {
		t.Errorf("dialling a closed port: status %d, want 1", status)
	}
}
