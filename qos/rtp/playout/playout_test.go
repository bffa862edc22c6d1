package playout

import (
	"math/rand/v2"
	"testing"
	"time"
)

const ms = time.Millisecond

// between draws delays from low to high, evenly.
func between(low, high time.Duration) func(int) time.Duration {
	r := rand.New(rand.NewPCG(1, 2))
	return func(int) time.Duration { return low + time.Duration(r.Int64N(int64(high-low))) }
}

func lossy(share float64) func(int) time.Duration {
	r := rand.New(rand.NewPCG(3, 4))
	return func(int) time.Duration {
		if r.Float64() < share {
			return -1
		}
		return time.Duration(r.Int64N(int64(ms)))
	}
}

// TestPatterns plays 30 s of a tone over paths of all kinds, the first 3 s
// of which are not counted.
func TestPatterns(t *testing.T) {
	simulation(t)
	for name, c := range map[string]struct {
		path                func(int) time.Duration
		rate                float64
		packet              time.Duration
		low, high           time.Duration // delay
		least, most         float64       // share of frames concealed
		gapsLeast, gapsMost int
	}{
		"clean":          {path: between(0, ms), low: 8 * ms, high: 30 * ms},
		"clean 10 ms":    {path: between(0, ms), packet: 10 * ms, low: 15 * ms, high: 27 * ms},
		"clean 30 ms":    {path: between(0, ms), packet: 30 * ms, low: 15 * ms, high: 30 * ms},
		"clean 40 ms":    {path: between(0, ms), packet: 40 * ms, low: 8 * ms, high: 30 * ms},
		"clean 60 ms":    {path: between(0, ms), packet: 60 * ms, low: 8 * ms, high: 30 * ms},
		"clean 1 ms":     {path: between(0, ms/2), packet: ms, low: 18 * ms, high: 28 * ms},
		"clean 2.5 ms":   {path: between(0, ms), packet: 5 * ms / 2, low: 18 * ms, high: 28 * ms},
		"fast sender":    {path: between(0, ms), rate: 1 + 300e-6, low: 8 * ms, high: 35 * ms},
		"slow sender":    {path: between(0, ms), rate: 1 - 300e-6, low: 8 * ms, high: 35 * ms},
		"jitter":         {path: between(0, 40*ms), low: 35 * ms, high: 75 * ms, most: .01},
		"jitter, 10 ms":  {path: between(0, 40*ms), packet: 10 * ms, low: 35 * ms, high: 75 * ms, most: .01},
		"bursts of five": {path: func(n int) time.Duration { return time.Duration(4-n%5) * 20 * ms }, low: 80 * ms, high: 110 * ms},
		"loss":           {path: lossy(.05), low: 8 * ms, high: 30 * ms, least: .035, most: .065},
		"reorder": {path: func(n int) time.Duration {
			if n%10 == 0 {
				return 25 * ms
			}
			return 0
		}, low: 20 * ms, high: 55 * ms, most: .003},
		"outage": {path: func(n int) time.Duration {
			if n > 1000 && n < 1200 {
				return -1
			}
			return 0
		}, low: 8 * ms, high: 30 * ms, least: .0005, most: .003, gapsLeast: 190, gapsMost: 200},
		"stalled then flushed": {path: func(n int) time.Duration {
			if n > 1000 && n < 1100 {
				return time.Duration(1100-n) * 20 * ms
			}
			return 0
		}, low: 8 * ms, high: 30 * ms, most: .004, gapsLeast: 90, gapsMost: 100},
		"longer path": {path: func(n int) time.Duration {
			if n > 1000 {
				return 150 * ms
			}
			return 0
		}, low: 8 * ms, high: 30 * ms, most: .004, gapsMost: 10},
	} {
		t.Run(name, func(t *testing.T) {
			b := linearRig(8000)
			b.signal = tone(440, 8000, 8000)
			b.path = c.path
			if c.rate != 0 {
				b.rate = c.rate
			}
			if c.packet != 0 {
				b.packet = c.packet
			}
			b.run(3 * time.Second)
			b.frames, b.gaps = 0, 0
			before := b.buf.Stats()
			b.run(27 * time.Second)
			s := b.buf.Stats()
			t.Logf("%d frames, %d gaps, %+v", b.frames, b.gaps, s)
			if s.Delay < c.low || s.Delay > c.high {
				t.Errorf("delay %v, want %v to %v", s.Delay, c.low, c.high)
			}
			share := float64(s.Concealed-before.Concealed) / float64(b.frames)
			if share < c.least || share > c.most {
				t.Errorf("concealed %.2f %%, want %.2f to %.2f", 100*share, 100*c.least, 100*c.most)
			}
			if b.gaps < c.gapsLeast || b.gaps > c.gapsMost {
				t.Errorf("%d silent frames, want %d to %d", b.gaps, c.gapsLeast, c.gapsMost)
			}
		})
	}
}
