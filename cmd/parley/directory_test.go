package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/cmd/parley/internal/api"
	"parley/cmd/parley/internal/config"
	"parley/codecs"
	"parley/codecs/builtin"
	"parley/multicast"
	"parley/multicast/sap"
)

const withGroup = `
multicast: {enabled: true, interface: lo, announce: {profile: fast}}
conferences:
  - {id: %[1]s, title: %[1]s, public: %[2]v, multicast: [{audio: {group: "239.255.78.1:%[3]d", codec: PCMU}, interface: lo, ttl: 3}]}
  - {id: other}
`

// TestDirectory has a house announce a conference, join what another announces,
// and take over what is public live.
func TestDirectory(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	path := filepath.Join(t.TempDir(), "parley.yaml")
	// The same test may run twice at once on a machine.
	port := groupPort()
	house := fmt.Sprint("house-", os.Getpid())
	load := func(public bool) *config.Config {
		t.Helper()
		text := strings.Replace(quiet, "multicast: {enabled: false}\n", "", 1) + fmt.Sprintf(withGroup, house, public, port)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(config.Options{File: path, Codecs: builtin.Set()})
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	var text bytes.Buffer
	cfg, level := load(true), new(slog.LevelVar)
	log := newLog(cfg, level, &text)
	h, err := open(t.Context(), cfg, builtin.Set(), log)
	if err != nil {
		t.Fatal("no groups on the loopback interface: ", err)
	}
	defer func() {
		if err := h.close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	d := h.directory
	list := d.announcements()
	if len(list) != 1 {
		t.Fatalf("%d announcements", len(list))
	}
	one := list[0]
	if one.Group != netip.MustParseAddr("239.255.255.255") || one.TTL != 3 || one.Interface != "lo" || !strings.Contains(string(one.SDP), "s="+house+"\r\n") {
		t.Errorf("announced as %+v", one)
	}
	own := awaitHeard(t, d, house)
	if !own.Own || own.Conference != house || own.Live != api.LiveNo {
		t.Errorf("heard as %+v", own)
	}
	if err := d.Probe(t.Context(), &own.Session); err != nil {
		t.Error(err) // nothing is joined for what is a member anyway
	}

	other := announcer()
	defer other.Close()
	title := fmt.Sprint("Talk ", os.Getpid())
	sdp := fmt.Sprintf("v=0\r\no=- %d 1 IN IP4 127.0.0.1\r\ns=%s\r\nc=IN IP4 239.255.78.2/255\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\n", os.Getpid(), title, port)
	if err := other.Set([]sap.Announcement{{Name: "x", SDP: []byte(sdp), Origin: netip.MustParseAddr("127.0.0.1"), Group: one.Group, Interface: "lo", TTL: 1}}); err != nil {
		t.Fatal(err)
	}
	talk := awaitHeard(t, d, title)
	if err := d.Join(&talk.Session, "other"); err != nil {
		t.Fatal(err)
	}
	if s := awaitHeard(t, d, title); s.Conference != "other" || s.Own {
		t.Errorf("once joined, %+v", s)
	}
	// A stranger's description says 255, and the group is of this site.
	sessions, err := h.groups.SDP("other", false)
	if err != nil || len(sessions) != 1 || sessions[0].TTL != cfg.Multicast.MaxTTL.Site {
		t.Errorf("joined as %+v, %v", sessions, err)
	}
	// It is listed when it is announced no more, until it is left.
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	awaitGone(t, d, title)
	if s := awaitHeard(t, d, title); s.Conference != "other" {
		t.Errorf("announced no more, %+v", s)
	}
	if err := d.Leave(&talk.Session); err != nil {
		t.Error(err)
	}
	for _, s := range d.Sessions() {
		if s.Title == title {
			t.Errorf("left, %+v is still listed", s)
		}
	}

	r := &reloader{options: config.Options{File: path, Codecs: builtin.Set()}, running: *cfg, house: h, level: level, log: log}
	load(false)
	r.reload()
	if list := d.announcements(); len(list) != 0 {
		t.Errorf("no longer public, it is announced as %+v", list)
	}
	d.Announce(house, true)
	if list := d.announcements(); len(list) != 1 || !d.Public(house) || d.Public("other") {
		t.Errorf("by order, %d are announced", len(list))
	}
}

// TestHarmless: nobody who announces has the bridge send to routers, to what
// listens to announcements, or RTCP to a host of their choice.
func TestHarmless(t *testing.T) {
	set := builtin.Set()
	for text, want := range map[string]bool{
		"c=IN IP4 239.1.2.3/4\nm=audio 5004 RTP/AVP 0\n":                                                                        true,
		"c=IN IP6 ff15::1:2\nm=audio 5004 RTP/AVP 0\n":                                                                          true,
		"c=IN IP4 224.0.0.5/4\nm=audio 5004 RTP/AVP 0\n":                                                                        false,
		"c=IN IP4 224.2.127.254/4\nm=audio 9875 RTP/AVP 0\n":                                                                    false,
		"c=IN IP6 ff02::1\nm=audio 5004 RTP/AVP 0\n":                                                                            false,
		"c=IN IP6 ff05::2:7ffe\nm=audio 9875 RTP/AVP 0\n":                                                                       false,
		"c=IN IP4 239.1.2.3/4\nm=audio 5004 RTP/AVP 0\na=rtcp:5005 IN IP4 224.0.0.5\n":                                          false,
		"c=IN IP4 239.1.2.3/4\nm=audio 5004 RTP/AVP 0\na=rtcp:5005 IN IP4 192.0.2.1\na=rtcp-unicast:reflection\n":               true,
		"c=IN IP4 239.1.2.3/4\nm=audio 5004 RTP/AVP 0\na=rtcp:53 IN IP4 198.51.100.1\na=rtcp-unicast:reflection\n":              false,
		"c=IN IP4 239.1.2.3/4\nm=audio 5004 RTP/AVP 0\nm=video 53 RTP/AVP 34\na=rtcp-unicast:rsi\na=rtcp:53 IN IP4 192.0.2.9\n": false,
	} {
		g, _, err := multicast.ParseSession([]byte("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=x\n"+strings.Replace(text, "m=", "t=0 0\nm=", 1)), set)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		err = harmless(&g, &sap.Session{From: netip.MustParseAddr("192.0.2.1")}, nil)
		if (err == nil) != want || err != nil && !errors.Is(err, codecs.ErrUnsupported) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// awaitGone waits until a session of this title is announced no more.
func awaitGone(t *testing.T, d *directory, title string) {
	t.Helper()
	late := time.After(eventually)
	for {
		sessions, changed := d.listener.Sessions()
		if !slices.ContainsFunc(sessions, func(s sap.Session) bool { return s.Title == title }) {
			return
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("%q is still announced", title)
		}
	}
}

// eventually is how long what has to come is waited for: some announcements.
const eventually = 30 * time.Second

// announcer announces again and again: what is heard of one host is bounded, and all
// copies of the tests that run on a machine are one host.
func announcer() *sap.Transmitter {
	return sap.NewTransmitter(sap.TransmitConfig{Announcer: sap.AnnouncerConfig{Fast: true}})
}

// groupPort is an even port of this copy of the tests alone, below those that the
// system gives to sockets that ask for any.
func groupPort() int { return 20000 + 2*(os.Getpid()%6000) }

// awaitHeard waits until a session of this title is heard.
func awaitHeard(t *testing.T, d *directory, title string) api.Heard {
	t.Helper()
	late := time.After(eventually)
	for {
		_, changed := d.listener.Sessions()
		for _, s := range d.Sessions() {
			if s.Title == title {
				return s
			}
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("%q is not heard", title)
		}
	}
}
