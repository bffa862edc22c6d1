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
	caller.raw(caller.request("INVITE", annURI, caller.offer()))
	tag := tagOf(caller.ringing().To().Params)
	invite := ann.incoming("INVITE")
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
