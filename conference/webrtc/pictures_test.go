package webrtc

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/codecs"
	"parley/conference"
)

func TestPageSeesCamera(t *testing.T) {
	h := newHouse(t, nil)
	c := newCamera(t, h, "Cam")
	ann := h.join("Ann")
	ann.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	track := ann.awaitTrack(streamID(picture{source: c.seat.Source()}))
	c.awaitPictures(track)
	if c.requests() == 0 {
		t.Error("no key frame was asked for")
	}
}

// TestCameraToggles: a source that ends gives its slot to the next.
func TestCameraToggles(t *testing.T) {
	h := newHouse(t, nil)
	c := newCamera(t, h, "Cam")
	ann := h.join("Ann")
	ann.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	c.awaitPictures(ann.awaitTrack(streamID(picture{source: c.seat.Source()})))
	sections := len(ann.pc.GetTransceivers())

	c.seat.UpdateSource(c.seat.Source(), conference.SourceInfo{})
	ann.awaitEvent(conference.EventSourceUpdated)
	ann.await("answers") // the withdrawal
	c.seat.UpdateSource(c.seat.Source(), conference.SourceInfo{VideoFormat: cameraFormat})
	c.awaitPictures(ann.awaitTrack(streamID(picture{source: c.seat.Source()})))
	if n := len(ann.pc.GetTransceivers()); n != sections {
		t.Errorf("%d sections, want %d as before", n, sections)
	}
}

// TestMissingCodecIsNamed: the roster says what a page cannot be shown, until
// that is gone.
func TestMissingCodecIsNamed(t *testing.T) {
	h := newHouse(t, nil)
	c := newCamera(t, h, "Cam")
	ann := h.join("Ann")
	ann.single = true
	ann.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeVP8)
	missing := func() []any {
		e := ann.awaitEvent(conference.EventMissingCodec)
		if e["participant"] != ann.id {
			t.Errorf("%v misses a codec", e["participant"])
		}
		return e["member"].(map[string]any)["missing"].([]any)
	}
	want := []any{map[string]any{"source": float64(c.seat.Source()), "codec": "H264"}}
	if d := cmp.Diff(want, missing()); d != "" {
		t.Errorf("missing (-want +got):\n%s", d)
	}
	c.seat.UpdateSource(c.seat.Source(), conference.SourceInfo{})
	if got := missing(); len(got) != 0 {
		t.Errorf("still missing: %v", got)
	}
}

func TestPagesSeeEachOther(t *testing.T) {
	for _, mime := range []string{webrtc.MimeTypeH264, webrtc.MimeTypeVP8} {
		t.Run(mime, func(t *testing.T) {
			h := newHouse(t, nil)
			ann, bob := h.join("Ann"), h.join("Bob")
			ann.connect(webrtc.MimeTypeOpus, mime)
			ann.awaitConnected()
			bob.connect(webrtc.MimeTypeOpus, mime)
			bob.awaitConnected()

			packet := &rtp.Packet{Header: rtp.Header{Version: 2, Marker: true}, Payload: keyframeOf(mime)}
			send := func() {
				packet.SequenceNumber++
				packet.Timestamp += 3000
				_ = ann.cam.WriteRTP(packet)
			}
			// By these the bridge learns that there is a picture. Several, as it may
			// not be connected yet when the page is.
			stop := every(20*time.Millisecond, send)
			e := bob.awaitWhere("event", func(m map[string]any) bool {
				e := m["event"].(map[string]any)
				source := e["member"].(map[string]any)["sources"].([]any)
				return e["participant"] == ann.id && len(source) > 0 && source[0].(map[string]any)["hasVideo"] == true
			})
			stop()
			source := e["event"].(map[string]any)["member"].(map[string]any)["sources"].([]any)[0].(map[string]any)
			if want := mime[len("video/"):]; source["videoCodec"] != want {
				t.Errorf("codec %v, want %s", source["videoCodec"], want)
			}
			// From here on every request of the bridge is answered.
			ann.onRTCP(func(p rtcp.Packet) {
				if _, ok := p.(*rtcp.PictureLossIndication); ok {
					send()
				}
			})
			track := bob.awaitTrack(streamID(picture{source: conference.SourceID(source["id"].(float64))}))
			got, _, err := track.ReadRTP()
			if err != nil {
				t.Fatal(err)
			}
			if track.Codec().MimeType != mime || len(got.Payload) < len(packet.Payload) {
				t.Errorf("got %d bytes of %s", len(got.Payload), track.Codec().MimeType)
			}
		})
	}
}

