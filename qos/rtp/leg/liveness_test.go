package leg

import (
	"testing"
	"time"
)

// tick is how often calls check.
const tick = 500 * time.Millisecond

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func at(seconds float64) time.Time { return epoch.Add(time.Duration(seconds * float64(time.Second))) }

// A peer that falls silent is lost within 12 s, whenever it does so between
// two ticks.
func TestLivenessLost(t *testing.T) {
	l := Liveness{Timeout: DefaultTimeout, Since: epoch}
	last := at(3.1)
	for now := at(0.3); ; now = now.Add(tick) {
		heard := min(now.Sub(epoch), last.Sub(epoch))
		v := l.Check(now, epoch.Add(heard), true)
		if v == Lost {
			if quiet := now.Sub(last); quiet < DefaultTimeout || quiet > 12*time.Second {
				t.Errorf("lost after %v", quiet)
			}
			return
		}
		if now.Sub(epoch) > time.Minute {
			t.Fatal("never lost")
		}
	}
}

func TestLivenessNeverHeard(t *testing.T) {
	l := Liveness{Timeout: 10 * time.Second, Since: epoch}
	if v := l.Check(at(0), time.Time{}, true); v != There {
		t.Errorf("at once: %v", v)
	}
	if v := l.Check(at(10), time.Time{}, true); v != Lost {
		t.Errorf("after 10 s: %v", v)
	}
}

func TestLivenessHold(t *testing.T) {
	l := Liveness{Timeout: 10 * time.Second, Since: epoch}
	l.Check(at(0), at(0), true)
	steps := []struct {
		at        float64
		expecting bool
		want      Verdict
		answer    bool
	}{
		{1, false, There, false},    // on hold from here
		{4.9, false, There, false},  // silence is no matter
		{5, false, Doubtful, false}, // 4 s: ask
		{5.5, false, There, true},   // once, and it answers
		{9.4, false, There, false},
		{9.5, false, Doubtful, true},
		{12, true, There, false}, // resumed: counts from here
		{21.9, true, There, false},
		{22, false, There, false}, // on hold again, and gone
		{26, false, Doubtful, false},
		{30, false, Doubtful, false},
		{31.9, false, There, false},
		{32, false, Lost, false},
	}
	for _, s := range steps {
		if got := l.Check(at(s.at), at(0), s.expecting); got != s.want {
			t.Errorf("at %v s: %v, want %v", s.at, got, s.want)
		}
		if s.answer {
			l.Answered(at(s.at))
		}
	}
}
