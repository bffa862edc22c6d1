package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h450"
	"parley/h323/media"
	"parley/h323/ras"
)

// phone is a terminal that tells all that it hears.
type phone struct {
	t      *testing.T
	events chan h323.Event
	calls  chan *h323.Call
}

func (p *phone) Local(*h323.Call, *media.Channel) (media.Addresses, error) {
	return media.Addresses{}, errNoPlace
}

func (p *phone) Event(_ *h323.Call, e h323.Event) {
	select {
	case p.events <- e:
	default:
		p.t.Error("too many events")
	}
}

// newPhone returns a phone that answers, and its endpoint.
func newPhone(t *testing.T, name string) (*phone, *h323.Endpoint) {
	t.Helper()
	return newPhoneAt(t, name, "127.0.0.1:0")
}

func newPhoneAt(t *testing.T, name, at string) (*phone, *h323.Endpoint) {
	t.Helper()
	p := &phone{t: t, events: make(chan h323.Event, 256), calls: make(chan *h323.Call, 1)}
	e, err := h323.New(h323.Config{
		Name: name, Listen: []netip.AddrPort{netip.MustParseAddrPort(at)},
		Receive: &media.Set{Signal: true},
		Incoming: func(c *h323.Call) {
			c.SetOwner(p)
			c.AnswerArrival(nil)
			c.Answer()
			p.calls <- c
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return p, e
}

// calls has the phone call s.
func (p *phone) call(e *h323.Endpoint, s *site, name string, why *h323.Transfer) *h323.Call {
	p.t.Helper()
	c, err := e.Dial(p.t.Context(), h323.Target{
		Address: s.Addresses()[0], Aliases: []h225.AliasAddress{ras.AliasOf(name)}, Transfer: why,
	}, p)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// hears waits for an event.
func hears[E h323.Event](p *phone) E {
	p.t.Helper()
	for {
		select {
		case e := <-p.events:
			if e, ok := e.(E); ok {
				return e
			}
		case <-p.t.Context().Done():
			p.t.Fatal("test over")
		}
	}
}

func transportOf(a netip.AddrPort) h225.AliasAddress {
	t := h225.TransportAddressOf(a)
	return h225.AliasAddress{TransportID: &t}
}

func seated(n int, name string) func(*conference.Roster) bool {
	return func(r *conference.Roster) bool {
		if len(r.Members) != n {
			return false
		}
		for i := range r.Members {
			if r.Members[i].Name == name {
				return true
			}
		}
		return false
	}
}

// Who is in a conference has another called in its place; that one then has a
// seat in the same conference, and the call that asked ends.
func TestBlindTransfer(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, annAt := newPhone(t, "ann")
	bob, bobAt := newPhone(t, "bob")
	call := ann.call(annAt, s, "a", nil)
	await(t, s.room("a"), "ann", seated(1, "ann"))
	call.Transfer([]h225.AliasAddress{transportOf(bobAt.Addresses()[0])}, "")
	hears[h323.Transferred](ann)
	hears[h323.Released](ann)
	await(t, s.room("a"), "bob alone", seated(1, "bob"))
	in := <-bob.calls
	if why := in.Info().Transfer; why == nil || !why.Identity.Empty() {
		t.Errorf("bob was called for %+v", why)
	}
	in.Release(nil)
	await(t, s.room("a"), "nobody", func(r *conference.Roster) bool { return len(r.Members) == 0 })
}

// A transfer that is refused, or fails, leaves the call as it is.
func TestTransferRefused(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, annAt := newPhone(t, "ann")
	call := ann.call(annAt, s, "a", nil)
	await(t, s.room("a"), "ann", seated(1, "ann"))
	gone := netip.MustParseAddrPort("127.0.0.1:1") // nobody listens there
	for _, tt := range []struct {
		name string
		to   []h225.AliasAddress
		want error
	}{
		{"number of nobody", []h225.AliasAddress{{DialledDigits: "0900123"}}, h450.InvalidReroutingNumber},
		{"foreign address", []h225.AliasAddress{transportOf(netip.MustParseAddrPort("192.0.2.1:1720"))}, h450.RejectedByNetwork},
		{"number at an address", []h225.AliasAddress{{DialledDigits: "0900123"}, transportOf(gone)}, h450.RejectedByNetwork},
		{"host to be looked up", []h225.AliasAddress{{H323ID: "room@example.com"}}, h450.InvalidReroutingNumber},
		{"nobody there", []h225.AliasAddress{transportOf(gone)}, h450.EstablishmentFailure},
	} {
		call.Transfer(tt.to, "")
		if e := hears[h323.TransferFailed](ann); !errors.Is(e.Err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, e.Err, tt.want)
		}
	}
	if r := s.room("a").Roster(); len(r.Members) != 1 {
		t.Errorf("roster: %+v", r.Members)
	}
}

// A caller consults the conference, and has another take its place there.
func TestConsultationTransfer(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, annAt := newPhone(t, "ann")
	bob, bobAt := newPhone(t, "bob")
	call := ann.call(annAt, s, "a", nil)
	await(t, s.room("a"), "ann", seated(1, "ann"))
	call.Identify()
	id := hears[h323.Identified](ann)
	if len(id.To) != 2 || id.To[0].H323ID != "a" || id.To[1].TransportID == nil || len(id.Identity) != 4 {
		t.Errorf("identified as %q at %+v", id.Identity, id.To)
	}
	bob.call(bobAt, s, "a", &h323.Transfer{Identity: id.Identity})
	if e := hears[h323.TransferAccepted](bob); e.Err != nil {
		t.Error(e.Err)
	}
	hears[h323.Released](ann)
	await(t, s.room("a"), "bob in the place of ann", seated(1, "bob"))

	bob.call(bobAt, s, "a", &h323.Transfer{Identity: id.Identity}) // it served once
	if e := hears[h323.TransferAccepted](bob); !errors.Is(e.Err, h450.UnrecognizedCallIdentity) {
		t.Errorf("used twice: %v", e.Err)
	}
	hears[h323.Released](bob)
}

// Who holds the call is neither heard nor sent anything, and the roster says so.
func TestHeld(t *testing.T) {
	here := newSite(t, Config{Name: "here"}, conference.Settings{ID: "a"})
	there := newSite(t, Config{Name: "there"}, conference.Settings{ID: "b"})
	ann := &party{hertz: 440, heard: map[float64]float64{440: 0, 880: 0}}
	bob := &party{hertz: 880, heard: map[float64]float64{440: 0, 880: 0}}
	sit(t, here.room("a"), ann)
	sit(t, there.room("b"), bob)
	if _, err := here.Dial(t.Context(), there.url("b"), "a"); err != nil {
		t.Fatal(err)
	}
	bob.hears(t, 440)
	line := here.only(t)
	flows := func(on bool) func(*conference.Roster) bool {
		return func(r *conference.Roster) bool {
			for i := range r.Members {
				if m := &r.Members[i]; m.Wire == conference.WireH323 {
					return m.Sources[0].AudioFormat.IsZero() != on && m.SendFormat.IsZero() != on
				}
			}
			return false
		}
	}
	line.Hold()
	await(t, there.room("b"), "held", flows(false))
	line.Retrieve()
	await(t, there.room("b"), "retrieved", flows(true))
	ann.hears(t, 880)
}

// only returns the one call of a site.
func (s *site) only(t *testing.T) *h323.Call {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.calls {
		return c.line.(*h323.Call)
	}
	t.Fatal("no call")
	return nil
}

// There is no mailbox: who asks is told so.
func TestInterrogated(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, annAt := newPhone(t, "ann")
	call := ann.call(annAt, s, "a", nil)
	await(t, s.room("a"), "ann", seated(1, "ann"))
	call.InterrogateWaiting(h450.MWIInterrogateArg{})
	if e := hears[h323.WaitingAnswered](ann); !errors.Is(e.Err, h450.NotActivated) {
		t.Errorf("%v", e.Err)
	}
}

// A call that only asks is answered, without a seat.
func TestIndependent(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, annAt := newPhone(t, "ann")
	call, err := annAt.Dial(t.Context(), h323.Target{
		Address: s.Addresses()[0], Aliases: []h225.AliasAddress{ras.AliasOf("a")}, Goal: h323.GoalService,
		Modes: &h323.Modes{NoFastStart: true},
	}, ann)
	if err != nil {
		t.Fatal(err)
	}
	call.InterrogateWaiting(h450.MWIInterrogateArg{})
	if e := hears[h323.WaitingAnswered](ann); !errors.Is(e.Err, h450.NotActivated) {
		t.Errorf("%v", e.Err)
	}
	call.Release(nil)
	hears[h323.Released](ann)
	if r := s.room("a").Roster(); len(r.Members) != 0 {
		t.Errorf("seated: %+v", r.Members)
	}
}

// directory knows one number, for who calls from this host.
type directory struct {
	*site
	number, address string
}

func (d directory) Locate(dialled string, from netip.Addr) (string, bool) {
	return d.address, dialled == d.number && from.IsLoopback()
}

// Dial seats somebody for an address of SIP.
func (d directory) Dial(ctx context.Context, address, id string) (conference.ParticipantID, error) {
	if !strings.HasPrefix(address, "sip:") {
		return d.site.Dial(ctx, address, id)
	}
	conf, err := d.bridge.Open(id)
	if err != nil {
		return "", err
	}
	seat, err := conf.Join(&party{})
	if err != nil {
		return "", err
	}
	d.t.Cleanup(func() { seat.Leave(conference.Cause{Code: conference.CauseLeft}) })
	return seat.ID(), nil
}

// A number is called where a route allows it, by whatever wire that leads to.
func TestTransferByRoute(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, annAt := newPhone(t, "ann")
	_, bobAt := newPhone(t, "bob")
	d := directory{s, "2001", "sip:bob@127.0.0.1"}
	s.bridge.SetDirectory(d)
	call := ann.call(annAt, s, "a", nil)
	await(t, s.room("a"), "ann", seated(1, "ann"))
	call.Transfer([]h225.AliasAddress{{DialledDigits: "2001"}}, "")
	hears[h323.Transferred](ann)
	await(t, s.room("a"), "who was called by SIP", seated(1, "tone"))
	call = ann.call(annAt, s, "a", nil)
	await(t, s.room("a"), "ann again", seated(2, "ann"))
	d.address = fmt.Sprintf("h323:bob@%v", bobAt.Addresses()[0])
	s.bridge.SetDirectory(d)
	call.Transfer([]h225.AliasAddress{{DialledDigits: "2001"}}, "")
	hears[h323.Transferred](ann)
	await(t, s.room("a"), "bob, and who was called by SIP", seated(2, "bob"))
}

// Who is in a call of two is moved into a conference by the other, whose call ends.
func TestTransferToConference(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a", Numbers: []string{"77"}}, conference.Settings{ID: "locked", PIN: "1234"})
	ann, annAt := newPhone(t, "ann")
	bob, bobAt := newPhone(t, "bob")
	s.bridge.SetDirectory(directory{s, "2001", fmt.Sprintf("h323:bob@%v", bobAt.Addresses()[0])})
	call := ann.call(annAt, s, "2001", nil)
	hears[h323.Connected](ann)
	for _, to := range []string{"locked", "locked;pin=99"} {
		call.Transfer([]h225.AliasAddress{{URLID: "h323:" + to}}, "")
		if e := hears[h323.TransferFailed](ann); !errors.Is(e.Err, h450.RejectedByNetwork) {
			t.Errorf("%s: %v", to, e.Err)
		}
	}
	call.Transfer([]h225.AliasAddress{{DialledDigits: "77"}}, "")
	hears[h323.Transferred](ann)
	hears[h323.Released](ann)
	await(t, s.room("a"), "bob", seated(1, "bob"))
	call = ann.call(annAt, s, "a", nil)
	await(t, s.room("a"), "ann", seated(2, "ann"))
	call.Transfer([]h225.AliasAddress{{H323ID: "locked"}}, "")
	if e := hears[h323.TransferFailed](ann); !errors.Is(e.Err, h450.RejectedByNetwork) {
		t.Errorf("from a conference to another: %v", e.Err)
	}
	(<-bob.calls).Release(nil)
	await(t, s.room("a"), "ann alone", seated(1, "ann"))
}

// Who has two calls of two through here joins their other ends and is rid of both.
func TestTransferBetweenCalls(t *testing.T) {
	s := newSite(t, Config{})
	ann, annAt := newPhone(t, "ann")
	bob, bobAt := newPhone(t, "bob")
	cid, cidAt := newPhone(t, "cid")
	dial := func(number string, at *h323.Endpoint) *h323.Call {
		s.bridge.SetDirectory(directory{s, number, fmt.Sprintf("h323:%s@%v", number, at.Addresses()[0])})
		call := ann.call(annAt, s, number, nil)
		hears[h323.Connected](ann)
		return call
	}
	first, second := dial("bob", bobAt), dial("cid", cidAt)
	second.Identify()
	id := hears[h323.Identified](ann)
	first.Transfer(id.To, id.Identity)
	for transferred, released := 0, 0; transferred < 1 || released < 2; { // in any order
		switch hears[h323.Event](ann).(type) {
		case h323.Transferred:
			transferred++
		case h323.Released:
			released++
		}
	}
	var names []string
	for _, c := range s.bridge.Conferences() {
		for _, m := range c.Roster().Members {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"bob", "cid"}) {
		t.Errorf("left are %q", names)
	}
	(<-bob.calls).Release(nil)
	hears[h323.Released](bob)
	hears[h323.Released](cid) // alone now
}

// A call of two goes on with who takes the place of one of them.
func TestTransferInCallOfTwo(t *testing.T) {
	s := newSite(t, Config{})
	ann, annAt := newPhone(t, "ann")
	bob, bobAt := newPhone(t, "bob")
	cid, cidAt := newPhone(t, "cid")
	s.bridge.SetDirectory(directory{s, "2001", fmt.Sprintf("h323:bob@%v", bobAt.Addresses()[0])})
	call := ann.call(annAt, s, "2001", nil)
	hears[h323.Connected](ann)
	call.Transfer([]h225.AliasAddress{transportOf(cidAt.Addresses()[0])}, "")
	hears[h323.Transferred](ann)
	hears[h323.Released](ann)
	(<-bob.calls).Release(nil) // who has been there all the time
	hears[h323.Released](bob)
	hears[h323.Released](cid) // alone now
}

// Guessing makes identities useless.
func TestIdentitiesGuessed(t *testing.T) {
	s := &Server{identities: identities{}}
	c := &call{server: s}
	id := s.giveIdentity(c)
	if len(id) != 4 {
		t.Fatalf("identity %q", id)
	}
	for range maxMisses {
		if s.claim("x") != nil {
			t.Fatal("a guess was right")
		}
	}
	if s.claim(id) != nil {
		t.Error("valid after too many guesses")
	}
	for range maxIdentities {
		s.giveIdentity(&call{server: s})
	}
	if id := s.giveIdentity(&call{server: s}); id != "" {
		t.Errorf("one too many: %q", id)
	}
}

// A call has one identity, however often it asks, and none once it is over.
func TestIdentityAskedAgain(t *testing.T) {
	s := &Server{identities: identities{}}
	c := &call{server: s}
	first := s.giveIdentity(c)
	for range 2 * maxIdentities {
		if id := s.giveIdentity(c); id != first {
			t.Fatalf("identity %q, and then %q", first, id)
		}
	}
	c.dropIdentity()
	if len(s.identities) != 0 {
		t.Errorf("%d are left", len(s.identities))
	}
	id := s.giveIdentity(c)
	if s.claim(id) != c {
		t.Error("not claimed")
	}
	if s.giveIdentity(c) == "" || len(s.identities) != 1 {
		t.Error("none after the first was used")
	}
}

// A name that a gateway may dial is a number, however it is written.
func TestIsNumber(t *testing.T) {
	for name, want := range map[string]bool{
		"0900123": true, "+49 30 1234": true, "(030) 12-34": true, "tel:+4930": true, "h323:0900@192.0.2.1": true,
		"+49301234;phone-context=tel:ann": true, "0049301w1": true, "%2B4930": true, "0900:x": true, "(0)900p#": true,
		"room": false, "room-1": false, "d1": false, "ann:x": false, "1st floor": false, "": false,
	} {
		if got := isNumber(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// A number stays one however a URI has it: nobody telephones by a gateway that
// trusts this host.
func TestTransferToNumber(t *testing.T) {
	c := &call{source: netip.MustParseAddr("10.0.0.5")}
	for uri, want := range map[string]string{
		"sip:ann@10.0.0.9":                             "sip:ann@10.0.0.9:5060",
		"sip:%61nn@10.0.0.9":                           "sip:ann@10.0.0.9:5060",
		"sip:10.0.0.9":                                 "sip:10.0.0.9:5060",
		"sip:+49301234@10.0.0.9":                       "",
		"sip:%2B49301234@10.0.0.9":                     "",
		"sip:%252B49301234@10.0.0.9":                   "",
		"sip:+4930%3Bphone-context=x.example@10.0.0.9": "",
		"sip:0049;isub=ann@10.0.0.9":                   "",
	} {
		d, err := c.addressTarget(literal(uri))
		if d.address != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", uri, d.address, err, want)
		}
	}
}

// Who guesses the identity of another's call brings nobody into its conference.
func TestIdentityOfAnother(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, annAt := newPhone(t, "ann")
	bob, bobAt := newPhone(t, "bob")
	eve, eveAt := newPhoneAt(t, "eve", "127.0.0.2:0")
	call := ann.call(annAt, s, "a", nil)
	await(t, s.room("a"), "ann", seated(1, "ann"))
	call.Identify()
	id := hears[h323.Identified](ann)
	s.bridge.SetDirectory(directory{s, "2001", fmt.Sprintf("h323:bob@%v", bobAt.Addresses()[0])})
	other := eve.call(eveAt, s, "2001", nil)
	hears[h323.Connected](eve)
	other.Transfer(id.To, id.Identity)
	hears[h323.TransferFailed](eve)
	if r := s.room("a").Roster(); len(r.Members) != 1 {
		t.Errorf("roster: %+v", r.Members)
	}
	(<-bob.calls).Release(nil)
	hears[h323.Released](eve)
}

// Who has itself called in its own place does so only so often, in however many
// calls.
func TestTransferToOneself(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, annAt := newPhone(t, "ann")
	call := ann.call(annAt, s, "a", nil)
	await(t, s.room("a"), "ann", seated(1, "ann"))
	self := []h225.AliasAddress{transportOf(annAt.Addresses()[0])}
	for range maxTransfers {
		call.Transfer(self, "")
		hears[h323.Transferred](ann)
		hears[h323.Released](ann)
		call = <-ann.calls
	}
	call.Transfer(self, "")
	if e := hears[h323.TransferFailed](ann); !errors.Is(e.Err, h450.RejectedByNetwork) {
		t.Errorf("once more: %v", e.Err)
	}
	await(t, s.room("a"), "ann alone", seated(1, "ann"))
}
