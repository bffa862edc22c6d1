package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/cmd/parley/internal/config"
	"parley/codecs/builtin"
	"parley/conference"
	"parley/multicast/sap"
)

// TestFollow has a joined session announced in later versions: the conference
// moves with it, under the same name, and stays where it cannot.
func TestFollow(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	path := filepath.Join(t.TempDir(), "parley.yaml")
	text := strings.Replace(quiet, "multicast: {enabled: false}\n", "", 1) + "multicast: {enabled: true, interface: lo}\nconferences: [{id: studio}]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Options{File: path, Codecs: builtin.Set()})
	if err != nil {
		t.Fatal(err)
	}
	log := new(logged)
	h, err := open(t.Context(), cfg, builtin.Set(), newLog(cfg, new(slog.LevelVar), log))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	if h.directory.listener == nil {
		t.Fatal("no groups on the loopback interface")
	}
	// The same test may run twice at once on a machine.
	title, port := fmt.Sprint("Move ", os.Getpid()), groupPort()
	other := announcer()
	defer other.Close()
	version := 0
	announce := func(group, profile, media string) {
		t.Helper()
		version++
		sdp := fmt.Sprintf("v=0\r\no=- %d %d IN IP4 127.0.0.1\r\ns=%s\r\nc=IN IP4 %s/1\r\nt=0 0\r\nm=audio %d RTP/%s %s\r\n", os.Getpid(), version, title, group, port, profile, media)
		one := sap.Announcement{Name: "x", SDP: []byte(sdp), Origin: netip.MustParseAddr("127.0.0.1"), Group: netip.MustParseAddr("239.255.255.255"), Interface: "lo", TTL: 1}
		if err := other.Set([]sap.Announcement{one}); err != nil {
			t.Fatal(err)
		}
	}
	conf, err := h.bridge.Open("studio")
	if err != nil {
		t.Fatal(err)
	}
	await := func(what string, ok func(*conference.Member) bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), eventually)
		defer cancel()
		roster, watch := conf.Watch()
		defer watch.Close()
		for {
			for i := range roster.Members {
				if m := &roster.Members[i]; m.Name == title && ok(m) {
					return
				}
			}
			if _, err := watch.Next(ctx); err != nil {
				t.Fatalf("%s: %v: %+v\n%s", what, err, roster.Members, log)
			}
			roster = conf.Roster()
		}
	}

	announce("239.255.78.11", "AVP", "0")
	s := awaitHeard(t, h.directory, title)
	// It is joined where it was announced, unless the configuration says where.
	anywhere := &directory{codecs: h.directory.codecs, groups: h.directory.groups, config: h.directory.config}
	anywhere.config.Interface, anywhere.config.MoreInterfaces = "", []string{"other", "lo"}
	if g, _, err := anywhere.group(&s.Session); err != nil || s.Interface != "lo" || g.Interface != "lo" || len(g.MoreInterfaces) != 1 {
		t.Errorf("heard on %q, it would be joined on %q and %q: %v", s.Interface, g.Interface, g.MoreInterfaces, err)
	}
	if err := h.directory.Join(&s.Session, "studio"); err != nil {
		t.Fatal(err)
	}
	at := func(group string) string { return fmt.Sprint(group, ":", port) }
	var first conference.ParticipantID
	await("joined", func(m *conference.Member) bool { first = m.ID; return m.Address == at("239.255.78.11") })
	announce("239.255.78.12", "AVP", "0")
	await("to another group", func(m *conference.Member) bool { return m.Address == at("239.255.78.12") })
	announce("239.255.78.12", "AVP", "9")
	await("to another codec", func(m *conference.Member) bool { return m.SendFormat.Is("G722") })
	announce("239.255.78.12", "SAVP", "9\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw")
	await("to a key", func(m *conference.Member) bool { return m.Encrypted && m.ID != first })
	log.await(t, "was left and joined anew", 3)
	if strings.Contains(log.String(), "MTIz") {
		t.Errorf("a key is logged: %s", log)
	}

	announce("192.0.2.1", "AVP", "0") // which is no group
	announce("239.255.78.12", "AVP", "100")
	log.await(t, "it stays as it was", 1)
	await("where it was", func(m *conference.Member) bool { return m.Encrypted })
	if s := awaitHeard(t, h.directory, title); s.Conference != "studio" {
		t.Errorf("listed as %+v", s)
	}
	announce("239.255.78.13", "AVP", "0")
	await("after a version that could not be joined", func(m *conference.Member) bool { return m.Address == at("239.255.78.13") })
	// Leave waits until the change is complete, which the roster shows before.
	if s := awaitHeard(t, h.directory, title); h.directory.Leave(&s.Session) != nil {
		t.Errorf("it cannot be left as %+v", s)
	}
	announce("239.255.78.14", "AVP", "0")
	h.directory.follow()
	for _, m := range conf.Roster().Members {
		t.Errorf("left, %+v is there", m)
	}
}

// logged is a log that can be read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed with the next line; nil: nobody waits
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	return l.text.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// await waits until text is logged n times.
func (l *logged) await(t *testing.T, text string, n int) {
	t.Helper()
	late := time.After(eventually)
	for {
		l.mu.Lock()
		found := strings.Count(l.text.String(), text) >= n
		if l.more == nil {
			l.more = make(chan struct{})
		}
		more := l.more
		l.mu.Unlock()
		if found {
			return
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("%q is not logged %d times: %s", text, n, l)
		}
	}
}
