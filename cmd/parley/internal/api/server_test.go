package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"parley/codecs/builtin"
	"parley/conference"
	"parley/h323/bridge"
	"parley/h323/q931"
	"parley/multicast"
	"parley/qos/rtp"
	"parley/sipbridge"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "0123456789abcdef-token"

var (
	loopback = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	public   = &net.TCPAddr{IP: net.IPv6unspecified, Port: 8080}
)

// guest is a Participant that only sits there.
type guest struct {
	name         string
	disconnected chan conference.Cause
	pressed      string
}

func (g *guest) Info() conference.Info {
	return conference.Info{Name: g.name, Wire: conference.WireSIP, Address: "sip:" + g.name + "@192.0.2.1"}
}

// Dial takes all keys but an A.
func (g *guest) Dial(keys string) error {
	if strings.Contains(keys, "A") {
		return conference.ErrNoKeypad
	}
	g.pressed += keys
	return nil
}

func (g *guest) Audio() conference.AudioPort { return nil }
func (g *guest) Video() conference.VideoPort { return nil }
func (g *guest) Disconnect(c conference.Cause) {
	select {
	case g.disconnected <- c:
	default:
	}
}

func (g *guest) Quality() conference.Quality {
	return conference.Quality{Packets: 100, Lost: 3, LossFraction: 0.25, Jitter: 5 * time.Millisecond}
}

// house is a Server with one open conference, one with a PIN, and alice in
// both.
type house struct {
	*Server
	bridge *conference.Bridge
	alice  *guest
	seat   *conference.Seat
}

func newHouse(t *testing.T, listener net.Addr, token string, dialer Dialer) *house {
	t.Helper()
	bridge, err := conference.NewBridge(conference.BridgeConfig{
		Codecs: builtin.Set(),
		Conferences: []conference.Settings{
			{ID: "lobby", Title: "Lobby"},
			{ID: "board", Title: "Board", PIN: "482913"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{bridge: bridge, alice: &guest{name: "alice", disconnected: make(chan conference.Cause, 4)}}
	for _, id := range []string{"board", "lobby"} {
		c, err := bridge.Open(id)
		if err != nil {
			t.Fatal(err)
		}
		if h.seat, err = c.Join(h.alice); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.seat.Leave(conference.Cause{Code: conference.CauseLeft}) })
	}
	h.Server = New(Config{Token: token, Version: "test"}, listener, Deps{
		Bridge: bridge, SIP: dialer, H323: dialer,
		Sessions: groups{"lobby": 2, "board": 1},
		Page:     http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("page")) }),
		Wires: Wires{Multicast: func() []multicast.GroupStats {
			return []multicast.GroupStats{{Conference: "lobby", Address: "239.1.1.1:5004", Loops: 2, Audio: &rtp.Stats{Sent: 7, Sources: map[uint32]rtp.SourceStats{1: {}}}}}
		}},
	})
	t.Cleanup(func() {
		h.stop()
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // nobody disconnects by itself here
		_ = bridge.Close(ctx)
	})
	return h
}

func (h *house) do(method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.http.Handler.ServeHTTP(w, r)
	return w
}

