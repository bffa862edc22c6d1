package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/internal/api"
)

// lineWriter hands lines on as they are written.
type lineWriter chan string

func (w lineWriter) Write(line []byte) (int, error) {
	w <- string(line)
	return len(line), nil
}

// That somebody is being called is said while the bridge does it.
func TestDialSaysThatItCalls(t *testing.T) {
	said := make(lineWriter, 8)
	bridge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if line := <-said; line != "Calling h323:room@192.0.2.1 into lobby ...\n" {
			t.Errorf("said %q", line)
		}
		_ = json.NewEncoder(w).Encode(api.DialResult{Participant: "p1"})
	}))
	defer bridge.Close()
	d := dialling{remote: remote{url: bridge.URL}, conference: "lobby", uri: "h323:room@192.0.2.1;pin=1234"}
	if err := d.run(t.Context(), said); err != nil {
		t.Fatal(err)
	}
	if line := <-said; line != "Answered: participant p1 of lobby.\n" {
		t.Errorf("said %q", line)
	}
	// What asks for a PIN has answered as well.
	if line := <-said; !strings.Contains(line, "parley digits 1234# --conference lobby --participant p1") {
		t.Errorf("said %q", line)
	}
}

// Where the bridge refuses the order, nobody was called.
func TestDialThatIsRefusedCallsNobody(t *testing.T) {
	bridge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		_ = json.NewEncoder(w).Encode(map[string]string{"detail": "no such conference"})
	}))
	defer bridge.Close()
	d := dialling{remote: remote{url: bridge.URL}, conference: "nope", uri: "h323:room@192.0.2.1", quiet: time.Hour}
	var said bytes.Buffer
	err := d.run(t.Context(), &said)
	if err == nil || err.Error() != "call failed: no such conference" || said.Len() > 0 {
		t.Errorf("%v; said %q", err, &said)
	}
}
