package bridge

import (
	"log/slog"
	"strings"
	"sync"
	"testing"

	"parley/conference"
)

// No PIN that is dialled is told to others: neither by who calls nor by who is
// called.
func TestDialledPINIsNotTold(t *testing.T) {
	var log logbook
	deps := Deps{Log: slog.New(slog.NewTextHandler(&log, nil))}
	caller := loggedSite(t, Config{}, deps, conference.Settings{ID: "home"})
	called := loggedSite(t, Config{}, deps, conference.Settings{ID: "board", PIN: "4711"})
	if _, err := caller.Dial(t.Context(), called.url("board;pin=4711"), "home"); err != nil {
		t.Fatal(err)
	}
	roster := await(t, caller.room("home"), "who is called", func(r *conference.Roster) bool { return len(r.Members) == 1 })
	host := called.Addresses()[0].Addr().String()
	if got, want := roster.Members[0].Address, "h323:board@"+host; got != want {
		t.Errorf("the roster says %q, want %q", got, want)
	}
	for _, bad := range []string{called.url("board;pin=5911"), called.url("nobody;pin=5911"), "h323:b;pin=5911@no host"} {
		_, err := caller.Dial(t.Context(), bad, "home")
		if err == nil || strings.Contains(err.Error(), "5911") {
			t.Errorf("%v", err)
		}
	}
	text := log.String()
	if strings.Contains(text, "4711") || strings.Contains(text, "5911") || text == "" {
		t.Errorf("the log says:\n%s", text)
	}
}

// logbook is a log that several write.
type logbook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
