package webrtc

import (
	"net/netip"
	"testing"

	"github.com/pion/webrtc/v4"

	"parley/conference"
)

// TestNetworkLoss: the page loses its socket and its path, and returns to its
// seat with an ICE restart.
func TestNetworkLoss(t *testing.T) {
	h := newHouse(t, nil)
	ear := newTap("tap", 0)
	seat(t, h, ear)
	p := h.join("Ann")
	p.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	p.awaitConnected()
	stop := p.speak(880)
	ear.awaitTone(h, 880)
	stop()
	_ = p.ws.CloseNow()

	again := h.open(map[string]any{"name": "Ann", "token": p.token})
	if w := again.welcomed(); w["resumed"] != true || again.id != p.id {
		t.Fatalf("not resumed: %v", w)
	}
	again.pc, again.mic, p.pc = p.pc, p.mic, nil
	before := again.pc.RemoteDescription().SDP
	again.offer(&webrtc.OfferOptions{ICERestart: true})
	again.await("answered")
	if iceUfrag(again.pc.RemoteDescription().SDP) == iceUfrag(before) {
		t.Error("ICE was not restarted")
	}
	ear.forget()
	defer again.speak(660)()
	ear.awaitTone(h, 660)
	if n := len(h.room().Roster().Members); n != 2 {
		t.Errorf("%d members, want 2", n)
	}
}

// TestNewConnection: the page lost its connection too and makes a new one
// under the same seat.
func TestNewConnection(t *testing.T) {
	h := newHouse(t, nil)
	ear := newTap("tap", 0)
	seat(t, h, ear)
	p := h.join("Ann")
	p.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	p.awaitConnected()
	p.close()

	again := h.open(map[string]any{"name": "Ann", "token": p.token})
	if w := again.welcomed(); again.id != p.id {
		t.Fatalf("not resumed: %v", w)
	}
	again.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	again.awaitConnected()
	defer again.speak(880)()
	ear.awaitTone(h, 880)
}

func TestOverTCP(t *testing.T) {
	h := newHouse(t, func(c *Config, _ *conference.BridgeConfig) { c.TCP = netip.MustParseAddrPort("127.0.0.1:0") })
	ear := newTap("tap", 0)
	seat(t, h, ear)
	p := h.join("Ann")
	p.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264, webrtc.NetworkTypeTCP4)
	p.awaitConnected()
	defer p.speak(880)()
	ear.awaitTone(h, 880)
}

// TestGlare: the page's offer crosses the bridge's. The page is polite: it
// takes its own back, answers, and offers again.
func TestGlare(t *testing.T) {
	h := newHouse(t, nil)
	ann := h.join("Ann")
	ann.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	ann.awaitConnected()
	ann.crossing.Store(true)
	camera := newCamera(t, h, "Cam")
	track := ann.awaitTrack(streamID(picture{source: camera.seat.Source()}))
	camera.awaitPictures(track)
	if ann.crossing.Load() {
		t.Fatal("the offers did not cross")
	}
	ann.offer(nil)
	ann.await("answered")
}

// TestOfferIsRepeated: the bridge's offer was lost with the socket. The page
// that comes back offers, gets the lost offer first, and sees the picture.
func TestOfferIsRepeated(t *testing.T) {
	h := newHouse(t, nil)
	ann := h.join("Ann")
	ann.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	ann.awaitConnected()
	ann.deaf.Store(true)
	camera := newCamera(t, h, "Cam")
	ann.await("missed")
	_ = ann.ws.CloseNow()

	again := h.open(map[string]any{"name": "Ann", "token": ann.token})
	again.welcomed()
	again.pc, again.tracks, ann.pc = ann.pc, ann.tracks, nil
	again.offerInVain()
	camera.awaitPictures(again.awaitTrack(streamID(picture{source: camera.seat.Source()})))
	again.offer(&webrtc.OfferOptions{ICERestart: true})
	again.await("answered")
}
