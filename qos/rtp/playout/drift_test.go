package playout

import (
	"testing"
	"time"

	"parley/codecs"
)

// TestClockDrift plays an hour of a sender whose clock is off by 300 ppm: the
// delay is where it was, although the sender made a second more or less.
func TestClockDrift(t *testing.T) {
	simulation(t)
	const hour = time.Hour
	for name, rate := range map[string]float64{"fast": 1 + 300e-6, "slow": 1 - 300e-6} {
		t.Run(name, func(t *testing.T) {
			b := newRig(codecs.Format{Name: "terse", ClockRate: 48000, Channels: 1}, terseCodec())
			b.rate = rate
			low, high := time.Hour, time.Duration(0)
			for end := b.clock + hour; b.clock < end; {
				b.run(time.Second)
				d := b.buf.Stats().Delay
				low, high = min(low, d), max(high, d)
			}
			s := b.buf.Stats()
			t.Logf("delay %v to %v, %+v", low, high, s)
			if low < 7*ms || high > 35*ms {
				t.Errorf("delay from %v to %v", low, high)
			}
			drift := int64(hour/time.Second) * codecs.SampleRate * 300 / 1_000_000
			moved := int64(s.Compressed) - int64(s.Stretched)
			if rate < 1 {
				moved = -moved
			}
			if slack := moved - drift; slack > 1500 || slack < -1500 {
				t.Errorf("moved %d samples, want %d", moved, drift)
			}
			if s.Concealed > 4 || b.gaps > 2 || s.Late > 0 {
				t.Errorf("concealed %d, silent %d, late %d", s.Concealed, b.gaps, s.Late)
			}
		})
	}
}
