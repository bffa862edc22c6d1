//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// seesBars is a page's condition that the bars stand in a video, of anybody.
func seesBars() string { return fmt.Sprintf("(%s)(%s)", sees, barsJSON()) }

// TestBrowserCodecs has two browsers see each other in a conference that
// allows VP8 only, and in one that allows H.264 only.
func TestBrowserCodecs(t *testing.T) {
	requirePrograms(t, "ffmpeg", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 80*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig+`
  - {id: VP8, codecs: [opus, VP8]}
  - {id: H264, codecs: [opus, H264]}
`)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{Args: []string{
		"--use-file-for-fake-video-capture=" + barsCamera(t, t.TempDir()),
	}})
	for _, codec := range []string{"VP8", "H264"} {
		t.Run(codec, func(t *testing.T) {
			one := browser.Open(ctx, codec+" one", b.URL+"/c/"+codec)
			enter(ctx, one, "One")
			two := browser.Open(ctx, codec+" two", b.URL+"/c/"+codec)
			enter(ctx, two, "Two")
			one.Wait(ctx, seesBars(), 20*time.Second)
			two.Wait(ctx, seesBars(), 20*time.Second)
			for _, p := range b.participants(t, codec) {
				if _, ok := p.shows(codec); !ok {
					t.Errorf("%s sends no %s: %+v", p.Name, codec, p.Sources)
				}
			}
			one.Close(ctx)
			two.Close(ctx)
		})
	}
}

// onlyVP8 limits what a page offers, as a browser built without H.264 would.
const onlyVP8 = `{
  const add = RTCPeerConnection.prototype.addTransceiver;
  RTCPeerConnection.prototype.addTransceiver = function (...args) {
    const transceiver = add.apply(this, args);
    if (transceiver.receiver.track.kind === "video")
      transceiver.setCodecPreferences(RTCRtpReceiver.getCapabilities("video").codecs.filter((c) => c.mimeType === "video/VP8"));
    return transceiver;
  };
}`

// TestMissingCodec has a browser without H.264 beside a group that knows
// nothing else: neither sees the other, and API and page say which codec each
// lacks.
func TestMissingCodec(t *testing.T) {
	requirePrograms(t, "ffmpeg", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig)
	groupPicture(t)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
	page := browser.OpenWith(ctx, "browser", b.URL+"/c/room", lab.PageOptions{Init: onlyVP8})
	enter(ctx, page, "Chromium")
	lacks := func(wire, codec string) func(participant) bool {
		return func(p participant) bool {
			return p.Wire == wire && len(p.Missing) == 1 && strings.HasPrefix(p.Missing[0].Codec, codec+"/")
		}
	}
	mine := b.await(ctx, t, "room", "a browser that lacks H264", lacks("webrtc", "H264"))
	group := b.await(ctx, t, "room", "a group that lacks VP8", lacks("multicast", "VP8"))
	for _, who := range []struct {
		p     participant
		codec string
	}{{mine, "H264"}, {group, "VP8"}} {
		page.Wait(ctx, fmt.Sprintf(`document.querySelector('[data-participant=%q] .missing')?.textContent.endsWith(": no %s")`, who.p.ID, who.codec), 5*time.Second)
	}
	if source, ok := group.shows("H264"); !ok || source != mine.Missing[0].Source {
		t.Errorf("the browser lacks source %d, the group is %+v", mine.Missing[0].Source, group)
	}
}