func TestWhoMay(t *testing.T) {
	bearer := []string{"Authorization", "Bearer " + token}
	tests := []struct {
		name     string
		listener net.Addr
		token    string
		header   []string
		list     int // GET conferences
		who      int // GET participants of a conference, with a PIN or not; its events too
		mute     int // POST mute
	}{
		{"loopback without token", loopback, "", nil, 200, 200, 204},
		{"loopback by name", loopback, "", []string{"Host", "localhost:8080"}, 200, 200, 204},
		{"loopback by IPv6", loopback, "", []string{"Host", "[::1]:8080"}, 200, 200, 204},
		{"own page", loopback, "", []string{"Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin"}, 200, 200, 204},
		{"rebound name", loopback, "", []string{"Host", "evil.example:8080"}, 403, 403, 403},
		{"foreign page", loopback, "", []string{"Origin", "https://evil.example"}, 403, 403, 403},
		{"page without origin", loopback, "", []string{"Origin", "null"}, 403, 403, 403},
		{"foreign page by its fetch site", loopback, "", []string{"Sec-Fetch-Site", "cross-site"}, 403, 403, 403},
		{"same machine, other port", loopback, "", []string{"Origin", "http://127.0.0.1:9999"}, 403, 403, 403},
		{"proxy", loopback, "", []string{"X-Forwarded-For", "192.0.2.1"}, 403, 403, 403},
		{"loopback with token, not brought", loopback, token, nil, 401, 401, 401},
		{"loopback with token", loopback, token, bearer, 200, 200, 204},
		{"public without token", public, "", nil, 403, 403, 403},
		{"public without token, one is brought", public, "", bearer, 403, 403, 403},
		{"public, not brought", public, token, nil, 401, 401, 401},
		{"public, wrong", public, token, []string{"Authorization", "Bearer " + token + "x"}, 401, 401, 401},
		{"public, empty", public, token, []string{"Authorization", "Bearer "}, 401, 401, 401},
		{"public, other scheme", public, token, []string{"Authorization", "Basic " + token}, 401, 401, 401},
		{"public, right", public, token, bearer, 200, 200, 204},
		{"public, right through a proxy", public, token, append([]string{"X-Forwarded-For", "192.0.2.1", "Host", "meet.example"}, bearer...), 200, 200, 204},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t, tt.listener, tt.token, nil)
			mute := "/api/v1/conferences/lobby/participants/" + string(h.seat.ID()) + "/mute"
			for _, path := range []string{"/api/v1/conferences/lobby", "/api/v1/conferences/lobby/participants"} {
				if code := h.do("GET", path, "", tt.header...).Code; code != tt.who {
					t.Errorf("GET %s: %d, want %d", path, code, tt.who)
				}
			}
			if tt.who != 200 { // else it is a stream
				if code := h.do("GET", "/api/v1/conferences/lobby/events", "", tt.header...).Code; code != tt.who {
					t.Errorf("GET events: %d, want %d", code, tt.who)
				}
			}
			got := []int{
				h.do("GET", "/api/v1/conferences", "", tt.header...).Code,
				h.do("GET", "/api/v1/conferences/board/participants", "", tt.header...).Code,
				h.do("POST", mute, `{"muted":true}`, tt.header...).Code,
			}
			if diff := cmp.Diff([]int{tt.list, tt.who, tt.mute}, got); diff != "" {
				t.Errorf("list, participants, mute:\n%s", diff)
			}
			c, _ := h.bridge.Open("lobby")
			if muted := c.Roster().Members[0].MutedByHost; muted != (tt.mute == 204) {
				t.Errorf("muted %v", muted)
			}
		})
	}
}

func TestTokenChangesLive(t *testing.T) {
	h := newHouse(t, public, token, nil)
	h.SetToken("another-token-of-length")
	if code := h.do("GET", "/api/v1/conferences", "", "Authorization", "Bearer "+token).Code; code != 401 {
		t.Errorf("old token: %d", code)
	}
	if code := h.do("GET", "/api/v1/conferences", "", "Authorization", "Bearer another-token-of-length").Code; code != 200 {
		t.Errorf("new token: %d", code)
	}
}

func TestConferences(t *testing.T) {
	h := newHouse(t, loopback, "", nil)
	w := h.do("GET", "/api/v1/conferences", "")
	var got struct{ Conferences []Conference }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := []Conference{
		{ID: "board", Title: "Board", PINRequired: true, Codecs: []string{}, Participants: 1},
		{ID: "lobby", Title: "Lobby", Codecs: []string{}, Participants: 1},
	}
	if diff := cmp.Diff(want, got.Conferences); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(w.Body.String(), "482913") {
		t.Error("the PIN is told")
	}
	w = h.do("GET", "/api/v1/conferences/none", "")
	if w.Code != 404 || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), "no such conference") {
		t.Errorf("unknown conference: %d %s %s", w.Code, w.Header(), w.Body)
	}
	w = h.do("GET", "/api/v1/conference", "")
	if w.Code != 404 || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), "openapi.json") {
		t.Errorf("unknown path: %d %s %s", w.Code, w.Header(), w.Body)
	}
}

