package sipbridge

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"parley/codecs/builtin"
	"parley/conference"
)

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// patience bounds the wait for what is sure to come.
const patience = 10 * time.Second

// testServer runs a Server on loopback and closes it with the test.
func testServer(t *testing.T, change func(*Config), settings ...conference.Settings) *Server {
	t.Helper()
	s := newTestServer(t, change, settings...)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// newTestServer is testServer that is not started yet.
func newTestServer(t *testing.T, change func(*Config), settings ...conference.Settings) *Server {
	t.Helper()
	set := builtin.Set()
	if len(settings) == 0 {
		settings = []conference.Settings{{ID: "room"}}
	}
	bridge, err := conference.NewBridge(conference.BridgeConfig{Codecs: set, Conferences: settings})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Listen: []Listen{
			{"udp", netip.AddrPortFrom(loopback, 0)},
			{"tcp", netip.AddrPortFrom(loopback, 0)},
		},
		MediaAddr: loopback,
	}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg, Deps{Bridge: bridge, Codecs: set})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := bridge.Close(ctx); err != nil {
			t.Errorf("close the bridge: %v", err)
		}
	})
	return s
}

// room is a conference of s.
func room(t *testing.T, s *Server, id string) *conference.Conference {
	t.Helper()
	c, err := s.bridge.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// phone is the other end of a dialogue: it says over UDP what a test has
// written down, and hears what the Server answers.
type phone struct {
	t      *testing.T
	conn   *net.UDPConn
	server netip.AddrPort
	callID string
	toTag  string
	up     bool
	cseq   int
	branch int
	media  *net.UDPConn // where it receives RTP
}

func newPhone(t *testing.T, s *Server) *phone {
	t.Helper()
	listen := func() *net.UDPConn {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	p := &phone{t: t, conn: listen(), media: listen(), server: s.Addresses()[0].Addr}
	p.callID = fmt.Sprintf("call-%d@test", p.port())
	t.Cleanup(p.hangUp)
	return p
}

// hangUp ends the call that is up, if any, so that Server.Close need not wait
// for an answer to its BYE.
func (p *phone) hangUp() {
	if p.up {
		p.up = false
		p.raw(p.request("BYE", roomURI, ""))
		if r := p.response("BYE"); r.StatusCode != 200 {
			p.t.Errorf("BYE: %s", r.StartLine())
		}
	}
}

func (p *phone) port() int      { return p.conn.LocalAddr().(*net.UDPAddr).Port }
func (p *phone) mediaPort() int { return p.media.LocalAddr().(*net.UDPAddr).Port }

// raw sends a datagram as it is.
func (p *phone) raw(message string) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDPAddrPort([]byte(message), p.server); err != nil {
		p.t.Fatal(err)
	}
}

// request writes a request with what belongs in every one; extra are more
// header lines.
func (p *phone) request(method, uri, body string, extra ...string) string {
	p.cseq++
	return p.requestAt(p.cseq, method, uri, body, extra...)
}

func (p *phone) requestAt(cseq int, method, uri, body string, extra ...string) string {
	p.branch++
	to := "<" + uri + ">"
	if p.toTag != "" {
		to += ";tag=" + p.toTag
	}
	lines := []string{
		method + " " + uri + " SIP/2.0",
		fmt.Sprintf("Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK-%d-%d;rport", p.port(), p.port(), p.branch),
		fmt.Sprintf("From: \"Ann\" <sip:ann@127.0.0.1:%d>;tag=ann%d", p.port(), p.port()),
		"To: " + to,
		"Call-ID: " + p.callID,
		fmt.Sprintf("CSeq: %d %s", cseq, method),
		"Max-Forwards: 70",
		fmt.Sprintf("Contact: <sip:ann@127.0.0.1:%d>", p.port()),
	}
	lines = append(lines, extra...)
	if body != "" && !strings.Contains(strings.Join(extra, "\n"), "Content-Type") {
		lines = append(lines, "Content-Type: application/sdp")
	}
	lines = append(lines, "Content-Length: "+strconv.Itoa(len(body)), "", body)
	return strings.Join(lines, "\r\n")
}

// message returns the next message from the Server, skipping provisional
// responses and repetitions of what.
func (p *phone) message() sip.Message {
	p.t.Helper()
	for {
		m := p.next()
		if r, ok := m.(*sip.Response); ok && r.IsProvisional() {
			continue
		}
		return m
	}
}

// next returns the next message from the Server, whatever it is.
func (p *phone) next() sip.Message {
	p.t.Helper()
	if err := p.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		p.t.Fatal(err)
	}
	buf := make([]byte, maxMessage)
	n, err := p.conn.Read(buf)
	if err != nil {
		p.t.Fatalf("nothing came: %v", err)
	}
	m, err := sip.ParseMessage(buf[:n])
	if err != nil {
		p.t.Fatalf("the server sent nonsense: %v\n%s", err, buf[:n])
	}
	return m
}

// response returns the final response to the last request of method.
func (p *phone) response(method string) *sip.Response {
	p.t.Helper()
	for {
		if r, ok := p.message().(*sip.Response); ok && string(r.CSeq().MethodName) == method && int(r.CSeq().SeqNo) == p.cseq {
			return r
		}
	}
}

// incoming returns the next request of method.
func (p *phone) incoming(method sip.RequestMethod) *sip.Request {
	p.t.Helper()
	for {
		if r, ok := p.message().(*sip.Request); ok && r.Method == method {
			return r
		}
	}
}

// reply answers a request of the Server.
func (p *phone) reply(req *sip.Request, status int) {
	p.t.Helper()
	p.raw(sip.NewResponseFromRequest(req, status, "As Told", nil).String())
	if req.Method == sip.BYE {
		p.up = false
	}
}

const roomURI = "sip:room@127.0.0.1"

// offer is an audio offer of PCMU and digits, with more lines after.
func (p *phone) offer(lines ...string) string {
	head := []string{"v=0", "o=ann 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
		fmt.Sprintf("m=audio %d RTP/AVP 0 101", p.mediaPort()), "a=rtpmap:101 telephone-event/8000"}
	return strings.Join(append(head, lines...), "\r\n") + "\r\n"
}

// invite sends an INVITE and returns what comes of it; a 2xx has been
// acknowledged.
func (p *phone) invite(uri, body string, extra ...string) *sip.Response {
	p.t.Helper()
	p.raw(p.request("INVITE", uri, body, extra...))
	res := p.response("INVITE")
	if res.IsSuccess() {
		p.established(res)
	}
	// The branch of this ACK differs from a refused INVITE's, which must do no
	// harm.
	p.raw(p.requestAt(p.cseq, "ACK", uri, ""))
	return res
}

func (p *phone) established(res *sip.Response) {
	p.toTag, _ = res.To().Params.Get("tag")
	p.up = true
}

// events watches a conference, from before what is to come.
func events(t *testing.T, c *conference.Conference) func(conference.EventKind) conference.Event {
	t.Helper()
	_, w := c.Watch()
	t.Cleanup(w.Close)
	return func(kind conference.EventKind) conference.Event {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		for {
			e, err := w.Next(ctx)
			if err != nil {
				t.Fatalf("waiting for %q: %v", kind, err)
			}
			if e.Kind == kind {
				return e
			}
		}
	}
}
