package conference

import (
	"strings"
	"testing"
)

func TestWithoutPIN(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"h323:board@192.0.2.1":           "h323:board@192.0.2.1",
		"h323:board;pin=4711@192.0.2.1":  "h323:board@192.0.2.1",
		"h323:board@192.0.2.1;pin=4711":  "h323:board@192.0.2.1",
		"h323:board;PIN=47%2311@[::1]":   "h323:board@[::1]",
		"h323:board%3Bpin%3d4711@host":   "h323:board@host",
		"h323:board%3bpin=4711%40host":   "h323:board%40host",
		"board; pin = 4711":              "board",
		"board;x=1;pin=4711;y=2":         "board;x=1;y=2",
		"board;pin=1;pin=2":              "board",
		"sip:board@host;pin=4711;tag=a":  "sip:board@host;tag=a",
		"sip:b;pin=1@h;transport=tcp":    "sip:b@h;transport=tcp",
		"192.0.2.1##1000;pin=4711":       "192.0.2.1##1000",
		"spinach;pincode=1":              "spinach;pincode=1",
		"\u0130;pin=4711@host":           "\u0130@host",
		`refused "h323:board;pin=4711"!`: `refused "h323:board"!`,
	} {
		if got := WithoutPIN(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzWithoutPIN(f *testing.F) {
	f.Add("h323:board;pin=4711@192.0.2.1")
	f.Add("a%3bpin%3d%3bpin=1;pin=")
	f.Fuzz(func(t *testing.T, text string) {
		got := WithoutPIN(text)
		if len(got) > len(text) || strings.Contains(lowered(got), ";pin=") {
			t.Errorf("%q: %q", text, got)
		}
	})
}
