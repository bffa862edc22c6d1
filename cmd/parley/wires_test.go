package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/parley/internal/config"
	"parley/codecs/builtin"
)

// A medium that cannot be taken is left out with a warning that names file and
// codec; the session's other one takes part.
func TestSessionWithUnknownCodec(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.sdp")
	text := "SDP:\nv=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 239.1.1.1/1\nt=0 0\nm=audio 5004 RTP/AVP 0\nm=video 5006 RTP/AVP 96\na=rtpmap:96 H265/90000\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := config.Defaults()
	cfg.Conferences, cfg.Multicast.Sessions = nil, []config.Session{{File: path, Conference: "lobby"}}
	var log bytes.Buffer
	m, err := multicastConfig(&cfg, builtin.Set(), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil || len(m.Groups) != 1 || m.Groups[0].Audio == nil || m.Groups[0].Video != nil {
		t.Errorf("%+v, %v", m, err)
	}
	for _, want := range []string{"level=WARN", path, "H265/90000"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in %s", want, &log)
		}
	}
	group := config.Group{SDP: path}
	for range 2 {
		g, err := groupConfig(&cfg, &group, builtin.Set(), slog.New(slog.DiscardHandler))
		if err != nil || g.Audio.ListenOnly != group.ListenOnly {
			t.Errorf("listen only, %v: %+v, %v", group.ListenOnly, g.Audio, err)
		}
		group.ListenOnly = true
	}
	if !wantsGroup(&cfg, "lobby") || wantsGroup(&cfg, "other") {
		t.Error("the session is of lobby alone")
	}
}
