package webrtc

import (
	"testing"
	"time"
)

func TestLiveness(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	fresh := func() *liveness {
		l := &liveness{window: 30 * time.Second}
		l.connected(start)
		return l
	}
	t.Run("ping and quality", func(t *testing.T) {
		l := fresh()
		var pings, reports int
		for s := 1; s <= 20; s++ {
			l.heard(at(s))
			d := l.tick(at(s))
			if d.ping {
				pings++
			}
			if d.quality {
				reports++
			}
			if d.dropSocket || d.timeout || d.mediaFailed {
				t.Fatalf("at %d s: %+v", s, d)
			}
		}
		if pings != 4 || reports != 10 {
			t.Errorf("%d pings and %d reports in 20 s, want 4 and 10", pings, reports)
		}
	})
	t.Run("no pong", func(t *testing.T) {
		l := fresh()
		if d := l.tick(at(14)); d.dropSocket {
			t.Error("dropped early")
		}
		if d := l.tick(at(15)); !d.dropSocket {
			t.Error("not dropped")
		}
	})
	t.Run("seat", func(t *testing.T) {
		l := fresh()
		l.disconnected(at(5))
		l.disconnected(at(20)) // told twice, counts once
		if d := l.tick(at(34)); d.timeout {
			t.Error("timed out early")
		}
		if d := l.tick(at(35)); !d.timeout {
			t.Error("not timed out")
		}
		l.connected(at(36))
		if d := l.tick(at(40)); d.timeout || d.dropSocket {
			t.Errorf("after return: %+v", d)
		}
	})
	t.Run("media", func(t *testing.T) {
		l := fresh()
		l.media(false, at(1))
		l.media(false, at(20))
		l.heard(at(30))
		if d := l.tick(at(30)); d.mediaFailed {
			t.Error("failed early")
		}
		if d := l.tick(at(31)); !d.mediaFailed {
			t.Error("not failed")
		}
		l.media(true, at(32))
		l.heard(at(70))
		if d := l.tick(at(70)); d.mediaFailed {
			t.Error("failed with a path")
		}
	})
}

func TestBucket(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := newBucket(now)
	for i := range MessageBurst {
		if !b.take(now) {
			t.Fatalf("message %d refused", i)
		}
	}
	if b.take(now) {
		t.Error("no limit")
	}
	now = now.Add(time.Second)
	for i := range MessageRate {
		if !b.take(now) {
			t.Fatalf("message %d of the next second refused", i)
		}
	}
	if b.take(now) {
		t.Error("no limit on the rate")
	}
}
