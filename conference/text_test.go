package conference

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"Alice":                           "Alice",
		" Zoë\t\n李 ":                      "Zoë  李",
		"a\x00b\x1b[31mc":                 "ab[31mc",
		"evil\u202egnp.exe":               "evilgnp.exe",
		"bad\xff\xfeutf8":                 "badutf8",
		strings.Repeat("ä", 100):          strings.Repeat("ä", MaxNameLength),
		"<b>markup stays, the page's</b>": "<b>markup stays, the page's</b>",
	} {
		if got := clean(in, MaxNameLength); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "Alice", "a\x00\xff", "\u202e\u2066x", strings.Repeat("\U0010ffff", 70), "\xf0\x9f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s, MaxNameLength)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > MaxNameLength {
			t.Errorf("clean(%q) = %q", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("clean(%q) left %U", s, r)
			}
		}
		if again := clean(got, MaxNameLength); again != got {
			t.Errorf("clean(%q) = %q, and then %q", s, got, again)
		}
	})
}

func TestPINTableIsBounded(t *testing.T) {
	var g pinGuard
	now := time.Unix(0, 0)
	lock := func(remote string) {
		for range MaxPINAttempts {
			_ = g.check(remote, "0", "1", now)
		}
	}
	lock("192.0.2.1")
	for i := range maxPINRemotes - 1 {
		now = now.Add(time.Millisecond)
		lock(fmt.Sprintf("10.0.%d.%d", i/256, i%256))
	}
	if err := g.check("192.0.2.1", "1", "1", now); !errors.Is(err, ErrPINLocked) {
		t.Errorf("the first is let in while there is room: %v", err)
	}
	lock("198.51.100.1")
	if n := len(g.remotes); n != maxPINRemotes {
		t.Errorf("%d remotes are kept, want %d", n, maxPINRemotes)
	}
	if err := g.check("198.51.100.1", "1", "1", now); !errors.Is(err, ErrPINLocked) {
		t.Errorf("the last is not locked: %v", err)
	}
	if err := g.check("192.0.2.1", "1", "1", now); err != nil {
		t.Errorf("the one longest quiet is not forgotten: %v", err)
	}
}

func TestValidID(t *testing.T) {
	for id, want := range map[string]bool{
		"room": true, "A-1_b.c": true, strings.Repeat("x", 64): true,
		"": false, ".": false, "..": false, "a b": false, "a/b": false, "a@b": false, "é": false, strings.Repeat("x", 65): false,
	} {
		if validID(id) != want {
			t.Errorf("validID(%q) = %v", id, !want)
		}
	}
}
