package api

import (
	"net/http"
	"strings"
	"testing"
)

// TestStreamsAreRefused: before they begin, with the reason, and without one more
// being counted.
func TestStreamsAreRefused(t *testing.T) {
	h := newHouse(t, loopback, "", nil)
	for path, want := range map[string]struct {
		code int
		text string
	}{
		"/conferences/attic/events": {http.StatusNotFound, "no such conference"},
		"/multicast/events":         {http.StatusNotImplemented, "multicast is off"},
		"/h323/trace":               {http.StatusNotImplemented, "H.323 is off"},
	} {
		if got := h.do(http.MethodGet, Prefix+path, ""); got.Code != want.code || !strings.Contains(got.Body.String(), want.text) {
			t.Errorf("%s: %d %s, want %d and %q", path, got.Code, got.Body, want.code, want.text)
		}
	}
	h.streams.Store(maxStreams)
	if got := h.do(http.MethodGet, Prefix+"/conferences/lobby/events", ""); got.Code != http.StatusServiceUnavailable || !strings.Contains(got.Body.String(), "too many event streams") {
		t.Errorf("one more than may: %d %s", got.Code, got.Body)
	}
	if n := h.streams.Load(); n != maxStreams {
		t.Errorf("%d streams are counted, want %d", n, maxStreams)
	}
}
