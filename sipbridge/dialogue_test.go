package sipbridge

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"parley/conference"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestJoinAndLeave(t *testing.T) {
	s := testServer(t, nil)
	next := events(t, room(t, s, "room"))
	p := newPhone(t, s)
	res := p.invite(roomURI, p.offer())
	if res.StatusCode != 200 {
		t.Fatal(res)
	}
	if contact := res.GetHeader("Contact").Value(); !strings.Contains(contact, ";isfocus") || !strings.Contains(contact, "room@127.0.0.1:") {
		t.Errorf("Contact %q", contact)
	}
	if !strings.Contains(string(res.Body()), "m=audio ") || !strings.Contains(string(res.Body()), "a=sendrecv") {
		t.Errorf("answer:\n%s", res.Body())
	}
	e := next(conference.EventJoined)
	if e.Member.Name != "Ann" || e.Member.Address != "sip:ann@127.0.0.1" || e.Member.Wire != conference.WireSIP || e.Member.SendFormat.Name != "PCMU" {
		t.Errorf("member %+v", e.Member)
	}
	p.up = false
	p.raw(p.request("BYE", roomURI, ""))
	if res := p.response("BYE"); res.StatusCode != 200 {
		t.Error(res)
	}
	if e := next(conference.EventLeft); e.Cause.Code != conference.CauseLeft {
		t.Errorf("cause %v", e.Cause)
	}
	p.raw(p.request("BYE", roomURI, ""))
	if res := p.response("BYE"); res.StatusCode != 481 {
		t.Error(res)
	}
}

// What keeps a call out is said with its own status.
func TestRefused(t *testing.T) {
	s := testServer(t, nil,
		conference.Settings{ID: "room"},
		conference.Settings{ID: "locked", PIN: "4711"},
		conference.Settings{ID: "small", MaxParticipants: 1},
		conference.Settings{ID: "opus", Codecs: []string{"opus"}},
	)
	first := newPhone(t, s)
	if res := first.invite("sip:small@127.0.0.1", first.offer()); res.StatusCode != 200 {
		t.Fatal(res)
	}
	media := func(lines ...string) string {
		return strings.Join(append([]string{"v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"}, lines...), "\r\n") + "\r\n"
	}
	plain := media("m=audio 4000 RTP/AVP 0")
	tests := []struct {
		name, uri, body string
		extra           []string
		status          int
		header          string // Name: prefix of value
	}{
		{"unknown conference", "sip:nowhere@127.0.0.1", plain, nil, 404, ""},
		{"no conference", "sip:127.0.0.1", plain, nil, 404, ""},
		{"PIN needed and no way to type it", "sip:locked@127.0.0.1", plain, nil, 403, ""},
		{"wrong PIN", "sip:locked;pin=1@127.0.0.1", plain, nil, 403, ""},
		{"full", "sip:small@127.0.0.1", plain, nil, 486, ""},
		{"no shared codec", roomURI, media("m=audio 4000 RTP/AVP 18", "a=rtpmap:18 G729/8000"), nil, 488, "Warning: 305 "},
		{"codec not allowed here", "sip:opus@127.0.0.1", plain, nil, 488, "Warning: 305 "},
		{"only SRTP", roomURI, media("m=audio 4000 RTP/SAVP 0"), nil, 488, "Warning: 302 "},
		{"no media", roomURI, media(), nil, 488, "Warning: 304 "},
		{"malformed description", roomURI, "v=1\r\nhello\r\n", nil, 400, "Warning: 399 "},
		{"other body", roomURI, "hello", []string{"Content-Type: text/plain"}, 415, "Accept: application/sdp"},
		{"encoded body", roomURI, plain, []string{"Content-Encoding: gzip", "Content-Type: application/sdp"}, 415, "Accept-Encoding: identity"},
		{"extension", roomURI, plain, []string{"Require: 100rel, foo"}, 420, "Unsupported: 100rel, foo"},
		{"scheme", "tel:+4930123456", plain, nil, 416, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPhone(t, s)
			res := p.invite(tt.uri, tt.body, tt.extra...)
			if res.StatusCode != tt.status {
				t.Fatalf("%s, want %d", res.StartLine(), tt.status)
			}
			if name, value, ok := strings.Cut(tt.header, ": "); ok {
				h := res.GetHeader(name)
				if h == nil || !strings.HasPrefix(h.Value(), value) {
					t.Errorf("%s is %v, want %q", name, h, value)
				}
			}
		})
	}
	if n := len(room(t, s, "room").Roster().Members); n != 0 {
		t.Errorf("%d in the room", n)
	}
}

