package bridge

import (
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323/media"
)

var (
	formatH261 = codecs.Format{Name: "H261", ClockRate: 90000, Fmtp: "cif=1;qcif=1"}
	formatVP8  = codecs.Format{Name: "VP8", ClockRate: 90000}
)

// A channel follows who speaks into another codec, but not each turn of a
// conversation, and not into one that the peer has no use for.
func TestFollowing(t *testing.T) {
	capable := func(f codecs.Format) media.Capability {
		c, ok := media.NewCapability(f, 384_000)
		if !ok {
			t.Fatalf("no capability of %v", f)
		}
		return c
	}
	h264, h261 := capable(formatH264), capable(formatH261)
	f := following{common: []media.Capability{h264, h261}}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	// due goes on for d, and returns what a channel of open becomes.
	due := func(d time.Duration, open codecs.Format, ranked ...codecs.Format) string {
		f.ranked = ranked
		for end := now.Add(d); now.Before(end); now = now.Add(livenessTick) {
			if cp, ok := f.next(now, open); ok {
				f.changed = now
				return cp.Format.Name
			}
		}
		return ""
	}
	if got := due(time.Minute, h264.Format, formatH264, formatH261); got != "" {
		t.Errorf("in the right codec: %s", got)
	}
	if got := due(time.Minute, h264.Format, formatVP8, formatH264, formatH261); got != "" {
		t.Errorf("whom the peer cannot see speaks: %s", got)
	}
	if got := due(followAfter, h264.Format, formatH261, formatH264); got != "" {
		t.Errorf("spoke for less than %v: %s", followAfter, got)
	}
	for range 10 {
		if got := due(2*time.Second, h264.Format, formatH264, formatH261); got != "" {
			t.Errorf("in turns: %s", got)
		}
		if got := due(2*time.Second, h264.Format, formatH261, formatH264); got != "" {
			t.Errorf("in turns: %s", got)
		}
	}
	if got := due(followAfter, h264.Format, formatH261, formatH264); got != "H261" {
		t.Errorf("goes on to speak: %q", got)
	}
	if got := due(followAgain, h261.Format, formatH264, formatH261); got != "" {
		t.Errorf("soon after: %s", got)
	}
	if got := due(time.Second, h261.Format, formatH264, formatH261); got != "H264" {
		t.Errorf("later: %q", got)
	}
	f.changed = time.Time{}
	if got := due(followAfter-livenessTick, h264.Format, formatH261); got != "H261" {
		t.Errorf("nothing else is there: %q", got)
	}
	f.refused, f.changed = []codecs.Format{h261.Format}, time.Time{}
	if got := due(time.Minute, h264.Format, formatH261); got != "" {
		t.Errorf("refused: %s", got)
	}
	f.refused, f.mode = nil, h264.Format
	if got := due(time.Minute, h264.Format, formatH261); got != "" {
		t.Errorf("asked for another: %s", got)
	}
}

// A refused codec is not tried again, and the channel comes back.
func TestCodecRefused(t *testing.T) {
	var line orders
	c := &call{line: &line, remote: &media.Set{}}
	c.codecRefused(formatH261)
	if len(line.opened) != 0 {
		t.Errorf("opened %v instead of what the endpoint chose", line.opened)
	}
	c.codec.chosen = true
	c.codecRefused(formatH261)
	c.codecRefused(formatH264)
	if len(line.opened) != 1 || line.opened[0].Kind != 0 || len(c.codec.refused) != 1 {
		t.Errorf("opened %v, refused %v", line.opened, c.codec.refused)
	}
}

// Over a call, who shows H.261 is seen after who showed H.264 has gone.
func TestFollowOverACall(t *testing.T) {
	here := newSite(t, Config{Name: "here"}, conference.Settings{ID: "a"})
	there := newSite(t, Config{Name: "there"}, conference.Settings{ID: "b"})
	ann, bob := &viewer{formats: []codecs.Format{formatH264}}, &viewer{formats: []codecs.Format{formatH264, formatH261}}
	annSeat := show(t, here.room("a"), ann)
	annSeat.UpdateSource(annSeat.Source(), conference.SourceInfo{VideoFormat: formatH264})
	stop := film(t, annSeat, annSeat.Source(), 1)
	show(t, there.room("b"), bob)
	if _, err := here.Dial(t.Context(), there.url("b"), "a"); err != nil {
		t.Fatal(err)
	}
	bob.sees(t, 0, 1)
	stop()
	annSeat.UpdateSource(annSeat.Source(), conference.SourceInfo{VideoFormat: formatH261})
	await(t, there.room("b"), "H.261", func(r *conference.Roster) bool {
		return len(r.Members) == 2 && r.Members[1].Sources[0].VideoFormat.Is("H261")
	})
}
