package bridge

import (
	"log/slog"
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323/media"
)

// waits is what waits for a call, which is done then.
func (c *call) waits() int {
	list := c.queue.take()
	for _, f := range list {
		f()
	}
	return len(list)
}

func newQuiet() *call {
	c := &call{
		server: &Server{}, line: &orders{}, log: slog.New(slog.DiscardHandler),
		queue: queue{kick: make(chan struct{}, 1)}, disconnect: make(chan conference.Cause, 1),
	}
	c.video = &videoPort{call: c}
	return c
}

// What others of a conference do over and over does not end the calls that hear of
// it: of each kind, one thing waits.
func TestNobodyFillsAQueue(t *testing.T) {
	for name, again := range map[string]func(c *call, i int){
		"rates":         func(c *call, i int) { c.video.LimitRate(0, i+1) },
		"codecs":        func(c *call, _ int) { c.video.Follow([]codecs.Format{formatH264}) },
		"presentations": func(c *call, i int) { c.showPresented(presented{conference.SourceID(i), formatH264}) },
		"key frames":    func(c *call, _ int) { c.video.RequestKeyframe(0) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newQuiet()
			for i := range 2 * maxInbox {
				again(c, i)
			}
			if n := c.waits(); n != 1 || len(c.disconnect) != 0 {
				t.Errorf("%d wait, %d ends", n, len(c.disconnect))
			}
			again(c, 7)
			if n := c.waits(); n != 1 {
				t.Errorf("%d wait afterwards", n)
			}
		})
	}
}

// What comes last is what counts.
func TestLastOrderCounts(t *testing.T) {
	c := newQuiet()
	ch := &media.Channel{Number: 9}
	ch.Kind, ch.Direction = media.KindVideo, media.Receive
	c.channels.video.receive = ch
	for i, rate := range []int{500_000, 400_000, 300_000} {
		c.video.LimitRate(0, rate)
		c.video.Follow([]codecs.Format{formatH264, formatH264, formatH261}[i:])
		c.showPresented(presented{conference.SourceID(rate), formatH264})
	}
	c.waits()
	if got := c.line.(*orders).limits; len(got) != 1 || got[0].bitRate != 300_000 {
		t.Errorf("ordered %v", got)
	}
	if got := c.codec.ranked; len(got) != 1 || got[0] != formatH261 {
		t.Errorf("ranked %v", got)
	}
	if c.talk.source != 300_000 {
		t.Errorf("presented is %d", c.talk.source)
	}
}

// A flood of camera control stays with who sends it.
func TestCameraFlood(t *testing.T) {
	c := newQuiet()
	c.camera = newCameraPort(c)
	passed := func(at time.Time) (n int) {
		for range 4 * maxCameraRate {
			c.camera.ReceiveRTP(nil, &codecs.Packet{Arrival: at, Payload: []byte{1}})
			n += c.waits()
		}
		return n
	}
	at := time.Unix(1000, 0)
	if n := passed(at); n != maxCameraRate {
		t.Errorf("%d frames pass in a second", n)
	}
	if n := passed(at.Add(900 * time.Millisecond)); n != 0 {
		t.Errorf("%d more in the same", n)
	}
	if n := passed(at.Add(time.Second)); n != maxCameraRate {
		t.Errorf("%d in the next", n)
	}
}

// The chair is not told of every request for the floor.
func TestFloorFlood(t *testing.T) {
	c, at := &call{}, time.Unix(1000, 0)
	for i, tt := range []struct {
		after time.Duration
		may   bool
	}{{0, true}, {0, false}, {floorInterval - 1, false}, {floorInterval, true}, {floorInterval, false}} {
		if got := c.mayAsk(at.Add(tt.after)); got != tt.may {
			t.Errorf("request %d: %v", i, got)
		}
	}
}

// A move that is refused leaves the call as it was.
func TestMoveRefused(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"}, conference.Settings{ID: "full", MaxParticipants: 1})
	sit(t, s.room("full"), &party{})
	ann, annAt := newPhone(t, "ann")
	ann.call(annAt, s, "a", nil)
	r := await(t, s.room("a"), "ann", seated(1, "ann"))
	s.mu.Lock()
	var c *call
	for c = range s.calls {
	}
	s.mu.Unlock()
	c.video.LimitRate(0, 384_000)
	if err := s.room("a").Move(r.Members[0].ID, s.room("full")); err == nil {
		t.Fatal("moved to where nobody fits")
	}
	if got := c.video.most[mainStream].Load(); got != 384_000 {
		t.Errorf("held to %d bit/s then", got)
	}
	if r := s.room("a").Roster(); len(r.Members) != 1 || len(s.room("full").Roster().Members) != 1 {
		t.Errorf("roster: %+v", r.Members)
	}
}
