package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/conference"
	"parley/conference/lobby"
	"parley/h323"
	"parley/h323/h225"
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
	caller := newSite(t, Config{}, conference.Settings{ID: "home", Title: "Home of Ann", Numbers: []string{"7001"}})
	called := newSite(t, Config{}, conference.Settings{ID: "room"})
	between := newSite(t, Config{}, conference.Settings{ID: "other"})
	between.bridge.SetDirectory(exchange{between, called.url("room")})
	id, err := caller.Dial(t.Context(), between.url("200"), "home")
	if err != nil {
		t.Fatal(err)
	}
	await(t, called.room("room"), "the called one, with who calls", func(r *conference.Roster) bool {
		return len(r.Members) == 1 && r.Members[0].Name == "Home of Ann" && r.Members[0].Address == "h323:7001@127.0.0.1"
	})
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

// Who is called reads who calls, as far as that one wants to be known.
func TestCallerIsTold(t *testing.T) {
	number := h225.AliasAddress{DialledDigits: "7001"}
	name := h225.AliasAddress{H323ID: "ann"}
	for _, tt := range []struct {
		what    string
		v       h323.Invitation
		display string
		aliases []h225.AliasAddress
	}{
		{"name and number", h323.Invitation{Display: "Ann", Calling: []h225.AliasAddress{name, number}}, "Ann", []h225.AliasAddress{number}},
		{"name alone", h323.Invitation{Display: "Ann", Calling: []h225.AliasAddress{name}}, "Ann", []h225.AliasAddress{name}},
		{"nothing", h323.Invitation{}, "192.0.2.9", []h225.AliasAddress{{H323ID: "192.0.2.9"}}},
		{"who hides", h323.Invitation{Display: "Ann", Calling: []h225.AliasAddress{name, number}, Restricted: true}, "Anonymous", []h225.AliasAddress{{H323ID: "Anonymous"}}},
	} {
		s := newSite(t, Config{})
		x := &seatedExchange{site: s}
		s.bridge.SetDirectory(x)
		c := s.newCall()
		tt.v.Remote = netip.MustParseAddrPort("192.0.2.9:1720")
		c.attach(&told{info: h323.Info{Incoming: true, Remote: tt.v.Remote, RemoteName: tt.v.Display, Invitation: tt.v}})
		conf, err := s.bridge.Call(t.Context(), "h323:x", c.caller())
		if err != nil {
			t.Fatal(err)
		}
		display, aliases := callingOf(conf)
		if display != tt.display || !cmp.Equal(aliases, tt.aliases) {
			t.Errorf("%s: %q, %v", tt.what, display, aliases)
		}
		x.seat.Leave(conference.Cause{Code: conference.CauseLeft})
		c.closeMedia()
	}
}

// seatedExchange has whom it calls answer at once.
type seatedExchange struct {
	site *site
	seat *conference.Seat
}

func (*seatedExchange) Locate(string, netip.Addr) (string, bool) { return "", false }

func (x *seatedExchange) Dial(_ context.Context, _, id string) (conference.ParticipantID, error) {
	conf, err := x.site.bridge.Open(id)
	if err != nil {
		return "", err
	}
	seat, err := conf.Join(&party{})
	if err != nil {
		return "", err
	}
	x.seat = seat
	return seat.ID(), nil
}

// told is signalling that only knows who calls.
type told struct {
	signalling
	info h323.Info
}

func (l *told) Info() h323.Info { return l.info }

// Who is at the other end when a call ends here reads why.
func TestEndIsRead(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(s *site, id conference.ParticipantID)
		want string
	}{
		{"removed", func(s *site, id conference.ParticipantID) {
			_ = s.room("room").Kick(id, conference.Cause{Code: conference.CauseKicked})
		}, "removed by a host"},
		{"stopped", func(s *site, _ conference.ParticipantID) { _ = s.Close(t.Context()) }, "the bridge stops"},
	} {
		caller := newSite(t, Config{}, conference.Settings{ID: "home"})
		called := newSite(t, Config{}, conference.Settings{ID: "room"})
		_, w := caller.room("home").Watch()
		if _, err := caller.Dial(t.Context(), called.url("room"), "home"); err != nil {
			t.Fatal(err)
		}
		r := await(t, called.room("room"), "the call", func(r *conference.Roster) bool { return len(r.Members) == 1 })
		tt.end(called, r.Members[0].ID)
		if got := whyLeft(t, w); got.Text != tt.want {
			t.Errorf("%s: the other end reads %q, want %q", tt.name, got.Text, tt.want)
		}
		w.Close()
	}
}

// whyLeft returns why the next one left.
func whyLeft(t *testing.T, w *conference.Watch) conference.Cause {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		e, err := w.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == conference.EventLeft {
			return e.Cause
		}
	}
}

// Who enters no PIN, or wrong ones, reads so too, and not that it was rejected.
func TestLobbyEndIsRead(t *testing.T) {
	caller := newSite(t, Config{}, conference.Settings{ID: "home"})
	called := newSite(t, Config{}, conference.Settings{ID: "room", PIN: "4711"})
	_, w := caller.room("home").Watch()
	defer w.Close()
	id, err := caller.Dial(t.Context(), called.url("room"), "home")
	if err != nil {
		t.Fatal(err)
	}
	if r := refusalOf(lobby.ErrTimeout, ""); r.Cause != q931.CallRejected || r.Text != "no PIN or number was entered in time" {
		t.Errorf("for no PIN: %v, %q", r.Cause, r.Text)
	}
	go func() {
		for range 3 {
			if err := caller.room("home").Dial(id, "9999"); err != nil {
				t.Error(err)
			}
		}
	}()
	if got := whyLeft(t, w); got.Text != "wrong PIN" {
		t.Errorf("the other end reads %q", got.Text)
	}
}
