//go:build meeting

package meeting

import (
	"context"
	"os"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/asterisk"
	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// TestAsterisks has the two Asterisks call each other, without parley: what
// the H.323 meetings stand on. Each plays a tone, and hears the other's.
func TestAsterisks(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	one, other := lab.NewHost(t, 16), lab.NewHost(t, 22)
	caller := asterisk.Start(t, asterisk.Config{Suite: "bullseye", Host: one, Remotes: []asterisk.Remote{{Name: "other", Address: other.Address, FastStart: true, Tunnelling: true}}})
	called := asterisk.Start(t, asterisk.Config{Suite: "sid", Host: other, Remotes: []asterisk.Remote{{Name: "one", Address: one.Address}}})

	out, err := caller.Dial(ctx, asterisk.Meet, "other", asterisk.Meet)
	if err != nil {
		t.Fatal(err)
	}
	in, err := called.Met(ctx, asterisk.Meet)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Answered(ctx); err != nil {
		t.Fatal(err)
	}
	if err := in.Press(ctx, "1#"); err != nil {
		t.Fatal(err)
	}
	if digits, err := out.Digits(ctx, 2); err != nil || digits != "1#" {
		t.Errorf("digits %q arrived: %v", digits, err)
	}
	for _, file := range []string{caller.Recording(out.UniqueID), called.Recording(in.UniqueID)} {
		awaitTone(ctx, t, file, asterisk.Tone)
	}
	if err := in.Hangup(ctx); err != nil {
		t.Fatal(err)
	}
	if cause, err := out.Ended(ctx); err != nil || !clears(cause, 16, mode{}) {
		t.Errorf("the call ended with cause %d: %v", cause, err)
	}
}

// awaitTone waits until the last second of a recording that is being written
// is the tone, 20 dB above all else.
func awaitTone(ctx context.Context, t *testing.T, file string, tone float64) {
	t.Helper()
	var last spectrum.Measurement
	for {
		if _, err := os.Stat(file); err == nil {
			if pcm, rate, err := spectrum.ReadWAV(file); err == nil {
				last = spectrum.Measure(lastSeconds(pcm, rate, 1), rate, tone)
				if last.Duration >= 1 && last.Tones[tone] > last.Floor+20 && last.Tones[tone] > -40 {
					t.Logf("%s: %v", file, last)
					return
				}
			}
		}
		if !pause(ctx, 100*time.Millisecond) {
			t.Fatalf("%s has no %g Hz: %v", file, tone, last)
		}
	}
}
