package main

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"parley/cmd/parley/internal/config"
	"parley/codecs/builtin"
	"parley/conference"
)

// The operator calls by all names of the house; addresses are the wire's.
func TestOperatorDials(t *testing.T) {
	b, err := conference.NewBridge(conference.BridgeConfig{
		Codecs: builtin.Set(), Conferences: []conference.Settings{{ID: "lobby", Numbers: []string{"1000"}}, {ID: "board"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	x := newExchange(&config.Config{Routes: []config.Route{
		{Dial: "9*", To: "sip:{rest}@trunk", Allow: []string{"10.0.0.0/8"}}, {Dial: "1*", To: "sip:{number}@pbx"},
	}})
	var sip, h323 called
	x.wire("sip", &sip)
	x.wire("h323", &h323)
	o := &operator{calls: x, bridge: b, wire: &h323, signal: []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:1720")}}
	for _, uri := range []string{
		"h323:9004930", "h323:LOBBY;pin=12", "h323:192.0.2.1", "h323:[2001:db8::1]:1720", "h323:192.0.2.1##77",
		"h323:9@192.0.2.1", "h323:studio",
	} {
		if _, err := o.Dial(t.Context(), uri, "board"); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
	if want := []string{"sip:004930@trunk into board"}; !slices.Equal(sip, want) {
		t.Errorf("by SIP: %q", sip)
	}
	if want := []string{
		"h323:lobby;pin=12@127.0.0.1:1720 into board", "h323:192.0.2.1 into board", "h323:[2001:db8::1]:1720 into board",
		"h323:192.0.2.1##77 into board", "h323:9@192.0.2.1 into board", "h323:studio into board",
	}; !slices.Equal(h323, want) {
		t.Errorf("by H.323: %q", h323)
	}
	if _, err := o.Dial(t.Context(), "h323:Board", "board"); !errors.Is(err, errItself) {
		t.Errorf("itself: %v", err)
	}
}