// TestPageIsHeldBack: a page is told how much who sees it takes, and when that is
// over.
func TestPageIsHeldBack(t *testing.T) {
	h := newHouse(t, nil)
	c := newCamera(t, h, "Cam")
	ann := h.join("Ann")
	ann.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	ann.awaitConnected()
	rates := make(chan float32, 16)
	packet := &rtp.Packet{Header: rtp.Header{Version: 2, Marker: true}, Payload: keyframeOf(webrtc.MimeTypeH264)}
	ann.onRTCP(func(p rtcp.Packet) {
		if r, ok := p.(*rtcp.ReceiverEstimatedMaximumBitrate); ok {
			select {
			case rates <- r.Bitrate:
			default:
			}
		}
	})
	defer every(20*time.Millisecond, func() {
		packet.SequenceNumber++
		packet.Timestamp += 3000
		_ = ann.cam.WriteRTP(packet)
	})()
	await := func(want float32) {
		t.Helper()
		deadline := time.NewTimer(patience)
		defer deadline.Stop()
		var got float32
		for {
			select {
			case got = <-rates:
				// REMB has 18 bits of it.
				if got >= 0.999*want && got <= want {
					return
				}
			case <-deadline.C:
				t.Fatalf("the page is told %v bit/s, want %v", got, want)
			}
		}
	}
	c.seat.Update(conference.Info{Name: "Cam", Wire: conference.WireInternal, Formats: []codecs.Format{cameraFormat}})
	c.seat.LimitRate(0, 384_000)
	await(384_000 + audioAllowance)
	c.seat.LimitRate(0, 0)
	await(unbounded)
}

// every calls f again and again until stop is called.
func every(d time.Duration, f func()) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(d)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				f()
			}
		}
	}()
	return func() { close(done); <-ended }
}

func keyframeOf(mime string) []byte {
	if mime == webrtc.MimeTypeVP8 {
		// RFC 7741 4.2 with S set, then a key frame's header of 320x240
		// (RFC 6386 9.1).
		return []byte{0x10, 0x50, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00, 0, 0, 0}
	}
	// A STAP-A of SPS, PPS and IDR (RFC 6184 5.7.1).
	return slices.Concat(keyframeHead, []byte{0, byte(len(keyframeBody))}, keyframeBody)
}

// TestOneTrackIsForwarded: of a page with two cameras the latest is shown, not
// both in one stream.
func TestOneTrackIsForwarded(t *testing.T) {
	h := newHouse(t, nil)
	ann, bob := h.join("Ann"), h.join("Bob")
	ann.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	ann.awaitConnected()
	bob.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	bob.awaitConnected()
	second := ann.addTrack("cam2", webrtc.MimeTypeH264)
	ann.offer(nil)

	picture := func(mark byte) *rtp.Packet {
		payload := append(slices.Clone(keyframeOf(webrtc.MimeTypeH264)), mark)
		return &rtp.Packet{Header: rtp.Header{Version: 2, Marker: true}, Payload: payload}
	}
	one, two := picture(1), picture(2)
	defer every(10*time.Millisecond, func() {
		for _, p := range []*rtp.Packet{one, two} {
			p.SequenceNumber++
			p.Timestamp += 900
		}
		_ = ann.cam.WriteRTP(one)
		_ = second.WriteRTP(two)
	})()
	track := <-bob.tracks
	for track.Kind() != webrtc.RTPCodecTypeVideo {
		track = <-bob.tracks
	}
	latest, run := byte(0), 0
	for n := 0; run < 40; n++ {
		p, _, err := track.ReadRTP()
		if err != nil {
			t.Fatal(err)
		}
		last := p.Payload[len(p.Payload)-1]
		if last != latest {
			latest, run = last, 0
		}
		if run++; n > 400 {
			t.Fatal("two cameras in one stream")
		}
	}
}
