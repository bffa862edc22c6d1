package negotiation

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"parley/codecs"
)

// corpora finds the shared test inputs, or returns "".
func corpora() string {
	if dir := os.Getenv("PARLEY_CORPORA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "corpora")
		}
	}
	return ""
}

// FuzzOffer answers whatever comes. What is answered has as many lines as the
// offer, parses again, and can be offered again in the same dialog.
func FuzzOffer(f *testing.F) {
	f.Add(sd("m=audio 5004 RTP/AVP 0 8 101", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16"))
	f.Add(sd("m=audio 5004 RTP/AVPF 111", "a=rtpmap:111 opus/48000/2", "a=rtcp-mux", "a=mid:0", "a=recvonly"))
	f.Add(sd("m=audio 0 RTP/AVP 0", "m=video 5006 RTP/AVP 97", "a=rtpmap:97 H264/90000",
		"a=fmtp:97 packetization-mode=1;profile-level-id=42e01f;sprop-parameter-sets=Z0KAHg==,aM48gA==", "a=rtcp:7 IN IP6 ::1"))
	f.Add(sd("c=IN IP4 0.0.0.0", "m=audio 5004 RTP/AVP 0", "a=inactive"))
	if files, err := filepath.Glob(filepath.Join(corpora(), "rtp-rtcp-sdp", "sdp_fuzzer", "*", "*")); err == nil {
		for _, name := range files {
			if b, err := os.ReadFile(name); err == nil {
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, offer []byte) {
		d, err := Parse(offer)
		if err != nil {
			if !errors.Is(err, codecs.ErrMalformed) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		m := NewMachine(1)
		for range 2 {
			p, err := m.Plan(d, all)
			if err != nil {
				return
			}
			body, s, err := m.Answer(p, here)
			if err != nil {
				t.Fatalf("planned but not answered: %v", err)
			}
			back, err := Parse(body)
			if err != nil {
				t.Fatalf("answer does not parse: %v\n%s", err, body)
			}
			if len(back.Streams) != len(d.Streams) {
				t.Fatalf("%d lines in answer to %d", len(back.Streams), len(d.Streams))
			}
			if s.Audio.Active != p.HasAudio() || s.Video.Active != p.HasVideo() {
				t.Fatal("plan and session differ")
			}
		}
		body, err := m.Offer(all, here)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(body); err != nil {
			t.Fatalf("offer does not parse: %v\n%s", err, body)
		}
	})
}
