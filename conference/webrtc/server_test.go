package webrtc

import (
	"context"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/conference"
)

func TestJoinIsRefused(t *testing.T) {
	var log textBuffer
	h := newHouse(t, func(_ *Config, b *conference.BridgeConfig) {
		b.Log = slog.New(slog.NewTextHandler(&log, nil))
		b.Conferences[0].PIN = "4711"
		b.Conferences[0].MaxParticipants = 1
	})
	p := h.open(map[string]any{"name": "Ann"})
	for _, step := range []struct{ pin, code string }{{"", codePINRequired}, {"1", codePINWrong}} {
		if step.pin != "" {
			p.send(map[string]any{"type": "join", "name": "Ann", "pin": step.pin})
		}
		if got := p.await("error")["code"]; got != step.code {
			t.Fatalf("pin %q: code %v, want %s", step.pin, got, step.code)
		}
	}
	p.send(map[string]any{"type": "join", "name": "Ann", "pin": "4711"})
	if w := p.welcomed(); w["resumed"] != false || p.id == "" || p.token == "" {
		t.Fatalf("welcome: %v", w)
	}

	q := h.open(map[string]any{"name": "Bob", "pin": "4711"})
	if got := q.await("error")["code"]; got != codeFull {
		t.Errorf("second of one: code %v, want %s", got, codeFull)
	}
	if got := q.awaitClose().Code; got != websocket.StatusPolicyViolation {
		t.Errorf("closed with %v", got)
	}
	for line, want := range map[string]int{
		"msg=refused": 2, // not that the page had to ask for the PIN
		`msg=refused wire=webrtc conference=room address=127.0.0.1 cause="wrong PIN"`:          1,
		`msg=refused wire=webrtc conference=room address=127.0.0.1 cause="conference is full"`: 1,
	} {
		if n := strings.Count(log.String(), line); n != want {
			t.Errorf("%d times %q in log:\n%s", n, line, &log)
		}
	}
}

// textBuffer is a log that is read while it is written.
type textBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *textBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *textBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestJoinBadly(t *testing.T) {
	h := newHouse(t, nil)
	for name, c := range map[string]struct {
		first map[string]any
		code  string
	}{
		"no name":       {map[string]any{}, codeBadName},
		"turned name":   {map[string]any{"name": "abc\u202edef"}, codeBadName},
		"unknown field": {map[string]any{"name": "x", "admin": true}, codeBadMessage},
	} {
		p := h.open(c.first)
		if got := p.await("error")["code"]; got != c.code {
			t.Errorf("%s: code %v, want %s", name, got, c.code)
		}
		p.awaitClose()
	}
	if n := len(h.room().Roster().Members); n != 0 {
		t.Errorf("%d members after refusals", n)
	}
}

func TestOrigin(t *testing.T) {
	h := newHouse(t, func(c *Config, _ *conference.BridgeConfig) { c.Origins = []string{"https://app.example.org"} })
	for origin, want := range map[string]bool{
		"":                                 true,
		h.http.URL:                         true,
		"https://app.example.org":          true,
		"https://app.example.org.evil.net": false,
		"https://example.org":              false,
		"http://app.example.org":           false,
		"null":                             false,
		h.http.URL + "0":                   false,
	} {
		ws, err := h.dial(origin)
		if got := err == nil; got != want {
			t.Errorf("origin %q: let in %v, want %v", origin, got, want)
		}
		if ws != nil {
			_ = ws.CloseNow()
		}
	}
	if got := h.srv.Stats().OriginsRefused; got != 5 {
		t.Errorf("%d origins refused, want 5", got)
	}
}

func TestTooFast(t *testing.T) {
	h := newHouse(t, nil)
	p := h.join("Ann")
	for range MessageBurst + 10 {
		p.send(map[string]any{"type": "pong"})
	}
	if got := p.await("error")["code"]; got != codeTooFast {
		t.Errorf("code %v, want %s", got, codeTooFast)
	}
}

func TestEventsReachThePage(t *testing.T) {
	h := newHouse(t, nil)
	ann := h.join("Ann")
	bob := h.join("Bob")
	e := ann.awaitEvent(conference.EventJoined)
	if e["participant"] != bob.id || e["member"].(map[string]any)["name"] != "Bob" {
		t.Errorf("joined: %v", e)
	}
	bob.send(map[string]any{"type": "mute", "muted": true})
	if e := ann.awaitEvent(conference.EventMuted); e["member"].(map[string]any)["muted"] != true {
		t.Errorf("muted: %v", e)
	}
	bob.send(map[string]any{"type": "leave"})
	e = ann.awaitEvent(conference.EventLeft)
	if e["participant"] != bob.id || e["cause"].(map[string]any)["code"] != string(conference.CauseLeft) {
		t.Errorf("left: %v", e)
	}
	if got := bob.await("bye")["cause"]; got != string(conference.CauseLeft) {
		t.Errorf("bye: %v", got)
	}
}

