package video

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A sender that begins anew under another SSRC, or restarts its numbers, is
// waited for until its key frame, and shows no seam in the stream.
func TestRestartedSender(t *testing.T) {
	for name, restart := range map[string]func(*camera){
		"SSRC, behind":  func(c *camera) { c.ssrc, c.seq, c.ts, c.pic = 2, c.seq-20000, 77, 5 },
		"SSRC, ahead":   func(c *camera) { c.ssrc, c.seq, c.ts, c.pic = 2, c.seq+20000, 77, 5 },
		"SSRC, close":   func(c *camera) { c.ssrc, c.seq, c.ts, c.pic = 2, c.seq+5, 77, 5 },
		"numbers alone": func(c *camera) { c.seq, c.ts, c.pic = c.seq-20000, 77, 5 },
	} {
		for _, askable := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { testRestart(t, restart, askable) })
			})
		}
	}
}

func testRestart(t *testing.T, restart func(*camera), askable bool) {
	sw := New(testSet())
	defer sw.Close()
	c := &camera{sw: sw, id: 1, format: formatVP8, ssrc: 1, seq: 30000, ts: 1 << 31, pic: 900}
	sw.SetSource(1, c.config(askable))
	var s, late screen
	sw.AddSink(s.config(formatVP8))
	synctest.Wait()
	c.shoot(true)
	c.shoot(false)
	var d decoder
	d.feed(t, s.take())
	pass(time.Second)
	before := c.requests()

	restart(c)
	c.shoot(false)
	if ps := s.take(); len(ps) != 0 {
		t.Fatalf("%d packets of a new run ahead of its key frame", len(ps))
	}
	if askable && c.requests() == before {
		t.Error("no key frame is asked for")
	}
	sw.AddSink(late.config(formatVP8))
	synctest.Wait()
	if ps := late.take(); len(ps) != 0 {
		t.Errorf("%d packets of the old run to who joins", len(ps))
	}
	c.shoot(true)
	c.shoot(false)
	ps := s.take()
	if len(ps) != 4 || !ps[0].Keyframe {
		t.Fatalf("%d packets from the key frame on", len(ps))
	}
	d.feed(t, ps)
	var other decoder
	if ps = late.take(); len(ps) != 4 {
		t.Fatalf("%d packets to who joined", len(ps))
	}
	other.feed(t, ps)

	// Nobody waits any more.
	pass(time.Second)
	asked := c.requests()
	for range 100 {
		c.shoot(false)
	}
	if n := c.requests(); n != asked {
		t.Errorf("%d requests for a key frame that is there", n-asked)
	}
	d.feed(t, s.take())
}

// Two tracks that a sender opens for one source do no harm to the Switch. This
// is for the race detector.
func TestTwoTracksOfOneSource(t *testing.T) {
	sw := New(testSet())
	defer sw.Close()
	src := &camera{sw: sw, id: 1, format: formatH264}
	sw.SetSource(1, src.config(true, testSPS, testPPS))
	var s screen
	sw.AddSink(s.config(formatH264))
	var tracks sync.WaitGroup
	for ssrc := range uint32(2) {
		c := &camera{sw: sw, id: 1, format: formatH264, ssrc: ssrc}
		tracks.Go(func() {
			for range 100 {
				c.packet([]byte{0x78, 0, 5, 0x67, 0x42, 0xc0, 0x1e, byte(c.seq), 0, 4, 0x68, 0xcb, 0x83, 0xcb}, false)
				c.packet([]byte{0x65, 0x88}, true)
				c.ts += 3600
			}
		})
	}
	tracks.Wait()
	if n := (*sw.sources.Load())[1].count.Load(); n != 400 {
		t.Errorf("%d packets of 400", n)
	}
}