func TestOtherRequests(t *testing.T) {
	s := testServer(t, nil)
	for _, tt := range []struct {
		method, toTag string
		status        int
		header        string
	}{
		{"OPTIONS", "", 200, "Allow: INVITE"},
		{"OPTIONS", "gone", 481, ""},
		{"BYE", "gone", 481, ""},
		{"INVITE", "gone", 481, ""},
		{"INFO", "gone", 481, ""},
		{"UPDATE", "gone", 481, ""},
		{"CANCEL", "", 481, ""},
		{"REGISTER", "", 405, "Allow: INVITE"},
		{"MESSAGE", "", 405, "Allow: INVITE"},
		{"NEWFANGLED", "", 405, "Allow: INVITE"},
	} {
		p := newPhone(t, s)
		p.toTag = tt.toTag
		p.raw(p.request(tt.method, roomURI, ""))
		res := p.response(tt.method)
		if res.StatusCode != tt.status {
			t.Errorf("%s: %s, want %d", tt.method, res.StartLine(), tt.status)
		}
		if name, value, ok := strings.Cut(tt.header, ": "); ok {
			if h := res.GetHeader(name); h == nil || !strings.HasPrefix(h.Value(), value) {
				t.Errorf("%s: %s is %v", tt.method, name, h)
			}
		}
	}
}

func TestLateOffer(t *testing.T) {
	s := testServer(t, nil)
	next := events(t, room(t, s, "room"))
	p := newPhone(t, s)
	p.raw(p.request("INVITE", roomURI, ""))
	res := p.response("INVITE")
	if res.StatusCode != 200 || !strings.Contains(string(res.Body()), "m=video ") {
		t.Fatalf("%s\n%s", res.StartLine(), res.Body())
	}
	next(conference.EventJoined)
	p.established(res)
	answer := p.offer("m=video 0 RTP/AVP 96")
	p.raw(p.requestAt(p.cseq, "ACK", roomURI, answer))
	if e := next(conference.EventUpdated); e.Member.SendFormat.Name != "" && e.Member.SendFormat.Name != "PCMU" {
		t.Errorf("member %+v", e.Member)
	}
	p.raw(p.request("UPDATE", roomURI, p.offer("m=video 0 RTP/AVP 96")))
	if res := p.response("UPDATE"); res.StatusCode != 200 || !strings.Contains(string(res.Body()), "m=audio ") {
		t.Errorf("%s\n%s", res.StartLine(), res.Body())
	}
	if m := room(t, s, "room").Roster().Members; len(m) != 1 {
		t.Errorf("members %+v", m)
	}
}

// An answer in the ACK that is of no use ends the call with its reason.
func TestLateAnswerMalformed(t *testing.T) {
	s := testServer(t, nil)
	p := newPhone(t, s)
	p.raw(p.request("INVITE", roomURI, ""))
	res := p.response("INVITE")
	p.established(res)
	p.raw(p.requestAt(p.cseq, "ACK", roomURI, "hello"))
	bye := p.incoming("BYE")
	if h := bye.GetHeader("Reason"); h == nil || !strings.HasPrefix(h.Value(), "SIP;cause=400") {
		t.Errorf("Reason %v", h)
	}
	p.reply(bye, 200)
}