func TestParticipants(t *testing.T) {
	h := newHouse(t, loopback, "", nil)
	w := h.do("GET", "/api/v1/conferences/lobby/participants", "")
	var got struct{ Participants []Participant }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Participants) != 1 {
		t.Fatalf("participants: %s", w.Body)
	}
	p := got.Participants[0]
	if p.ID != string(h.seat.ID()) || p.Name != "alice" || p.Wire != "sip" || p.Address != "sip:alice@192.0.2.1" {
		t.Errorf("participant %+v", p)
	}
	if want := (Quality{Packets: 100, Lost: 3, Loss: 0.25, JitterMS: 5}); p.Quality == nil || *p.Quality != want {
		t.Errorf("quality %+v", p.Quality)
	}
}

func TestMuteAndKick(t *testing.T) {
	h := newHouse(t, loopback, "", nil)
	at := "/api/v1/conferences/lobby/participants/"
	for _, tt := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", at + "nobody/mute", `{"muted":true}`, 404},
		{"POST", at + string(h.seat.ID()) + "/mute", `{"muted":"yes"}`, 422},
		{"POST", at + string(h.seat.ID()) + "/mute", `{`, 400},
		{"POST", at + string(h.seat.ID()) + "/mute", `{"muted":true,"x":"` + strings.Repeat("x", maxBodyBytes) + `"}`, 413},
		{"POST", at + "nobody/digits", `{"digits":"1"}`, 404},
		{"POST", at + string(h.seat.ID()) + "/digits", `{"digits":""}`, 422},
		{"POST", at + string(h.seat.ID()) + "/digits", `{"digits":"1-2"}`, 422},
		{"POST", at + string(h.seat.ID()) + "/digits", `{"digits":"A"}`, 409},
		{"POST", at + string(h.seat.ID()) + "/digits", `{"digits":"12#"}`, 204},
		{"DELETE", at + "nobody", "", 404},
		{"DELETE", at + string(h.seat.ID()) + "?reason=noise", "", 204},
	} {
		if w := h.do(tt.method, tt.path, tt.body); w.Code != tt.want {
			t.Errorf("%s %s %.20s: %d %s, want %d", tt.method, tt.path, tt.body, w.Code, w.Body, tt.want)
		}
	}
	if h.alice.pressed != "12#" {
		t.Errorf("pressed %q", h.alice.pressed)
	}
	if got, want := <-h.alice.disconnected, (conference.Cause{Code: conference.CauseKicked, Text: "noise"}); got != want {
		t.Errorf("cause %v", got)
	}
}

