package webrtc

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pion/webrtc/v4"

	"parley/codecs"
	"parley/codecs/builtin"
)

// chromiumOffer is what a browser offers, shortened to what decides.
const chromiumOffer = "v=0\r\no=- 7 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=msid-semantic: WMS\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=ice-ufrag:aaaa\r\na=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa\r\n" +
	"a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n" +
	"a=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=sendrecv\r\na=msid:- a\r\n" +
	"a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:9 G722/8000\r\na=ssrc:1 cname:x\r\na=ssrc:1 msid:- a\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 96 97 108 113\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=ice-ufrag:aaaa\r\na=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa\r\n" +
	"a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n" +
	"a=setup:actpass\r\na=mid:1\r\na=sendrecv\r\na=msid:- v\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n" +
	"a=rtpmap:108 H264/90000\r\na=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\na=rtpmap:113 rtx/90000\r\na=fmtp:113 apt=108\r\n" +
	"a=ssrc-group:FID 2 3\r\na=ssrc:2 cname:x\r\na=ssrc:3 cname:x\r\n"

// FuzzOffer gives a PeerConnection whatever a page may claim to offer.
func FuzzOffer(f *testing.F) {
	f.Add(chromiumOffer)
	for _, name := range corpus(f, "rtp-rtcp-sdp/sdp_fuzzer/*/*") {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	set := builtin.Set()
	formats := append(set.Formats(codecs.MediaAudio), set.Formats(codecs.MediaVideo)...)
	var settings webrtc.SettingEngine
	settings.SetLite(true)
	settings.SetNetworkTypes(nil)
	settings.SetInterfaceFilter(func(string) bool { return false })
	f.Fuzz(func(t *testing.T, sdp string) {
		if (&descriptionMessage{Description: sessionDescription{Type: "offer", SDP: sdp}}).check() != nil {
			return
		}
		_ = sessionOf(sdp)
		api, err := newAPI(settings, formats)
		if err != nil {
			t.Fatal(err)
		}
		pc, err := api.NewPeerConnection(webrtc.Configuration{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = pc.Close() }()
		if _, err := pc.AddTrack(newAudioTrack(nil, set.Formats(codecs.MediaAudio))); err != nil {
			t.Fatal(err)
		}
		p := &peer{pc: pc, video: set.Formats(codecs.MediaVideo)}
		answer, err := p.answer(sdp)
		if err == nil && answer.SDP == "" {
			t.Fatal("an empty answer")
		}
	})
}

// corpus lists the files of the shared corpora that match pattern: in
// PARLEY_CORPORA, or in shared/corpora beside a folder above this one. None
// where there are none.
func corpus(tb testing.TB, pattern string) []string {
	tb.Helper()
	var roots []string
	if root := os.Getenv("PARLEY_CORPORA"); root != "" {
		roots = []string{root}
	} else if dir, err := os.Getwd(); err == nil {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			roots = append(roots, filepath.Join(dir, "shared", "corpora"))
		}
	}
	for _, root := range roots {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			tb.Fatal(err)
		}
		if len(names) > 0 {
			return names
		}
	}
	return nil
}