func TestReinvite(t *testing.T) {
	s := testServer(t, nil)
	conf := room(t, s, "room")
	p := newPhone(t, s)
	if res := p.invite(roomURI, p.offer()); res.StatusCode != 200 {
		t.Fatal(res)
	}
	member := func() conference.Member { return conf.Roster().Members[0] }
	video := []string{"m=video 4002 RTP/AVP 97", "a=rtpmap:97 H264/90000", "a=fmtp:97 packetization-mode=1;profile-level-id=42e01f"}
	steps := []struct {
		name, body string
		status     int
		want       string // in the answer
	}{
		{"hold", p.offer("a=sendonly"), 200, "a=recvonly"},
		{"hold both ways", p.offer("a=inactive"), 200, "a=inactive"},
		{"old hold", strings.Replace(p.offer(), "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", 1), 200, "a=recvonly"},
		{"resume", p.offer(), 200, "a=sendrecv"},
		{"other codec", strings.Replace(p.offer(), "RTP/AVP 0 ", "RTP/AVP 8 ", 1), 200, "PCMA/8000"},
		{"no codec", strings.Replace(p.offer(), "RTP/AVP 0 ", "RTP/AVP 18 ", 1), 488, ""},
		{"still there", p.offer(), 200, "PCMU/8000"},
		{"pictures", p.offer(video...), 200, "m=video "},
		{"no pictures", p.offer("m=video 0 RTP/AVP 97"), 200, "m=video 0 "},
		{"a line vanished", p.offer(), 488, ""},
		{"malformed", "hello", 400, ""},
	}
	for _, step := range steps {
		res := p.invite(roomURI, step.body)
		if res.StatusCode != step.status || !strings.Contains(string(res.Body()), step.want) {
			t.Errorf("%s: %s\n%s", step.name, res.StartLine(), res.Body())
		}
	}
	if m := member(); len(conf.Roster().Members) != 1 || m.SendFormat.Name == "" {
		t.Errorf("member %+v", m)
	}
	// A request that comes out of order is refused and changes nothing.
	p.raw(p.requestAt(p.cseq-1, "INFO", roomURI, ""))
	for {
		res := p.message()
		if r := res.CSeq(); string(r.MethodName) == "INFO" {
			break
		}
	}
}

// Without an ACK the 200 comes again.
func TestAnswerRepeated(t *testing.T) {
	s := testServer(t, nil)
	p := newPhone(t, s)
	p.raw(p.request("INVITE", roomURI, p.offer()))
	first, second := p.response("INVITE"), p.response("INVITE")
	if first.String() != second.String() {
		t.Errorf("the repetition differs:\n%s\n%s", first, second)
	}
	p.established(first)
	p.raw(p.requestAt(p.cseq, "ACK", roomURI, ""))
}

// A peer from which neither RTP nor RTCP comes leaves the roster, and is told.
func TestVanish(t *testing.T) {
	s := testServer(t, func(c *Config) { c.MediaTimeout = 1 })
	next := events(t, room(t, s, "room"))
	p := newPhone(t, s)
	if res := p.invite(roomURI, p.offer()); res.StatusCode != 200 {
		t.Fatal(res)
	}
	if e := next(conference.EventLeft); e.Cause.Code != conference.CauseTimeout {
		t.Errorf("cause %v", e.Cause)
	}
	bye := p.incoming("BYE")
	if h := bye.GetHeader("Reason"); h == nil || !strings.HasPrefix(h.Value(), "Q.850;cause=102;") {
		t.Errorf("Reason %v", h)
	}
	p.reply(bye, 200)
	if n := s.Stats().Lost; n != 1 {
		t.Errorf("%d lost", n)
	}
}

func TestKick(t *testing.T) {
	s := testServer(t, nil)
	conf := room(t, s, "room")
	p := newPhone(t, s)
	if res := p.invite(roomURI, p.offer()); res.StatusCode != 200 {
		t.Fatal(res)
	}
	id := conf.Roster().Members[0].ID
	if err := conf.Kick(id, conference.Cause{Code: conference.CauseKicked, Text: "enough"}); err != nil {
		t.Fatal(err)
	}
	bye := p.incoming("BYE")
	if got := bye.GetHeader("Reason").Value(); got != `Q.850;cause=21;text="enough"` {
		t.Errorf("Reason %s", got)
	}
	if bye.Recipient.User != "ann" || bye.CallID().Value() != p.callID {
		t.Errorf("BYE\n%s", bye)
	}
	p.reply(bye, 200)
}

// An ACK in the INVITE's own transaction takes another way in than all other
// requests. What it lacks must do no more harm there.
func TestMalformedACKInTransaction(t *testing.T) {
	s := testServer(t, nil)
	p := newPhone(t, s)
	p.raw(p.request("INVITE", roomURI, p.offer()))
	p.established(p.response("INVITE"))
	for _, name := range []string{"To", "From", "Call-ID"} {
		p.branch-- // the INVITE's
		ack := p.requestAt(p.cseq, "ACK", roomURI, "")
		var kept []string
		for line := range strings.SplitSeq(ack, "\r\n") {
			if !strings.HasPrefix(line, name+":") {
				kept = append(kept, line)
			}
		}
		p.raw(strings.Join(kept, "\r\n"))
	}
	p.branch-- // a good one still counts
	p.raw(p.requestAt(p.cseq, "ACK", roomURI, ""))
	p.raw(p.request("OPTIONS", roomURI, ""))
	if res := p.response("OPTIONS"); res.StatusCode != 200 {
		t.Error(res)
	}
}
