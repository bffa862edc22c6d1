package bridge

import (
	"testing"
	"time"
)

// What is above a peer's limit is withheld up to a key frame that fits, and that
// key frame is asked for.
func TestGate(t *testing.T) {
	var g gates
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	send := func(octets int, keyframe bool) (pass, again bool) { return g.pass(0, octets, keyframe, now) }
	for range 1000 {
		if pass, again := send(1400, false); !pass || again {
			t.Fatal("withheld without a limit")
		}
	}
	g.SetLimit(0, 64_000)
	sent := 0
	for pass := true; pass; { // a burst
		if pass, _ = send(1000, false); pass {
			sent += 8 * 1000
		}
	}
	if sent < 64_000 || sent > 90_000 {
		t.Errorf("%d bits passed at once under a limit of 64000 bit/s", sent)
	}
	asked := 0
	for range 100 { // 5 s
		now = now.Add(50 * time.Millisecond)
		pass, again := send(100, false)
		if pass {
			t.Fatal("passes in the middle of a picture that depends on others")
		}
		if again {
			asked++
		}
	}
	if asked != 2 {
		t.Errorf("asked for a key frame %d times in 5 s", asked)
	}
	if pass, _ := send(1000, true); !pass {
		t.Error("the key frame is withheld")
	}
	if pass, _ := send(1000, false); !pass {
		t.Error("what follows it is withheld")
	}
	g.SetLimit(0, 0)
	if pass, _ := send(100_000, false); !pass {
		t.Error("withheld after the limit was lifted")
	}
}
