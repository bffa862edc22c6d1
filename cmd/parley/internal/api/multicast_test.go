package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
	"parley/multicast"
	"parley/multicast/sap"
)

// sessions is a Directory of the sessions "s" and "t".
type sessions struct {
	mu     sync.Mutex
	joined map[string]string // conference by session
	live   Live
	public map[string]bool
	err    error
	gone   bool
	ended  bool // sessions are announced no more: those that are joined are listed still
}

func (d *sessions) Sessions() []Heard {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Heard
	for _, id := range []string{"s", "t"} {
		if d.gone && id == "t" || d.ended && d.joined[id] == "" {
			continue
		}
		out = append(out, Heard{
			Session: sap.Session{
				ID: id, SDP: []byte("v=0\r\nk=base64:x\r\na=crypto:1 X inline:x\r\na=key-mgmt:mikey x\r\na=tool:x"), From: netip.MustParseAddr("192.0.2.1"), In: netip.MustParseAddr("239.255.255.255"), First: time.Unix(7, 0).UTC(),
				Last: time.Now(),
				Description: sap.Description{Title: "Talk " + id, Owner: "ann", Media: []sap.Medium{{
					Kind: "audio", Group: netip.MustParseAddrPort("239.255.1.1:5004"), Groups: 1, TTL: 4, Protocol: "RTP/AVP", Formats: []string{"PCMU/8000"}, Sources: []netip.Addr{netip.MustParseAddr("192.0.2.1")},
				}}},
			},
			Conference: d.joined[id], Live: d.live,
		})
	}
	return out
}

func (d *sessions) Probe(context.Context, *sap.Session) error {
	d.live = LiveYes
	return d.err
}

func (d *sessions) Join(s *sap.Session, conferenceID string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.joined[s.ID] = conferenceID
	}
	return d.err
}

func (d *sessions) Leave(s *sap.Session) error {
	if d.joined[s.ID] == "" {
		return multicast.ErrNoGroup
	}
	delete(d.joined, s.ID)
	return nil
}

func (d *sessions) Public(id string) bool           { return d.public[id] }
func (d *sessions) Announce(id string, public bool) { d.public[id] = public }

func newDirectory() *sessions {
	return &sessions{joined: make(map[string]string), public: make(map[string]bool), live: LiveUnknown}
}

func TestMulticastSessions(t *testing.T) {
	h, d := newHouse(t, loopback, "", nil), newDirectory()
	h.deps.Directory = d
	for i, step := range []struct {
		method, path, body string
		err                error
		status             int
		want               string
	}{
		{"GET", "/multicast/sessions", "", nil, 200, `"id":"s","title":"Talk s","owner":"ann"`},
		{"GET", "/multicast/sessions", "", nil, 200, `"media":[{"kind":"audio","group":"239.255.1.1:5004","groups":1,"ttl":4,"protocol":"RTP/AVP","codecs":["PCMU/8000"],"sources":["192.0.2.1"]}]`},
		{"GET", "/multicast/sessions/s", "", nil, 200, `"sdp":"v=0\r\na=tool:x"`},
		{"GET", "/multicast/sessions/x", "", nil, 404, "no such session"},
		{"POST", "/multicast/sessions/s/probe", "", nil, 200, `"live":"yes"`},
		{"POST", "/multicast/sessions/s/probe", "", sap.ErrBusy, 503, "ask again"},
		{"POST", "/multicast/sessions/s/leave", "", nil, 409, "no conference"},
		{"POST", "/multicast/sessions/s/join", `{"conference":"nowhere"}`, nil, 404, "no such conference"},
		{"POST", "/multicast/sessions/s/join", `{"conference":"lobby"}`, fmt.Errorf("%w: 239.255.1.1:5004 is in board", multicast.ErrJoined), 409, "takes part in a conference already: 239.255.1.1:5004 is in board"},
		{"POST", "/multicast/sessions/s/join", `{"conference":"lobby"}`, multicast.ErrTooMany, 409, "as many"},
		{"POST", "/multicast/sessions/s/join", `{"conference":"lobby"}`, fmt.Errorf("no codec: %w", codecs.ErrUnsupported), 409, "no codec"},
		{"POST", "/multicast/sessions/s/join", `{"conference":"lobby"}`, nil, 200, `"conference":"lobby"`},
		{"POST", "/multicast/sessions/s/leave", "", nil, 200, `"conference":""`},
		{"GET", "/conferences/lobby", "", nil, 200, `"public":false`},
		{"PUT", "/conferences/lobby/announcement", `{"public":true}`, nil, 200, `"public":true`},
		{"GET", "/conferences/lobby", "", nil, 200, `"public":true`},
		{"PUT", "/conferences/board/announcement", `{"public":true}`, nil, 409, "PIN"},
		{"PUT", "/conferences/nowhere/announcement", `{"public":true}`, nil, 404, ""},
	} {
		d.err = step.err
		w := h.do(step.method, Prefix+step.path, step.body)
		if w.Code != step.status || !strings.Contains(w.Body.String(), step.want) {
			t.Errorf("step %d, %s %s: %d %s, want %d with %q", i, step.method, step.path, w.Code, w.Body, step.status, step.want)
		}
	}
	d.err, d.joined["s"], d.ended = nil, "lobby", true
	if w := h.do("POST", Prefix+"/multicast/sessions/s/leave", ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"conference":""`) {
		t.Errorf("an ended session was left: %d %s", w.Code, w.Body)
	}
	if w := h.do("GET", Prefix+"/multicast/sessions/s", ""); w.Code != http.StatusNotFound {
		t.Errorf("an ended session that was left: %d %s", w.Code, w.Body)
	}
	h.deps.Directory = nil
	for _, path := range []string{"/multicast/sessions", "/multicast/sessions/s", "/multicast/events"} {
		if w := h.do("GET", Prefix+path, ""); w.Code != http.StatusNotImplemented {
			t.Errorf("without multicast, %s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestWatchMulticastSessions(t *testing.T) {
	h, d := newHouse(t, loopback, "", nil), newDirectory()
	h.deps.Directory = d
	server := httptest.NewServer(h.Handler())
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+Prefix+"/multicast/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func(event string, value any) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() != "event: "+event {
				continue
			}
			for lines.Scan() {
				if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
					if err := json.Unmarshal([]byte(data), value); err != nil {
						t.Fatal(err)
					}
					return
				}
			}
		}
		t.Fatalf("no %s: %v", event, lines.Err())
	}
	var all MulticastSessions
	if next("sessions", &all); len(all.Sessions) != 2 {
		t.Errorf("%+v", all)
	}
	if err := d.Join(&sap.Session{ID: "s"}, "lobby"); err != nil {
		t.Fatal(err)
	}
	var one MulticastSession
	if next("session", &one); one.ID != "s" || one.Conference != "lobby" {
		t.Errorf("%+v", one)
	}
	d.mu.Lock()
	d.gone = true
	d.mu.Unlock()
	var gone SessionGone
	next("gone", &gone)
	if diff := cmp.Diff(SessionGone{ID: "t"}, gone); diff != "" {
		t.Error(diff)
	}
}
