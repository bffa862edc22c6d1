package bridge

import (
	"testing"
	"time"

	"parley/h323"
	"parley/h323/media"
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
	if sent < burst*64_000 || sent > burst*90_000 {
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
	for i := range 16 { // of two seconds of the limit
		if pass, _ := send(1000, i == 0); !pass {
			t.Fatal("the key frame is withheld")
		}
	}
	if pass, _ := send(1000, false); !pass {
		t.Error("what follows it is withheld")
	}
	g.SetLimit(0, 0)
	if pass, _ := send(100_000, false); !pass {
		t.Error("withheld after the limit was lifted")
	}
}

// A peer that wants no pictures gets none, is not asked about, and sees again from
// a key frame on.
func TestStoppedGate(t *testing.T) {
	var g gates
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	g.SetLimit(1, stopped)
	for _, keyframe := range []bool{false, true, false} {
		now = now.Add(3 * time.Second)
		if pass, again := g.pass(1, 100, keyframe, now); pass || again {
			t.Errorf("key frame %v: passed %v, asked again %v", keyframe, pass, again)
		}
	}
	g.SetLimit(1, 0)
	if pass, again := g.pass(1, 100, false, now); pass || !again {
		t.Errorf("in the middle of pictures: passed %v, asked again %v", pass, again)
	}
	for _, keyframe := range []bool{true, false} {
		if pass, again := g.pass(1, 100, keyframe, now); !pass || again {
			t.Errorf("from the key frame on: passed %v, asked again %v", pass, again)
		}
	}
}

// What a peer orders holds together with what its channel takes, and for as long as
// that is open.
func TestFlowControl(t *testing.T) {
	var c call
	c.video = &videoPort{call: &c}
	for _, tt := range []struct{ ordered, channel, want int }{
		{-1, 0, 0}, {-1, 64000, 64000}, {32000, 0, 32000}, {32000, 64000, 32000}, {128000, 64000, 64000},
		{0, 0, stopped}, {0, 64000, stopped},
	} {
		ch := media.Channel{Number: 7, Direction: media.Send}
		ch.Kind = media.KindVideo
		ch.MaxBitRate = tt.channel
		c.channels.video.send = &ch
		c.flowControlled(h323.FlowControlled{Channel: ch, BitRate: tt.ordered})
		if got := int(c.video.gate[0].limit.Load()); got != tt.want {
			t.Errorf("%d in a channel of %d: %d, want %d", tt.ordered, tt.channel, got, tt.want)
		}
		if got := int(c.video.gate[1].limit.Load()); got != 0 {
			t.Errorf("the presentation is bounded to %d, too", got)
		}
	}
	c.flowControlled(h323.FlowControlled{BitRate: 0})
	if got := int(c.video.gate[1].limit.Load()); got != stopped {
		t.Errorf("an order for all leaves the presentation %d", got)
	}
}
