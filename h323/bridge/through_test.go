package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"parley/conference"
	"parley/h323/q931"
)

// exchange calls address for who dials 200.
type exchange struct {
	site    *site
	address string
}

func (x exchange) Locate(dialled string, from netip.Addr) (string, bool) {
	return x.address, dialled == "200" && from.IsLoopback()
}

func (x exchange) Dial(ctx context.Context, address, id string) (conference.ParticipantID, error) {
	return x.site.Dial(ctx, address, id)
}

// Somebody who is no conference is called, and the caller put through.
func TestPutThrough(t *testing.T) {
	caller := newSite(t, Config{}, conference.Settings{ID: "home"})
	called := newSite(t, Config{}, conference.Settings{ID: "room"})
	between := newSite(t, Config{}, conference.Settings{ID: "other"})
	between.bridge.SetDirectory(exchange{between, called.url("room")})
	id, err := caller.Dial(t.Context(), between.url("200"), "home")
	if err != nil {
		t.Fatal(err)
	}
	await(t, called.room("room"), "the called one", func(r *conference.Roster) bool { return len(r.Members) == 1 })
	in := 0
	for _, c := range between.bridge.Conferences() {
		if strings.HasPrefix(c.Settings().ID, conference.PrivatePrefix) {
			in += len(c.Roster().Members)
		}
	}
	if in != 2 {
		t.Errorf("%d are in the call", in)
	}
	// Who hangs up ends the call of the other too.
	if err := caller.room("home").Kick(id, conference.Cause{Code: conference.CauseKicked}); err != nil {
		t.Fatal(err)
	}
	await(t, called.room("room"), "the end", func(r *conference.Roster) bool { return len(r.Members) == 0 })
}

// The caller hears why the other did not answer.
func TestPutThroughRefused(t *testing.T) {
	caller := newSite(t, Config{}, conference.Settings{ID: "home"})
	called := newSite(t, Config{}, conference.Settings{ID: "room", MaxParticipants: 1})
	between := newSite(t, Config{}, conference.Settings{ID: "other"})
	seat, err := called.room("room").Join(&party{})
	if err != nil {
		t.Fatal(err)
	}
	defer seat.Leave(conference.Cause{Code: conference.CauseLeft})
	for _, c := range []struct {
		name string
		want error
	}{
		{"nowhere", conference.ErrNobody},
		{"room", conference.ErrBusy},
	} {
		between.bridge.SetDirectory(exchange{between, called.url(c.name)})
		if _, err := caller.Dial(t.Context(), between.url("200"), "home"); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// Who is refused is told why in words, and who calls reads it.
func TestRefusalIsRead(t *testing.T) {
	caller := newSite(t, Config{}, conference.Settings{ID: "home"})
	called := newSite(t, Config{}, conference.Settings{ID: "locked", PIN: "1234"})
	for _, tt := range []struct {
		url, text string
		cause     q931.CauseValue
	}{
		{called.url("nowhere"), "no such conference", q931.SubscriberAbsent},
		{called.url("locked;pin=99"), "wrong PIN", q931.CallRejected},
		{fmt.Sprintf("h323:%v##77", called.Addresses()[0]), "no such conference", q931.UnallocatedNumber},
	} {
		_, err := caller.Dial(t.Context(), tt.url, "home")
		var refused *CallError
		if !errors.As(err, &refused) || refused.Cause != tt.cause || refused.Text != tt.text {
			t.Errorf("%s: %v, want %q", tt.url, err, tt.text)
		}
	}
}
