package bridge

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"parley/codecs/builtin"
	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
)

// testServer is a Server without an endpoint, on a bridge of its own.
func testServer(t *testing.T, cfg Config, settings ...conference.Settings) *Server {
	t.Helper()
	set := builtin.Set()
	b, err := conference.NewBridge(conference.BridgeConfig{Codecs: set, Conferences: settings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	s, err := newServer(cfg, Deps{Bridge: b, Codecs: set})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDialled(t *testing.T) {
	for text, want := range map[string][2]string{
		"room":                         {"room", ""},
		" room ":                       {"room", ""},
		"room@host":                    {"room", ""},
		"h323:room@host":               {"room", ""},
		"H323:room%20one@host;pin=47":  {"room one", "47"},
		"192.0.2.1##1000":              {"1000", ""},
		"h323:192.0.2.1##room;PIN=123": {"room", "123"},
		"##":                           {"", ""},
		"@host":                        {"", ""},
		"":                             {"", ""},
	} {
		if name, pin := dialled(text); name != want[0] || pin != want[1] {
			t.Errorf("%q: %q, %q; want %q", text, name, pin, want)
		}
	}
}

func TestFind(t *testing.T) {
	s := testServer(t, Config{DefaultConference: "lobby"},
		conference.Settings{ID: "lobby"}, conference.Settings{ID: "room", Numbers: []string{"1000"}})
	digits := func(d string) h225.AliasAddress { return h225.AliasAddress{DialledDigits: d} }
	name := func(n string) h225.AliasAddress { return h225.AliasAddress{H323ID: n} }
	tests := []struct {
		text string
		inv  h323.Invitation
		want string
		err  error
	}{
		{"nobody", h323.Invitation{}, "lobby", nil},
		{"alias", h323.Invitation{Called: []h225.AliasAddress{name("ROOM")}}, "room", nil},
		{"number", h323.Invitation{Called: []h225.AliasAddress{digits("1000")}}, "room", nil},
		{"the second alias", h323.Invitation{Called: []h225.AliasAddress{digits("77"), name("room")}}, "room", nil},
		{"URL", h323.Invitation{Called: []h225.AliasAddress{{URLID: "h323:room@192.0.2.1"}}}, "room", nil},
		{"party number", h323.Invitation{Called: []h225.AliasAddress{{PartyNumber: &h225.PartyNumber{
			E164Number: &h225.PublicPartyNumber{PublicNumberDigits: "1000"}}}}}, "room", nil},
		{"own name", h323.Invitation{Called: []h225.AliasAddress{name("parley")}}, "lobby", nil},
		{"address", h323.Invitation{Called: []h225.AliasAddress{name("192.0.2.1")}}, "lobby", nil},
		{"identifier", h323.Invitation{Goal: h323.GoalJoin, Conference: conferenceID("room")}, "room", nil},
		{"unknown", h323.Invitation{Called: []h225.AliasAddress{name("nowhere")}}, "", conference.ErrUnknownConference},
	}
	for _, tt := range tests {
		got, err := s.find(&tt.inv)
		if got.conference != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %q, %v; want %q, %v", tt.text, got.conference, err, tt.want, tt.err)
		}
	}
	s.SetDefaultConference("")
	if got, err := s.find(&h323.Invitation{}); got.conference != "" || err != nil {
		t.Errorf("nobody, without default: %q, %v", got.conference, err)
	}
}

// Who is not let in hears the protocol's cause, before anything is opened.
func TestAdmit(t *testing.T) {
	s := testServer(t, Config{}, conference.Settings{ID: "room"})
	remote := netip.MustParseAddrPort("192.0.2.9:1720")
	for _, tt := range []struct {
		called h225.AliasAddress
		cause  int
		reason bool // calledPartyNotRegistered
	}{
		{h225.AliasAddress{DialledDigits: "4711"}, 1, false},
		{h225.AliasAddress{H323ID: "nowhere"}, 20, true},
		{h225.AliasAddress{H323ID: "room"}, 0, false},
	} {
		err := s.admit(&h323.Invitation{Remote: remote, Called: []h225.AliasAddress{tt.called}})
		if tt.cause == 0 {
			if err != nil {
				t.Errorf("%v: %v", tt.called, err)
			}
			continue
		}
		var r *h323.Refusal
		if !errors.As(err, &r) || int(r.Cause) != tt.cause || (r.Reason != nil && r.Reason.CalledPartyNotRegistered != nil) != tt.reason {
			t.Errorf("%v: %+v", tt.called, err)
		}
	}
	if st := &s.counters; st.setups.Load() != 3 || st.refused.Load() != 2 {
		t.Errorf("%d SETUPs, %d refused", st.setups.Load(), st.refused.Load())
	}
}
