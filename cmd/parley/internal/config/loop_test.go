package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const studioSDP = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 239.1.1.1/4\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\n"

// TestLoopsAreRefused: what would bring a conference's sound back to it, or carry
// it twice, is no configuration.
func TestLoopsAreRefused(t *testing.T) {
	dir := t.TempDir()
	for name, port := range map[string]int{"same.sdp": 5004, "rtcp.sdp": 5005, "other.sdp": 5006} {
		if err := os.WriteFile(filepath.Join(dir, name), fmt.Appendf(nil, studioSDP, port), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const round, twice = "come back in the other, and go round", "would be heard twice"
	const here = `{audio: {group: "239.1.1.1:5004", codec: PCMU}}`
	channel := func(source string) string {
		source, more, _ := strings.Cut(source, ",")
		return `{audio: {group: "232.1.1.1:5004", codec: PCMU}, sources: {include: [` + source + "]}," + more + "}"
	}
	for _, tc := range []struct{ name, text, key, want string }{
		{"in two conferences", "conferences: [{id: a, multicast: [" + here + "]}, {id: b, multicast: [" + here + "]}]", "conferences[1].multicast[0].audio.group", round},
		{"twice in one", "conferences: [{id: a, multicast: [" + here + ", " + here + "]}]", "conferences[0].multicast[1].audio.group", twice},
		{"by an SDP file", "conferences: [{id: a, multicast: [" + here + "]}, {id: b, multicast: [{sdp: DIR/same.sdp}]}]", "conferences[1].multicast[0].sdp", round},
		{"RTCP by an SDP file", "conferences: [{id: a, multicast: [" + here + "]}, {id: b, multicast: [{sdp: DIR/rtcp.sdp}]}]", "conferences[1].multicast[0].sdp", round},
		{"by a session", "conferences: [{id: a, multicast: [" + here + "]}, {id: b}]\nmulticast: {sessions: [{file: DIR/same.sdp, conference: b}]}", "multicast.sessions[0].file", round},
		{"by a session of the same", "conferences: [{id: a, multicast: [" + here + "]}]\nmulticast: {sessions: [{file: DIR/same.sdp, conference: a}]}", "multicast.sessions[0].file", twice},
		{"two channels", "conferences: [{id: a, multicast: [" + channel("198.51.100.1") + "]}, {id: b, multicast: [" + channel("198.51.100.2") + "]}]", "conferences[1].multicast[0].audio.group", "listen_only"},
		{"two channels, one to listen to", "conferences: [{id: a, multicast: [" + channel("198.51.100.1") + "]}, {id: b, multicast: [" + channel("198.51.100.2, listen_only: true") + "]}]", "", ""},
		{"beside each other", "conferences: [{id: a, multicast: [" + here + "]}, {id: b, multicast: [{sdp: DIR/other.sdp}]}]", "", ""},
		{"a route to here by SIP", `routes: [{dial: "9*", to: "sip:{rest}@127.0.0.1", allow: [0.0.0.0/0]}]`, "routes[0].to", "this bridge itself"},
		{"a route to here by H.323", `routes: [{dial: "9*", to: "h323:{rest}@localhost:1720", allow: [0.0.0.0/0]}]`, "routes[0].to", "this bridge itself"},
		{"a route to an H.323 host", `routes: [{dial: "9*", to: "h323:127.0.0.1##{rest}", allow: [0.0.0.0/0]}]`, "routes[0].to", "this bridge itself"},
		{"a route to another port", `routes: [{dial: "9*", to: "sip:{rest}@127.0.0.1:5070;transport=tcp", allow: [0.0.0.0/0]}]`, "", ""},
		{"a route elsewhere", `routes: [{dial: "9*", to: "sip:{rest}@192.0.2.1", allow: [0.0.0.0/0]}]`, "", ""},
	} {
		_, err := loadText(t, strings.ReplaceAll(tc.text, "DIR", dir))
		var ps Problems
		switch {
		case tc.want == "":
			if err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
		case !errors.As(err, &ps) || len(ps) != 1 || ps[0].Key != tc.key || !strings.Contains(ps[0].Text, tc.want):
			t.Errorf("%s: %v, want %s: %s", tc.name, err, tc.key, tc.want)
		}
	}
}
