package sipbridge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/conference"
)

type dialled struct {
	id  conference.ParticipantID
	err error
}

// dial has the Server call the phone.
func dial(ctx context.Context, s *Server, p *phone, conferenceID string) <-chan dialled {
	out := make(chan dialled, 1)
	go func() {
		id, err := s.Dial(ctx, fmt.Sprintf("sip:ann@127.0.0.1:%d", p.port()), conferenceID)
		out <- dialled{id, err}
	}()
	return out
}

func TestDial(t *testing.T) {
	s := testServer(t, nil)
	conf := room(t, s, "room")
	p := newPhone(t, s)
	result := dial(t.Context(), s, p, "room")
	invite := p.incoming("INVITE")
	if invite.From().Address.User != "room" || !strings.Contains(invite.GetHeader("Contact").Value(), "isfocus") {
		t.Errorf("INVITE\n%s", invite)
	}
	body := p.offer("m=video 0 RTP/AVP 96")
	ok := strings.Join([]string{
		"SIP/2.0 200 OK", "Via: " + invite.Via().Value(), "From: " + invite.From().Value(),
		"To: " + invite.To().Value() + ";tag=phone", "Call-ID: " + invite.CallID().Value(), "CSeq: " + invite.CSeq().Value(),
		fmt.Sprintf("Contact: <sip:ann@127.0.0.1:%d>", p.port()), "Content-Type: application/sdp",
		fmt.Sprintf("Content-Length: %d", len(body)), "", body,
	}, "\r\n")
	p.raw(ok)
	if ack := p.incoming("ACK"); ack.CSeq().SeqNo != invite.CSeq().SeqNo {
		t.Errorf("ACK\n%s", ack)
	}
	r := <-result
	if r.err != nil {
		t.Fatal(r.err)
	}
	p.raw(ok) // its ACK was lost
	p.incoming("ACK")
	members := conf.Roster().Members
	if len(members) != 1 || members[0].ID != r.id || members[0].SendFormat.Name != "PCMU" {
		t.Errorf("members %+v", members)
	}
	if err := conf.Kick(r.id, conference.Cause{Code: conference.CauseKicked}); err != nil {
		t.Fatal(err)
	}
	bye := p.incoming("BYE")
	if tag, _ := bye.To().Params.Get("tag"); tag != "phone" {
		t.Errorf("BYE\n%s", bye)
	}
	p.reply(bye, 200)
}

func TestDialRefused(t *testing.T) {
	s := testServer(t, nil)
	p := newPhone(t, s)
	result := dial(t.Context(), s, p, "room")
	p.reply(p.incoming("INVITE"), 486)
	p.incoming("ACK")
	r := <-result
	var status *StatusError
	if !errors.As(r.err, &status) || status.Status != 486 {
		t.Errorf("error %v", r.err)
	}
	if n := s.Stats().Calls; n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestDialCancelled(t *testing.T) {
	s := testServer(t, nil)
	p := newPhone(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := dial(ctx, s, p, "room")
	invite := p.incoming("INVITE")
	p.reply(invite, 180)
	cancel()
	c := p.incoming("CANCEL")
	if c.Via().Value() != invite.Via().Value() || c.CSeq().SeqNo != invite.CSeq().SeqNo {
		t.Errorf("CANCEL\n%s", c)
	}
	p.reply(c, 200)
	p.reply(invite, 487)
	if r := <-result; !errors.Is(r.err, context.Canceled) {
		t.Errorf("error %v", r.err)
	}
}

func TestDialNowhere(t *testing.T) {
	s := testServer(t, nil)
	for uri, conf := range map[string]string{
		"sip:ann@127.0.0.1": "nowhere", "tel:123": "room", "hello": "room",
		"sip:ann@127.0.0.1;transport=sctp": "room", "sip:ann@127.0.0.1:99999": "room",
		"sip:ann\r\nEvil: 1@127.0.0.1": "room",
	} {
		if _, err := s.Dial(t.Context(), uri, conf); err == nil {
			t.Errorf("%s to %s succeeded", uri, conf)
		}
	}
}

// A conference is not its own guest.
func TestDialItself(t *testing.T) {
	s := testServer(t, nil)
	for _, l := range s.Addresses() {
		uri := fmt.Sprintf("sip:room@%v;transport=%s", l.Addr, l.Network)
		var status *StatusError
		if _, err := s.Dial(t.Context(), uri, "room"); !errors.As(err, &status) || status.Status != 482 {
			t.Errorf("%s: %v", uri, err)
		}
	}
	if n := len(room(t, s, "room").Roster().Members); n != 0 {
		t.Errorf("%d members", n)
	}
}

// Close tells everybody, and nobody gets in any more.
func TestClose(t *testing.T) {
	s := testServer(t, nil)
	p := newPhone(t, s)
	if res := p.invite(roomURI, p.offer()); res.StatusCode != 200 {
		t.Fatal(res)
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close(t.Context()) }()
	bye := p.incoming("BYE")
	if got := bye.GetHeader("Reason").Value(); !strings.HasPrefix(got, "Q.850;cause=41;") {
		t.Errorf("Reason %s", got)
	}
	late := newPhone(t, s)
	if res := late.invite(roomURI, late.offer()); res.StatusCode != 503 {
		t.Errorf("while closing: %s", res.StartLine())
	}
	p.reply(bye, 200)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := s.Dial(t.Context(), "sip:ann@127.0.0.1", "room"); err == nil {
		t.Error("dialled after Close")
	}
}

func TestLimits(t *testing.T) {
	s := testServer(t, func(c *Config) { c.MaxCallsPerSource = 2; c.InviteRate = 2 })
	var got []int
	for range 5 {
		p := newPhone(t, s)
		got = append(got, p.invite(roomURI, p.offer()).StatusCode)
	}
	// Two calls; two more are refused for their number, the fifth for its rate.
	want := []int{200, 200, 503, 503, 503}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("answers %v, want %v", got, want)
			break
		}
	}
}

func TestListenFails(t *testing.T) {
	s := testServer(t, nil)
	taken := s.Addresses()[0]
	again, err := New(Config{Listen: []Listen{taken}}, Deps{Bridge: s.bridge, Codecs: s.codecs})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Start(t.Context()); err == nil || !strings.Contains(err.Error(), taken.String()) {
		t.Errorf("error %v does not name %v", err, taken)
	}
	if err := again.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
