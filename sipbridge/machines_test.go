package sipbridge

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"parley/codecs"
	"parley/conference"
	"parley/sipbridge/internal/negotiation"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func at(seconds float64) time.Time { return epoch.Add(time.Duration(seconds * float64(time.Second))) }

func TestRateLimiter(t *testing.T) {
	l := newRateLimiter(5)
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	count := func(addr netip.Addr, now time.Time) (n int) {
		for range 20 {
			if l.allow(addr, now) {
				n++
			}
		}
		return n
	}
	if n := count(a, at(0)); n != 10 {
		t.Errorf("burst of %d", n)
	}
	if n := count(b, at(0)); n != 10 {
		t.Errorf("the other's burst is %d", n)
	}
	if n := count(a, at(1)); n != 5 {
		t.Errorf("%d after a second", n)
	}
	addr := a
	for range maxRateSources + 100 {
		addr = addr.Next()
		l.allow(addr, at(1))
	}
	if len(l.buckets) > maxRateSources {
		t.Errorf("%d buckets", len(l.buckets))
	}
	if !l.allow(addr.Next(), at(10)) {
		t.Error("idle buckets are not forgotten")
	}
}

func TestTarget(t *testing.T) {
	for uri, want := range map[string]target{
		"sip:room@192.0.2.1":               {"room", ""},
		"sip:room;pin=1234@host":           {"room", "1234"},
		"sip:room@host;pin=1234":           {"room", "1234"},
		"sip:room@host;transport=tcp;pin=": {"room", ""},
		"sip:big%20room@host":              {"big room", ""},
		"sip:a%zz@host":                    {"a%zz", ""},
		"sip:host":                         {"", ""},
		"sip:r;PIN=%31%32@[2001:db8::1]":   {"r", "12"},
	} {
		var u sip.Uri
		if err := sip.ParseUri(uri, &u); err != nil {
			t.Fatal(err)
		}
		if got := targetOf(&u); got != want {
			t.Errorf("%s: %+v, want %+v", uri, got, want)
		}
	}
}

func TestEscapeUser(t *testing.T) {
	for id, want := range map[string]string{"room-1.a": "room-1.a", "a b@c": "a%20b%40c", "ü": "%C3%BC"} {
		got := escapeUser(id)
		if got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
		if unescape(got) != id {
			t.Errorf("%q does not come back", id)
		}
	}
}

func TestMediaControl(t *testing.T) {
	tests := []struct {
		body string
		want bool
		err  bool
	}{
		{fastUpdateBody, true, false},
		{`<media_control><vc_primitive><to_encoder><picture_fast_update></picture_fast_update></to_encoder></vc_primitive></media_control>`, true, false},
		{`<?xml version="1.0" encoding="ISO-8859-1"?><media_control></media_control>`, false, false},
		{`<media_control><general_error>no</general_error></media_control>`, false, false},
		{`<other/>`, false, true},
		{`<media_control>`, false, true},
		{``, false, true},
		{`hello`, false, true},
	}
	for _, tt := range tests {
		got, err := parseMediaControl([]byte(tt.body))
		if got != tt.want || (err != nil) != tt.err || (err != nil && !errors.Is(err, codecs.ErrMalformed)) {
			t.Errorf("%q: %v, %v", tt.body, got, err)
		}
	}
}

func TestInfoKey(t *testing.T) {
	for _, tt := range []struct {
		contentType, body string
		want              byte
	}{
		{"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5'},
		{"application/dtmf-relay", "Signal= #\r\n", '#'},
		{"application/dtmf", "7", '7'},
		{"application/dtmf-relay", "Signal=55", 0},
		{"application/dtmf-relay", "Duration=160", 0},
		{"text/plain", "7", 0},
	} {
		got, ok := infoKey(tt.contentType, []byte(tt.body))
		if got != tt.want || ok != (tt.want != 0) {
			t.Errorf("%s %q: %q, %v", tt.contentType, tt.body, got, ok)
		}
	}
}

// Each reason for not letting a call in has its status, and its Warning where
// RFC 3261 has one.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		err     error
		status  int
		warning string
	}{
		{conference.ErrUnknownConference, 404, ""},
		{conference.ErrPINRequired, 403, ""},
		{conference.ErrPINWrong, 403, ""},
		{conference.ErrPINLocked, 403, ""},
		{conference.ErrFull, 486, ""},
		{conference.ErrClosed, 480, ""},
		{negotiation.ErrNoFormat, 488, "305 "},
		{negotiation.ErrTransport, 488, "302 "},
		{negotiation.ErrMedia, 488, "304 "},
		{codecs.ErrMalformed, 400, "399 "},
		{errors.New("disk on fire"), 500, ""},
	} {
		r := refusalOf(tt.err)
		if r.status != tt.status {
			t.Errorf("%v: %v", tt.err, r)
		}
		got := ""
		for _, h := range r.headers {
			if h.Name() == "Warning" {
				got = h.Value()[:4]
			}
		}
		if got != tt.warning {
			t.Errorf("%v: Warning %q, want %q", tt.err, got, tt.warning)
		}
	}
}

func TestReason(t *testing.T) {
	got := reasonOf(conference.Cause{Code: conference.CauseKicked, Text: "no \"shouting\"\r\nhere"}).Value()
	if want := `Q.850;cause=21;text="no \"shouting\"\r\nhere"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