// The description names every operation that is answered, and each asks for
// the token.
func TestOpenAPI(t *testing.T) {
	h := newHouse(t, public, token, nil)
	w := h.do("GET", "/api/v1/openapi.json", "")
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Security    []map[string][]string
			Responses   map[string]any
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %q", doc.OpenAPI)
	}
	got := make(map[string]string)
	for path, item := range doc.Paths {
		for method, op := range item {
			got[strings.ToUpper(method)+" "+path] = op.OperationID
			if len(op.Security) != 1 || op.Security[0]["token"] == nil {
				t.Errorf("%s: security %v", op.OperationID, op.Security)
			}
			if op.Responses["401"] == nil || op.Responses["403"] == nil {
				t.Errorf("%s: refusals are not described", op.OperationID)
			}
			concrete := strings.NewReplacer("{id}", "lobby", "{participant}", "p", "{session}", "s").Replace(path)
			if code := h.do(strings.ToUpper(method), concrete, "").Code; code != 401 {
				t.Errorf("%s %s without token: %d", method, concrete, code)
			}
		}
	}
	want := map[string]string{
		"GET /api/v1/conferences":                                         "list-conferences",
		"GET /api/v1/conferences/{id}":                                    "get-conference",
		"GET /api/v1/conferences/{id}/groups":                             "list-groups",
		"GET /api/v1/conferences/{id}/participants":                       "list-participants",
		"POST /api/v1/conferences/{id}/participants/{participant}/mute":   "mute-participant",
		"POST /api/v1/conferences/{id}/participants/{participant}/digits": "send-digits",
		"DELETE /api/v1/conferences/{id}/participants/{participant}":      "remove-participant",
		"GET /api/v1/multicast/leases":                                    "list-leases",
		"POST /api/v1/conferences/{id}/groups":                            "open-group",
		"DELETE /api/v1/conferences/{id}/groups/{group}":                  "close-group",
		"POST /api/v1/conferences/{id}/dial":                              "dial",
		"GET /api/v1/conferences/{id}/events":                             "watch-conference",
		"GET /api/v1/h323/trace":                                          "trace-h323",
		"GET /api/v1/multicast/events":                                    "watch-multicast-sessions",
		"GET /api/v1/multicast/sessions":                                  "list-multicast-sessions",
		"GET /api/v1/multicast/sessions/{session}":                        "get-multicast-session",
		"POST /api/v1/multicast/sessions/{session}/join":                  "join-multicast-session",
		"POST /api/v1/multicast/sessions/{session}/leave":                 "leave-multicast-session",
		"POST /api/v1/multicast/sessions/{session}/probe":                 "probe-multicast-session",
		"PUT /api/v1/conferences/{id}/announcement":                       "announce-conference",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMetrics(t *testing.T) {
	h := newHouse(t, public, token, nil)
	w := h.do("GET", "/metrics", "")
	if w.Code != 200 {
		t.Fatalf("status %d", w.Code)
	}
	id := string(h.seat.ID())
	for _, line := range []string{
		`parley_build_info{goversion="`,
		"parley_conferences 2\n",
		`parley_participants{wire="sip"} 2` + "\n",
		`parley_participants{wire="webrtc"} 0` + "\n",
		"parley_mixer_tick_seconds_bucket{le=\"+Inf\"} ",
		"parley_mixer_encodes_shared_total ",
		"parley_video_keyframe_requests_total 0\n",
		`parley_participant_packets_total{participant="` + id + `",wire="sip"} 100` + "\n",
		`parley_participant_lost_packets{participant="` + id + `",wire="sip"} 3` + "\n",
		`parley_participant_loss_ratio{participant="` + id + `",wire="sip"} 0.25` + "\n",
		`parley_participant_jitter_seconds{participant="` + id + `",wire="sip"} 0.005` + "\n",
		`parley_multicast_packets_sent_total{group="239.1.1.1:5004",media="audio"} 7` + "\n",
		`parley_multicast_sources{group="239.1.1.1:5004",media="audio"} 1` + "\n",
		`parley_multicast_loops_total{group="239.1.1.1:5004"} 2` + "\n",
	} {
		if !strings.Contains(w.Body.String(), line) {
			t.Errorf("no %q in\n%s", line, w.Body)
		}
	}
	for _, private := range []string{"alice", "lobby", "482913"} {
		if strings.Contains(w.Body.String(), private) {
			t.Errorf("metrics tell %q", private)
		}
	}
}

func TestHealthAndPage(t *testing.T) {
	h := newHouse(t, public, token, nil)
	for _, tt := range []struct {
		path string
		want int
	}{{"/livez", 200}, {"/readyz", 503}, {"/", 200}, {"/c/lobby", 200}} {
		if w := h.do("GET", tt.path, ""); w.Code != tt.want || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", tt.path, w.Code, w.Header())
		}
	}
	h.SetReady(true)
	if w := h.do("GET", "/readyz", ""); w.Code != 200 {
		t.Errorf("ready: %d", w.Code)
	}
}

type fakeDialer struct{ conference string }

