package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/cmd/parley/internal/api"
)

// announcedTalks are two sessions of one title, and one of another.
func announcedTalks() []api.MulticastSession {
	media := []api.MulticastMedium{{Kind: "audio", Group: "239.255.1.1:5004", TTL: 4, Codecs: []string{"PCMU/8000"}}}
	since := time.Date(2030, 1, 2, 3, 4, 5, 0, time.Local)
	return []api.MulticastSession{
		{ID: "1", Title: "Talk", Owner: "ann", From: "192.0.2.1", Media: media, HeardSince: since, Live: api.LiveYes, Conference: "lobby"},
		{ID: "2", Title: "Twin", Owner: "-", From: "192.0.2.2", HeardSince: since, Live: api.LiveUnknown, Own: true},
		{ID: "3", Title: "Twin", Owner: "-", From: "192.0.2.2", HeardSince: since, Live: api.LiveNo},
	}
}

func TestSessionsTable(t *testing.T) {
	var out strings.Builder
	if err := new(listing).print(&out, io.Discard, announcedTalks()); err != nil {
		t.Fatal(err)
	}
	want := `ID  TITLE       OWNER  MEDIA                             TTL  FROM       SINCE     LIVE     CONFERENCE
1   Talk        ann    audio 239.255.1.1:5004 PCMU/8000  4    192.0.2.1  03:04:05  yes      lobby
2   Twin (own)  -                                        -    192.0.2.2  03:04:05  unknown  -
3   Twin        -                                        -    192.0.2.2  03:04:05  no       -
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	if err := (&listing{json: true}).print(&out, io.Discard, announcedTalks()); err != nil {
		t.Fatal(err)
	}
	var back api.MulticastSessions
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || len(back.Sessions) != 3 {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestSessionsSayWhereTheyListen(t *testing.T) {
	for want, l := range map[string]listing{
		"Listening for 12s ...":               {patience: 12 * time.Second},
		"Listening on eth0, eth1 for 12s ...": {patience: 12 * time.Second, interfaces: []string{"eth0", "eth1"}},
		"Listening on eth0. Ctrl-C ends.":     {patience: 12 * time.Second, interfaces: []string{"eth0"}, watch: true},
	} {
		if got := l.listening(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestSessionsWatched(t *testing.T) {
	var out strings.Builder
	l, told := new(listing), make(map[string]api.MulticastSession)
	steps := [][]api.MulticastSession{announcedTalks()[:1], announcedTalks()[:1], announcedTalks()[:1], nil}
	steps[1][0].LastHeard = time.Now() // says nothing new
	steps[2][0].Conference = ""
	for _, now := range steps {
		if err := l.tell(&out, told, now); err != nil {
			t.Fatal(err)
		}
	}
	var signs []string
	for line := range strings.Lines(out.String()) {
		signs = append(signs, line[:1]+" "+line[len(line)-6:])
	}
	if diff := cmp.Diff([]string{"+ lobby\n", "~ es  -\n", "- es  -\n"}, signs); diff != "" {
		t.Errorf("%s\n%s", diff, out.String())
	}
}

// TestJoinOrders has a bridge take orders by id and by title.
func TestJoinOrders(t *testing.T) {
	var orders []string
	bridge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.Method == http.MethodGet {
			_ = json.NewEncoder(w).Encode(api.MulticastSessions{Sessions: announcedTalks()})
			return
		}
		body, _ := io.ReadAll(r.Body)
		orders = append(orders, strings.TrimPrefix(r.URL.Path, api.Prefix)+" "+string(body))
		if strings.Contains(r.URL.Path, "/3/") {
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, `{"detail":"it takes part already"}`)
			return
		}
		s := announcedTalks()[0]
		if strings.HasSuffix(r.URL.Path, "/leave") {
			s.Conference = ""
		}
		_ = json.NewEncoder(w).Encode(s)
	}))
	defer bridge.Close()
	for _, tt := range []struct{ args, out, err string }{
		{"join talk --conference lobby", "Talk takes part in lobby.\n", ""},
		{"leave 1", "Talk was left.\n", ""},
		{"join 3 --conference lobby", "", "it takes part already"},
		{"join Twin --conference lobby", "", "give the id of one: 2, 3"},
		{"join Nothing --conference lobby", "", `no session "Nothing" is announced`},
	} {
		var out strings.Builder
		root := newRoot()
		root.SetArgs(append(strings.Fields(tt.args), "--url", bridge.URL, "--token", "secret"))
		root.SetOut(&out)
		err := root.ExecuteContext(context.Background())
		if out.String() != tt.out || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %q, %v", tt.args, out.String(), err)
		}
	}
	want := []string{`/multicast/sessions/1/join {"conference":"lobby"}`, `/multicast/sessions/1/leave {}`, `/multicast/sessions/3/join {"conference":"lobby"}`}
	if diff := cmp.Diff(want, orders); diff != "" {
		t.Error(diff)
	}
}
