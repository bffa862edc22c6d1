package webrtc

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecodeMessage(t *testing.T) {
	yes := true
	for in, want := range map[string]message{
		`{"type":"join","name":"Ann","pin":"1"}`: &joinMessage{Type: "join", Name: "Ann", PIN: "1"},
		`{"type":"description","description":{"type":"offer","sdp":"v=0"}}`: &descriptionMessage{
			Type: "description", Description: sessionDescription{Type: "offer", SDP: "v=0"},
		},
		`{"type":"candidate","candidate":null}`:    &candidateMessage{Type: "candidate", Candidate: json.RawMessage("null")},
		`{"type":"mute","muted":true}`:             &muteMessage{Type: "mute", Muted: &yes},
		`{"type":"camera","on":true}`:              &cameraMessage{Type: "camera", On: &yes},
		`{"type":"screen","on":true,"stream":"s"}`: &screenMessage{Type: "screen", On: &yes, Stream: "s"},
		`{"type":"keyframe","source":7}`:           &keyframeMessage{Type: "keyframe", Source: 7},
		`{"type":"leave"}`:                         &leaveMessage{Type: "leave"},
		`{"type":"pong"}`:                          &pongMessage{Type: "pong"},
	} {
		got, err := decodeMessage([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", in, d)
		}
	}
}

func TestDecodeMessageRefuses(t *testing.T) {
	for in, says := range map[string]string{
		``:                                "",
		`[]`:                              "",
		`{}`:                              "no type",
		`{"type":"quit"}`:                 "unknown type",
		`{"type":"mute"}`:                 "muted is missing",
		`{"type":"camera","on":1}`:        "camera",
		`{"type":"candidate"}`:            "candidate is missing",
		`{"type":"screen","stream":"s"}`:  "on is missing",
		`{"type":"screen","on":true}`:     "stream is missing",
		`{"type":"keyframe","source":0}`:  "source is missing",
		`{"type":"keyframe","source":-1}`: "keyframe",
		`{"type":"pong"}{"type":"pong"}`:  "",
		`{"type":"leave","why":"x"}`:      "unknown field",
		`{"type":"description","description":{"type":"rollback","sdp":"v=0"}}`:                                           "not offer or answer",
		`{"type":"description","description":{"type":"offer"}}`:                                                          "sdp is missing",
		`{"type":"description","description":{"type":"offer","sdp":"v=0` + strings.Repeat(`\nm=`, MaxSections+1) + `"}}`: "sections",
	} {
		_, err := decodeMessage([]byte(in))
		if !errors.Is(err, errBadMessage) || !strings.Contains(err.Error(), says) {
			t.Errorf("%.60s: %v, want %q", in, err, says)
		}
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		" Ann ": "Ann", "Zoë 👩\u200d🚀": "Zoë 👩\u200d🚀", "<b>": "<b>",
		"": "", " \t": "", "a\nb": "", "a\x00": "", "\u202eabc": "", "\xff": "",
		strings.Repeat("ä", MaxNameLength):   strings.Repeat("ä", MaxNameLength),
		strings.Repeat("ä", MaxNameLength+1): "",
	} {
		got, ok := cleanName(in)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", in, got, ok)
		}
	}
}

func FuzzDecodeMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"join","name":"Ann","pin":"1","token":"a.b"}`,
		`{"type":"description","description":{"type":"answer","sdp":"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"}}`,
		`{"type":"candidate","candidate":{"candidate":"candidate:1 1 udp 1 1.2.3.4 5 typ host","sdpMid":"0"}}`,
		`{"type":"mute","muted":false}`, `{"type":"keyframe","source":4294967295}`, `{"Type":"LEAVE"}`, `null`, `{"type":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decodeMessage(data)
		if (m == nil) == (err == nil) {
			t.Fatalf("message %v with error %v", m, err)
		}
		if err != nil {
			if !errors.Is(err, errBadMessage) {
				t.Fatalf("error of no kind: %v", err)
			}
			return
		}
		// What was understood is understood again as the same.
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		n, err := decodeMessage(again)
		if err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		if c, ok := m.(*candidateMessage); ok {
			c.Candidate = nil // only its spelling may change
			n.(*candidateMessage).Candidate = nil
		}
		if d := cmp.Diff(m, n); d != "" {
			t.Fatal(d)
		}
		_ = sessionOf(string(data))
	})
}
