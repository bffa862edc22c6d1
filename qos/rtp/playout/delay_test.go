package playout

import (
	"testing"
	"time"

	"parley/codecs"
)

// TestDelayIsTrue plays a ramp whose samples tell their own time, so that the
// delay that Stats claims can be compared with the one that is.
func TestDelayIsTrue(t *testing.T) {
	for name, c := range map[string]struct {
		path   func(int) time.Duration
		packet time.Duration
	}{
		"clean":       {between(0, ms), 20 * ms},
		"clean 10 ms": {between(0, ms), 10 * ms},
		"clean 1 ms":  {between(0, ms/10), ms},
		"jitter":      {between(0, 40*ms), 20 * ms},
		"bursts":      {func(n int) time.Duration { return time.Duration(4-n%5) * 20 * ms }, 20 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			b := linearRig(48000)
			// One step a millisecond, for half a minute.
			b.signal = func(n int64) int16 { return int16(n / 48) }
			b.path, b.packet = c.path, c.packet
			b.run(25 * time.Second)
			var frame codecs.Frame
			b.send()
			b.deliver()
			if !b.buf.ReadFrame(&frame) {
				t.Fatal("silence")
			}
			// The first sample was recorded then, and its packet sent when
			// it was full.
			recorded := time.Duration(frame[0]) * ms
			got := b.clock - recorded - b.packet
			if s := b.buf.Stats(); got < s.Delay-5*ms/2 || got > s.Delay+5*ms/2 {
				t.Errorf("delay %v, claimed %v", got, s.Delay)
			}
		})
	}
}

// TestDelayFollowsJitter raises and lowers the jitter of the path.
func TestDelayFollowsJitter(t *testing.T) {
	b := linearRig(16000)
	b.signal = speech(16000)
	high := between(0, 60*ms)
	jitter := false
	b.path = func(n int) time.Duration {
		if jitter {
			return high(n)
		}
		return 0
	}
	check := func(when string, low, high time.Duration) {
		t.Helper()
		s := b.buf.Stats()
		t.Logf("%s: %+v", when, s)
		if s.Delay < low || s.Delay > high || s.Target < low || s.Target > high {
			t.Errorf("%s: delay %v, target %v, want %v to %v", when, s.Delay, s.Target, low, high)
		}
	}
	b.run(5 * time.Second)
	check("at first", 8*ms, 32*ms)
	jitter = true
	b.run(2 * time.Second)
	check("2 s with jitter", 45*ms, 90*ms)
	before := b.buf.Stats().Concealed
	b.run(18 * time.Second)
	check("20 s with jitter", 50*ms, 90*ms)
	if n := b.buf.Stats().Concealed - before; n > 4 {
		t.Errorf("%d frames concealed although the delay had adapted", n)
	}
	jitter = false
	b.run(30 * time.Second)
	check("30 s without", 8*ms, 32*ms)
}
