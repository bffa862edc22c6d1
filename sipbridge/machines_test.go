package sipbridge

import (
	"errors"
	"math"
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

// A peer that falls silent is lost within 12 s, whenever it does so between
// two ticks.
func TestLivenessLost(t *testing.T) {
	l := liveness{timeout: DefaultMediaTimeout, since: epoch}
	last := at(3.1)
	for now := at(0.3); ; now = now.Add(livenessTick) {
		heard := min(now.Sub(epoch), last.Sub(epoch))
		v := l.check(now, epoch.Add(heard), true)
		if v == peerLost {
			if quiet := now.Sub(last); quiet < DefaultMediaTimeout || quiet > 12*time.Second {
				t.Errorf("lost after %v", quiet)
			}
			return
		}
		if now.Sub(epoch) > time.Minute {
			t.Fatal("never lost")
		}
	}
}

func TestLivenessNeverHeard(t *testing.T) {
	l := liveness{timeout: 10 * time.Second, since: epoch}
	if v := l.check(at(0), time.Time{}, true); v != peerThere {
		t.Errorf("at once: %v", v)
	}
	if v := l.check(at(10), time.Time{}, true); v != peerLost {
		t.Errorf("after 10 s: %v", v)
	}
}

func TestLivenessHold(t *testing.T) {
	l := liveness{timeout: 10 * time.Second, since: epoch}
	l.check(at(0), at(0), true)
	steps := []struct {
		at        float64
		expecting bool
		want      verdict
		answer    bool
	}{
		{1, false, peerThere, false},    // on hold from here
		{4.9, false, peerThere, false},  // silence is no matter
		{5, false, peerDoubtful, false}, // 4 s: ask
		{5.5, false, peerThere, true},   // once, and it answers
		{9.4, false, peerThere, false},
		{9.5, false, peerDoubtful, true},
		{12, true, peerThere, false}, // resumed: counts from here
		{21.9, true, peerThere, false},
		{22, false, peerThere, false}, // on hold again, and gone
		{26, false, peerDoubtful, false},
		{30, false, peerDoubtful, false},
		{31.9, false, peerThere, false},
		{32, false, peerLost, false},
	}
	for _, s := range steps {
		if got := l.check(at(s.at), at(0), s.expecting); got != s.want {
			t.Errorf("at %v s: %v, want %v", s.at, got, s.want)
		}
		if s.answer {
			l.answered(at(s.at))
		}
	}
}

func TestPINEntry(t *testing.T) {
	tests := []struct {
		name, keys string
		want       []string
	}{
		{"full length", "1234", []string{"1234"}},
		{"ended early", "12#", []string{"12"}},
		{"started over", "19*1234", []string{"1234"}},
		{"nothing", "##", nil},
		{"letters are no digits", "1A2B34", []string{"1234"}},
		{"two tries", "11111234", []string{"1111", "1234"}},
	}
	for _, tt := range tests {
		e := newPINEntry(4, epoch)
		var got []string
		for i := range len(tt.keys) {
			if pin, ok := e.press(tt.keys[i]); ok {
				got = append(got, pin)
			}
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
		}
	}
	e := newPINEntry(4, epoch)
	for try := 1; try <= maxPINAttempts; try++ {
		if more := e.refuse(); more != (try < maxPINAttempts) {
			t.Errorf("after wrong PIN %d another is allowed: %v", try, more)
		}
	}
	if e.expired(epoch.Add(pinTimeout-1)) || !e.expired(epoch.Add(pinTimeout)) {
		t.Error("expiry")
	}
	for range 2 * maxPINDigits {
		e.press('9')
		e.length = 0
	}
	if len(e.digits) > maxPINDigits {
		t.Errorf("%d digits kept", len(e.digits))
	}
}

func TestKeypad(t *testing.T) {
	packet := func(ssrc, timestamp uint32, payload ...byte) *codecs.Packet {
		return &codecs.Packet{SSRC: ssrc, Timestamp: timestamp, Payload: payload}
	}
	var k keypad
	var got []byte
	for _, p := range []*codecs.Packet{
		packet(1, 1000, 5, 10, 0, 160),
		packet(1, 1000, 5, 10, 1, 64),
		packet(1, 1000, 5, 0x8a, 3, 32), // the end, thrice
		packet(1, 1000, 5, 0x8a, 3, 32),
		packet(1, 9000, 11, 0x8a, 3, 32), // only the end arrived
		packet(1, 1000, 5, 0x8a, 3, 32),  // late
		packet(1, 12000, 16, 10, 0, 160), // flash is no key
		packet(1, 13000, 5, 10),          // cut short
		packet(2, 500, 0, 10, 0, 160),    // another source
		packet(2, 1300, 0, 10, 0, 160),   // the same key again
	} {
		if key, ok := k.packet(p); ok {
			got = append(got, key)
		}
	}
	if string(got) != "5#00" {
		t.Errorf("keys %q", got)
	}
}

// The prompt is the two tones that it says, and no sample clips.
func TestTone(t *testing.T) {
	const rate = 8000
	var p tonePlayer
	p.play(promptTone())
	pcm := make([]int16, rate*350/1000)
	p.fill(pcm, rate, 1)
	power := func(samples []int16, hertz float64) float64 {
		var re, im float64
		for i, v := range samples {
			re += float64(v) * math.Cos(2*math.Pi*hertz*float64(i)/rate)
			im += float64(v) * math.Sin(2*math.Pi*hertz*float64(i)/rate)
		}
		return 10 * math.Log10((re*re+im*im)/float64(len(samples)*len(samples))+1e-9)
	}
	first, second := pcm[:rate*150/1000], pcm[rate*230/1000:]
	if d := power(first, 660) - power(first, 880); d < 20 {
		t.Errorf("first beep: 660 Hz is %.1f dB above 880 Hz", d)
	}
	if d := power(second, 880) - power(second, 660); d < 20 {
		t.Errorf("second beep: 880 Hz is %.1f dB above 660 Hz", d)
	}
	for _, v := range pcm {
		if v > toneLevel || v < -toneLevel {
			t.Fatalf("sample %d", v)
		}
	}
	for i := range pcm[:10] {
		if d := int(pcm[i+1]) - int(pcm[i]); d > 2000 || d < -2000 {
			t.Errorf("click of %d at the start", d)
		}
	}
}

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
