package sipbridge

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"parley/conference"
)

// exchange calls a phone for who dials 200 from loopback.
type exchange struct {
	server *Server
	phone  *phone
}

func (x exchange) Locate(dialled string, from netip.Addr) (string, bool) {
	return fmt.Sprintf("sip:ann@127.0.0.1:%d", x.phone.port()), dialled == "200" && from.IsLoopback()
}

func (x exchange) Dial(ctx context.Context, address, id string) (conference.ParticipantID, error) {
	return x.server.Dial(ctx, address, id)
}

const annURI = "sip:200@127.0.0.1"

// ringing returns the 180 that comes next.
func (p *phone) ringing() *sip.Response {
	p.t.Helper()
	for {
		r, ok := p.next().(*sip.Response)
		switch {
		case ok && r.StatusCode == 180:
			return r
		case ok && !r.IsProvisional():
			p.t.Fatalf("not put through\n%s", r)
		}
	}
}

func TestPutThrough(t *testing.T) {
	s := testServer(t, nil)
	caller, ann := newPhone(t, s), newPhone(t, s)
	s.bridge.SetDirectory(exchange{s, ann})
	// A mark in the name must not end it where it is told on.
	caller.raw(strings.Replace(caller.request("INVITE", annURI, caller.offer()),
		`From: "Ann" <sip:ann@`, `From: "The \"caller\"" <sip:caller;x=1@`, 1))
	tag := tagOf(caller.ringing().To().Params)
	invite := ann.incoming("INVITE")
	if from := invite.From(); from.DisplayName != `The \"caller\"` || from.Address.User != "caller" || from.Address.Host != "127.0.0.1" {
		t.Errorf("ann reads %s", from.Value())
	}
	body := ann.offer("m=video 0 RTP/AVP 96")
	ann.raw(strings.Join([]string{
		"SIP/2.0 200 OK", "Via: " + invite.Via().Value(), "From: " + invite.From().Value(),
		"To: " + invite.To().Value() + ";tag=ann", "Call-ID: " + invite.CallID().Value(), "CSeq: " + invite.CSeq().Value(),
		fmt.Sprintf("Contact: <sip:ann@127.0.0.1:%d>", ann.port()), "Content-Type: application/sdp",
		fmt.Sprintf("Content-Length: %d", len(body)), "", body,
	}, "\r\n"))
	ann.incoming("ACK")
	res := caller.response("INVITE")
	if got := tagOf(res.To().Params); res.StatusCode != 200 || tag == "" || got != tag {
		t.Fatalf("rang as %q, then came\n%s", tag, res)
	}
	caller.established(res)
	caller.raw(caller.requestAt(caller.cseq, "ACK", annURI, ""))
	in := 0
	for _, c := range s.bridge.Conferences() {
		if strings.HasPrefix(c.Settings().ID, conference.PrivatePrefix) {
			in += len(c.Roster().Members)
		}
	}
	if in != 2 {
		t.Errorf("%d are in the call", in)
	}
	// Who hangs up ends the call of the other too.
	caller.hangUp()
	ann.reply(ann.incoming("BYE"), 200)
}

func TestPutThroughBusy(t *testing.T) {
	s := testServer(t, nil)
	caller, ann := newPhone(t, s), newPhone(t, s)
	s.bridge.SetDirectory(exchange{s, ann})
	caller.raw(caller.request("INVITE", annURI, caller.offer()))
	ann.reply(ann.incoming("INVITE"), 486)
	ann.incoming("ACK")
	if res := caller.response("INVITE"); res.StatusCode != 486 {
		t.Errorf("caller got\n%s", res)
	}
}

// Who hides is not told on.
func TestHiddenCaller(t *testing.T) {
	for _, tt := range []struct {
		from, privacy string
		want          conference.Caller
	}{
		{`"Ann" <sip:ann@192.0.2.1>`, "none", conference.Caller{Name: "Ann", Number: "ann"}},
		{`<sip:%2B4930@192.0.2.1>`, "", conference.Caller{Number: "+4930"}},
		{`<sip:192.0.2.1>`, "", conference.Caller{Name: "192.0.2.1"}},
		{`"Ann" <sip:ann@192.0.2.1>`, "critical; ID", conference.Caller{Name: anonymous}},
		{`"Ann" <sip:ann@192.0.2.1>`, "user", conference.Caller{Name: anonymous}},
		{`"Anonymous" <sip:anonymous@anonymous.invalid>`, "", conference.Caller{Name: anonymous}},
	} {
		req := sip.NewRequest(sip.INVITE, sip.Uri{Scheme: "sip", User: "200", Host: "192.0.2.9"})
		var from sip.FromHeader
		name, err := sip.ParseAddressValue(tt.from, &from.Address, &from.Params)
		if err != nil {
			t.Fatal(err)
		}
		from.DisplayName = name
		req.AppendHeader(&from)
		if tt.privacy != "" {
			req.AppendHeader(sip.NewHeader("Privacy", tt.privacy))
		}
		if got := callerOf(req); got != tt.want {
			t.Errorf("%s, %q: %+v", tt.from, tt.privacy, got)
		}
	}
	if got := unquoted(quotable(`a "b" \c\`)); got != `a "b" \c\` {
		t.Errorf("quoted and back: %s", got)
	}
}
