package webrtc

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/conference"
)

// A shared screen is a source of its own beside the camera, marked as a
// presentation; it ends when the page says so, and the camera goes on.
func TestScreen(t *testing.T) {
	h := newHouse(t, nil)
	ann, bob := h.join("Ann"), h.join("Bob")
	ann.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	ann.awaitConnected()
	bob.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	bob.awaitConnected()
	ann.send(map[string]any{"type": "screen", "on": true, "stream": "shared"})
	screen := ann.addTrackOf("shared", "screen", webrtc.MimeTypeH264)
	ann.offer(nil)
	picture := func(mark byte) *rtp.Packet {
		payload := append(slices.Clone(keyframeOf(webrtc.MimeTypeH264)), mark)
		return &rtp.Packet{Header: rtp.Header{Version: 2, Marker: true}, Payload: payload}
	}
	face, slides := picture(1), picture(2)
	defer every(10*time.Millisecond, func() {
		for _, p := range []*rtp.Packet{face, slides} {
			p.SequenceNumber++
			p.Timestamp += 900
		}
		_ = ann.cam.WriteRTP(face)
		_ = screen.WriteRTP(slides)
	})()
	e := bob.awaitEvent(conference.EventPresenting)
	sources := e["member"].(map[string]any)["sources"].([]any)
	if len(sources) != 2 || sources[0].(map[string]any)["presentation"] != false || sources[1].(map[string]any)["presentation"] != true {
		t.Fatalf("sources of who shares: %v", sources)
	}
	track := bob.awaitTrack(fmt.Sprintf("v%.0f", e["source"]))
	for range 20 {
		p, _, err := track.ReadRTP()
		if err != nil {
			t.Fatal(err)
		}
		if mark := p.Payload[len(p.Payload)-1]; mark != 2 {
			t.Fatalf("the screen's stream shows %d", mark)
		}
	}
	ann.send(map[string]any{"type": "screen", "on": false})
	if e := bob.awaitEvent(conference.EventPresenting); e["source"] != float64(0) {
		t.Errorf("still presenting %v", e["source"])
	}
	if m := h.room().Roster().Members[0]; len(m.Sources) != 1 || !m.Sources[0].HasVideo {
		t.Errorf("after the share: %+v", m.Sources)
	}
}
