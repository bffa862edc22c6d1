package main

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"parley/cmd/parley/internal/config"
	"parley/conference"
)

func TestLocate(t *testing.T) {
	cfg := &config.Config{Routes: []config.Route{
		{Dial: "9*", To: "sip:{rest}@trunk", Allow: []string{"10.0.0.0/8"}},
		{Dial: "desk", To: "h323:{number}@gk", Allow: []string{"0.0.0.0/0", "::/0"}},
	}}
	x := newExchange(cfg)
	x.setRegistered(func(alias string, _ netip.Addr) (string, bool) {
		return "h323:room@192.0.2.1", alias == "room" || alias == "91"
	})
	for _, c := range []struct {
		dialled, from, want string
	}{
		{"9004930", "10.1.2.3", "sip:004930@trunk"},
		{"9004930", "::ffff:10.1.2.3", "sip:004930@trunk"},
		{"9004930", "192.0.2.7", ""}, // not from there
		{"9", "10.1.2.3", ""},        // nothing after it
		{"91", "192.0.2.7", ""},      // nor by registering the number
		{"desk", "2001:db8::1", "h323:desk@gk"},
		{"desks", "2001:db8::1", ""},
		{"room", "192.0.2.7", "h323:room@192.0.2.1"},
		{"nobody", "10.1.2.3", ""},
		{"9x@evil?a=b;c", "10.1.2.3", "sip:x%40evil%3Fa%3Db%3Bc@trunk"},
	} {
		got, ok := x.Locate(c.dialled, netip.MustParseAddr(c.from))
		if !ok {
			got = ""
		}
		if got != c.want {
			t.Errorf("%s from %s: %q, want %q", c.dialled, c.from, got, c.want)
		}
	}
}

// called is a wire that keeps whom it called.
type called []string

func (c *called) Dial(_ context.Context, address, id string) (conference.ParticipantID, error) {
	*c = append(*c, address+" into "+id)
	return "p", nil
}

func TestExchangeDials(t *testing.T) {
	x := newExchange(&config.Config{})
	var wire called
	x.wire("sip", &wire)
	if _, err := x.Dial(t.Context(), "SIP:ann@pbx", "call-1"); err != nil || len(wire) != 1 || wire[0] != "SIP:ann@pbx into call-1" {
		t.Errorf("%v, %v", wire, err)
	}
	if _, err := x.Dial(t.Context(), "h323:ann@pbx", "call-1"); !errors.Is(err, errScheme) {
		t.Errorf("a wire that is off: %v", err)
	}
}
