package playout

import (
	"testing"
	"time"
)

// TestHold pushes for a minute while nobody reads: what is kept is bounded, and
// when reading goes on, it goes on with what is new.
func TestHold(t *testing.T) {
	b := linearRig(8000)
	b.signal = tone(440, 8000, 8000)
	b.run(2 * time.Second)
	for range 3 {
		for range 3000 {
			b.clock += 20 * ms
			b.send()
			b.deliver()
		}
		if n := len(b.buf.ring.free) + b.buf.ring.waiting; n > ringSize+2 {
			t.Errorf("%d packets kept", n)
		}
		b.gaps = 0
		b.run(5 * time.Second)
		if s := b.buf.Stats(); s.Delay > 32*ms || b.gaps > 2 {
			t.Errorf("delay %v and %d silent frames after a hold", s.Delay, b.gaps)
		}
	}
}

// TestLateTicks has the mixer's tick come late and twice as often afterwards:
// the delay does not follow that.
func TestLateTicks(t *testing.T) {
	b := linearRig(8000)
	b.signal = tone(440, 8000, 8000)
	b.run(2 * time.Second)
	before := b.buf.Stats()
	for range 200 {
		b.clock += 15 * ms // late
		b.run(20 * ms)
		b.clock -= 15 * ms // in time again
		b.run(20 * ms)
		b.clock += 40 * ms // three at once
		for range 3 {
			b.run(20 * ms)
			b.clock -= 20 * ms
		}
		b.clock += 20 * ms
	}
	s := b.buf.Stats()
	if s.Concealed != before.Concealed || b.gaps > 2 {
		t.Errorf("%d frames concealed, %d silent", s.Concealed-before.Concealed, b.gaps)
	}
	if s.Delay < 8*ms || s.Delay > 40*ms || s.Stretched+s.Compressed > 2000 {
		t.Errorf("%+v", s)
	}
}