func TestKickSaysBye(t *testing.T) {
	h := newHouse(t, nil)
	p := h.join("Ann")
	err := h.room().Kick(conference.ParticipantID(p.id), conference.Cause{Code: conference.CauseKicked, Text: "enough"})
	if err != nil {
		t.Fatal(err)
	}
	if b := p.await("bye"); b["cause"] != string(conference.CauseKicked) || b["text"] != "enough" {
		t.Errorf("bye: %v", b)
	}
	if got := p.awaitClose().Code; got != websocket.StatusNormalClosure {
		t.Errorf("closed with %v", got)
	}
}

func TestCloseSaysGoingAway(t *testing.T) {
	h := newHouse(t, nil)
	p := h.join("Ann")
	done := make(chan error, 1)
	go func() { done <- h.srv.Close(context.Background()) }()
	if b := p.await("bye"); b["cause"] != string(conference.CauseShutdown) {
		t.Errorf("bye: %v", b)
	}
	if got := p.awaitClose().Code; got != websocket.StatusGoingAway {
		t.Errorf("closed with %v", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := h.dial(h.http.URL); err == nil {
		t.Error("let in after close")
	}
}

// One source that opens sockets and joins nothing leaves places for others.
func TestUnseatedSockets(t *testing.T) {
	h := newHouse(t, nil)
	for range maxUnseated {
		ws, err := h.dial("")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = ws.CloseNow() }()
	}
	for h.srv.Stats().Sockets < maxUnseated && h.ctx.Err() == nil {
		runtime.Gosched()
	}
	ws, err := h.dial("")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = ws.Read(h.ctx)
	if websocket.CloseStatus(err) != websocket.StatusTryAgainLater {
		t.Errorf("one more: %v", err)
	}
}

// A page that is gone without a word, or reads nothing, holds Close up for no
// longer than the others.
func TestCloseDoesNotWaitForSilentPages(t *testing.T) {
	h := newHouse(t, nil)
	for range 2 {
		ws, err := h.dial(h.http.URL) // nobody reads it, so it answers no close
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = ws.CloseNow() }()
		if err := ws.Write(h.ctx, websocket.MessageText, []byte(`{"type":"join","name":"Ann"}`)); err != nil {
			t.Fatal(err)
		}
	}
	_, w := h.room().Watch()
	defer w.Close()
	for len(h.room().Roster().Members) < 2 {
		if _, err := w.Next(h.ctx); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(h.ctx, 4*time.Second) // what the process has
	defer cancel()
	if err := h.srv.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestResume(t *testing.T) {
	h := newHouse(t, nil)
	ann := h.join("Ann")
	bob := h.join("Bob")
	_ = bob.ws.CloseNow()
	again := h.open(map[string]any{"name": "Bob", "token": bob.token})
	w := again.welcomed()
	if w["resumed"] != true || again.id != bob.id {
		t.Fatalf("resumed %v as %v, want %v", w["resumed"], again.id, bob.id)
	}
	if n := len(w["roster"].(map[string]any)["members"].([]any)); n != 2 {
		t.Errorf("roster of %d, want 2", n)
	}
	// A wrong secret finds no seat: a new one is taken.
	name, _ := parseToken(bob.token)
	stranger := h.open(map[string]any{"name": "Eve", "token": name.name + ".x"})
	if w := stranger.welcomed(); w["resumed"] != false || stranger.id == bob.id {
		t.Errorf("a guessed token was taken: %v", w)
	}
	again.send(map[string]any{"type": "leave"})
	if e := ann.awaitEvent(conference.EventLeft); e["participant"] != bob.id {
		t.Errorf("left: %v", e)
	}
	gone := h.open(map[string]any{"name": "Bob", "token": bob.token})
	if w := gone.welcomed(); w["resumed"] != false {
		t.Error("a token was good after leave")
	}
}

// A page that comes back while its seat is being given up has a new one, and
// does not wait for the old.
func TestResumeOfEndingClient(t *testing.T) {
	h := newHouse(t, nil)
	ann := h.join("Ann")
	h.srv.mu.Lock()
	token, _ := parseToken(ann.token)
	c := h.srv.clients[token.name]
	h.srv.mu.Unlock()
	// Hold the client between its last command and its end, in which commands
	// are still queued and never called.
	held, release := make(chan struct{}), make(chan struct{})
	c.do(func() { close(held); <-release })
	<-held
	c.Disconnect(conference.Cause{Code: conference.CauseLeft})
	for len(c.commands) < cap(c.commands)-1 {
		c.do(func() {}) // select takes one of what is ready: the end soon wins
	}
	again := h.open(map[string]any{"name": "Ann", "token": ann.token})
	h.awaitQueued(c)
	close(release)
	if w := again.welcomed(); w["resumed"] == true && again.id != ann.id {
		t.Errorf("welcome: %v", w)
	}
}

// awaitQueued waits until the client's queue is full.
func (h *house) awaitQueued(c *client) {
	for len(c.commands) < cap(c.commands) && h.ctx.Err() == nil {
		runtime.Gosched()
	}
}