func (d *fakeDialer) Dial(ctx context.Context, uri, id string) (conference.ParticipantID, error) {
	d.conference = id
	switch uri {
	case "sip:busy@192.0.2.1":
		return "", fmt.Errorf("dial: %w", &sipbridge.StatusError{Status: 486, Reason: "Busy Here"})
	case "h323:busy@192.0.2.1":
		return "", fmt.Errorf("dial: %w", &bridge.CallError{Cause: q931.UserBusy})
	case "sip:nohost@192.0.2.1":
		return "", errors.New("no such host")
	case "sip:silent@192.0.2.1":
		return "", context.DeadlineExceeded
	}
	return "p7", nil
}

func TestDial(t *testing.T) {
	d := &fakeDialer{}
	h := newHouse(t, loopback, "", d)
	for _, tt := range []struct {
		uri, want string
		code      int
	}{
		{"sip:bob@192.0.2.1", `{"participant":"p7"}`, 200},
		{"sip:busy@192.0.2.1", `"sipStatus":486,"sipReason":"Busy Here"`, 502},
		{"sip:silent@192.0.2.1", `no answer in time`, 504},
		{"sip:nohost@192.0.2.1", `no such host`, 502},
		{"h323:bob@192.0.2.1", `{"participant":"p7"}`, 200},
		{"h323:busy@192.0.2.1", `"cause":17,"causeText":"h323: user busy (17)"`, 502},
		{"tel:123", `an address such as sip:alice@192.0.2.1 or h323:room@192.0.2.1`, 422},
	} {
		w := h.do("POST", "/api/v1/conferences/lobby/dial", `{"uri":"`+tt.uri+`"}`)
		if w.Code != tt.code || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: %d %s", tt.uri, w.Code, w.Body)
		}
	}
	if d.conference != "lobby" {
		t.Errorf("dialled into %q", d.conference)
	}
	if w := newHouse(t, loopback, "", nil).do("POST", "/api/v1/conferences/lobby/dial", `{"uri":"sip:bob@192.0.2.1"}`); w.Code != 501 {
		t.Errorf("without SIP: %d", w.Code)
	}
}

// A stream begins with the roster, tells what happens, and ends with the
// server.
func TestEvents(t *testing.T) {
	h := newHouse(t, loopback, "", nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.Start(l)
	client := &http.Client{}
	defer client.CloseIdleConnections()
	res, err := client.Get("http://" + l.Addr().String() + "/api/v1/conferences/lobby/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("status %d %v", res.StatusCode, res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	next := func(kind string, into any) {
		t.Helper()
		var got string
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				got = name
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), into); err != nil || got != kind {
					t.Fatalf("%s %s: %v", got, data, err)
				}
				return
			}
		}
		t.Fatalf("stream ended: %v", lines.Err())
	}
	var roster Roster
	next("roster", &roster)
	if len(roster.Participants) != 1 || roster.Participants[0].Name != "alice" {
		t.Errorf("roster %+v", roster)
	}
	if w := h.do("POST", "/api/v1/conferences/lobby/participants/"+string(h.seat.ID())+"/mute", `{"muted":true}`); w.Code != 204 {
		t.Fatalf("mute: %d %s", w.Code, w.Body)
	}
	var event Event
	next("event", &event)
	if event.Kind != conference.EventMuted || event.Sequence != roster.Sequence+1 || event.Member == nil || !event.Member.MutedByHost {
		t.Errorf("event %+v", event)
	}
	if err := h.Close(context.Background()); err != nil {
		t.Error(err)
	}
	for lines.Scan() {
	}
	if w := h.do("GET", "/api/v1/conferences/none/events", ""); w.Code != 404 {
		t.Errorf("unknown conference: %d", w.Code)
	}
}

// TestCloseWithUnusedConnection: a connection that a browser opened ahead of
// need does not hold up the end.
func TestCloseWithUnusedConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{}, l.Addr(), Deps{})
	s.Start(l)
	ahead, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer ahead.Close()
	// Accepted in order: when this one is answered, the other is known.
	resp, err := http.Get("http://" + l.Addr().String() + "/livez")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Errorf("Close waited for a connection without a request: %v", err)
	}
}
