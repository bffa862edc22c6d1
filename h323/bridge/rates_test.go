package bridge

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323"
	"parley/h323/h245"
	"parley/h323/media"
)

// limited is a viewer that notes what it is asked for.
type limited struct {
	viewer
	rates chan int
}

func (v *limited) Video() conference.VideoPort { return v }

func (v *limited) LimitRate(_ conference.SourceID, bitRate int) {
	select {
	case v.rates <- bitRate:
	default:
	}
}

// What a viewer takes at the far end is asked of who is shown there: over a call as
// flow control, beyond it as that wire does; and it ends with the need.
func TestRatesThroughACall(t *testing.T) {
	here := newSite(t, Config{Name: "here", VideoRate: 2_000_000}, conference.Settings{ID: "a"})
	there := newSite(t, Config{Name: "there"}, conference.Settings{ID: "b"})
	ann := &limited{viewer{formats: []codecs.Format{formatH264}}, make(chan int, 64)}
	bob := &viewer{formats: []codecs.Format{formatH264}}
	seat, err := here.room("a").Join(ann)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { seat.Leave(conference.Cause{Code: conference.CauseLeft}) })
	seat.UpdateSource(seat.Source(), conference.SourceInfo{VideoFormat: formatH264})
	film(t, seat, seat.Source(), 1)
	bobSeat := show(t, there.room("b"), bob)
	asked := func(want int) {
		t.Helper()
		deadline := time.NewTimer(patience)
		defer deadline.Stop()
		for got := -1; got != want; {
			select {
			case got = <-ann.rates:
			case <-deadline.C:
				t.Fatalf("asked for %d bit/s at last, want %d", got, want)
			}
		}
	}
	if _, err := here.Dial(t.Context(), there.url("b"), "a"); err != nil {
		t.Fatal(err)
	}
	bob.sees(t, 0, 1)
	asked(2_000_000)
	bobSeat.LimitRate(0, 384_000)
	asked(384_000)
	bobSeat.LimitRate(0, 0)
	asked(2_000_000)
	if n := here.Stats().FlowControlled; n != 2 {
		t.Errorf("%d orders", n)
	}
}

// A call keeps to what its gatekeeper grants: pictures share what sound leaves.
func TestBandwidthGranted(t *testing.T) {
	var line orders
	c := &call{line: &line, log: slog.New(slog.DiscardHandler)}
	c.video = &videoPort{call: c}
	channel := func(n h245.LogicalChannelNumber, k media.Kind, d media.Direction, rate int) *media.Channel {
		ch := &media.Channel{Number: n, Direction: d}
		ch.Kind, ch.MaxBitRate = k, rate
		return ch
	}
	c.channels.audio = pair{receive: channel(1, media.KindAudio, media.Receive, 0), send: channel(1, media.KindAudio, media.Send, 24_000)}
	c.channels.video = pair{receive: channel(2, media.KindVideo, media.Receive, 512_000), send: channel(2, media.KindVideo, media.Send, 256_000)}
	for _, tt := range []struct {
		e       h323.BandwidthGranted
		send    int64
		receive []limitOrder
	}{
		{h323.BandwidthGranted{BitRate: 900_000, Used: 856_000}, 0, nil},
		{h323.BandwidthGranted{BitRate: 688_000, Used: 856_000}, 256_000, []limitOrder{{2, 300_000}}},
		{h323.BandwidthGranted{BitRate: 288_000, Used: 856_000}, 100_000, []limitOrder{{2, 100_000}}},
		{h323.BandwidthGranted{BitRate: 64_000, Used: 856_000}, 1, []limitOrder{{2, 1}}},
		{h323.BandwidthGranted{BitRate: 856_000, Used: 856_000}, 256_000, []limitOrder{{2, -1}}},
	} {
		line.limits = nil
		c.bandwidthGranted(tt.e)
		if got := c.video.gate[0].limit.Load(); got != tt.send || !slices.Equal(line.limits, tt.receive) {
			t.Errorf("%+v: sends %d, receives %v; want %d, %v", tt.e, got, line.limits, tt.send, tt.receive)
		}
	}
}

// A presentation and the main picture have limits of their own, and what a channel
// was opened for is not said again.
func TestHoldBack(t *testing.T) {
	var line orders
	c := &call{line: &line, queue: queue{kick: make(chan struct{}, 1)}}
	c.video = &videoPort{call: c}
	main, slides := media.Channel{Number: 3, Direction: media.Receive}, media.Channel{Number: 4, Direction: media.Receive}
	main.Kind, slides.Kind = media.KindVideo, media.KindVideo
	main.MaxBitRate, slides.Role = 512_000, media.RolePresentation
	c.channels.video.receive, c.channels.slides.receive = &main, &slides
	c.slide.Store(9)
	for _, tt := range []struct {
		source conference.SourceID
		rate   int
		want   limitOrder
	}{
		{8, 384_000, limitOrder{3, 384_000}},
		{9, 384_000, limitOrder{4, 384_000}},
		{8, 512_000, limitOrder{3, -1}},
		{9, 512_000, limitOrder{4, 512_000}},
		{9, 0, limitOrder{4, -1}},
	} {
		line.limits = nil
		c.video.LimitRate(tt.source, tt.rate)
		for _, f := range c.queue.take() {
			f()
		}
		if len(line.limits) != 1 || line.limits[0] != tt.want {
			t.Errorf("source %d at %d: %v, want %v", tt.source, tt.rate, line.limits, tt.want)
		}
	}
}
