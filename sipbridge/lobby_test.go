package sipbridge

import (
	"encoding/binary"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/codecs/telephoneevent"
	"parley/conference"
	"parley/conference/lobby"
)

// rtp sends one RTP packet of the phone to the port that the answer named.
func (p *phone) rtp(to netip.AddrPort, payloadType uint8, sequence uint16, timestamp uint32, payload []byte) {
	p.t.Helper()
	b := make([]byte, 12, 12+len(payload))
	b[0], b[1] = 0x80, payloadType
	binary.BigEndian.PutUint16(b[2:], sequence)
	binary.BigEndian.PutUint32(b[4:], timestamp)
	binary.BigEndian.PutUint32(b[8:], 0x5eed0000+uint32(p.port()))
	if _, err := p.media.WriteToUDPAddrPort(append(b, payload...), to); err != nil {
		p.t.Fatal(err)
	}
}

// keys presses digits as RFC 4733 events.
func (p *phone) keys(to netip.AddrPort, digits string, sequence *uint16) {
	for i := range len(digits) {
		event := byte(strings.IndexByte(telephoneevent.Digits, digits[i]))
		timestamp := uint32(*sequence) * 800
		for range 3 {
			p.rtp(to, 101, *sequence, timestamp, []byte{event, 0x8a, 3, 32})
			*sequence++
		}
	}
}

// mediaOf is where an answer wants sound.
func mediaOf(t *testing.T, body []byte) netip.AddrPort {
	t.Helper()
	_, rest, _ := strings.Cut(string(body), "m=audio ")
	port, _, _ := strings.Cut(rest, " ")
	addr, err := netip.ParseAddrPort("127.0.0.1:" + port)
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// Who needs a PIN hears the prompt, is in no roster, and is let in by the
// right digits.
func TestLobby(t *testing.T) {
	s := testServer(t, nil, conference.Settings{ID: "locked", PIN: "4711"})
	conf := room(t, s, "locked")
	next := events(t, conf)
	p := newPhone(t, s)
	res := p.invite("sip:locked@127.0.0.1", p.offer())
	if res.StatusCode != 200 {
		t.Fatal(res)
	}
	to := mediaOf(t, res.Body())
	buf := make([]byte, 1600)
	if err := p.media.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	loud := false
	for !loud { // the prompt's first beep
		n, err := p.media.Read(buf)
		if err != nil {
			t.Fatalf("no prompt: %v", err)
		}
		for _, v := range buf[min(12, n):n] {
			loud = loud || v&0x7f < 0x40 // PCMU: small codes are loud
		}
	}
	if n := len(conf.Roster().Members); n != 0 || s.Stats().Lobby != 1 {
		t.Errorf("%d seated, %d in the lobby", n, s.Stats().Lobby)
	}
	sequence := uint16(100)
	p.keys(to, "1234", &sequence)
	p.keys(to, "47*4711", &sequence)
	if e := next(conference.EventJoined); e.Member.Name != "Ann" {
		t.Errorf("joined: %+v", e.Member)
	}
	if n := s.Stats().Lobby; n != 0 {
		t.Errorf("%d in the lobby", n)
	}
}

func TestLobbyWrong(t *testing.T) {
	settings := conference.Settings{ID: "locked", PIN: "4711"}
	s := testServer(t, nil, settings)
	log := logOf(t, s, settings)
	p := newPhone(t, s)
	res := p.invite("sip:locked@127.0.0.1", p.offer())
	sequence := uint16(100)
	p.keys(mediaOf(t, res.Body()), "111122#3333", &sequence)
	bye := p.incoming("BYE")
	if got := bye.GetHeader("Reason").Value(); !strings.HasPrefix(got, "SIP;cause=403;") {
		t.Errorf("Reason %s", got)
	}
	p.reply(bye, 200)
	if n := len(room(t, s, "locked").Roster().Members); n != 0 {
		t.Errorf("%d seated", n)
	}
	const line = `msg=refused wire=sip conference=locked address=127.0.0.1 cause="wrong PIN"`
	if n := strings.Count(log.String(), line); n != lobby.MaxAttempts {
		t.Errorf("%d times %q in log:\n%s", n, line, log)
	}
}

// Calls that are turned down are in the log.
func TestRefusedCallIsLogged(t *testing.T) {
	s := testServer(t, nil)
	log := logOf(t, s, conference.Settings{ID: "room"})
	p := newPhone(t, s)
	if res := p.invite("sip:nowhere@127.0.0.1", p.offer()); res.StatusCode != 404 {
		t.Fatal(res)
	}
	if want := `msg=refused wire=sip conference=nowhere address=127.0.0.1 cause="no such conference"`; !strings.Contains(log.String(), want) {
		t.Errorf("no %q in log:\n%s", want, log)
	}
}

// A name is found in whatever case it was typed.
func TestCaseOfConference(t *testing.T) {
	s := testServer(t, nil, conference.Settings{ID: "room"})
	p := newPhone(t, s)
	if res := p.invite("sip:Room@127.0.0.1", p.offer()); res.StatusCode != 200 || len(room(t, s, "room").Roster().Members) != 1 {
		t.Errorf("%s", res.StartLine())
	}
}

// logOf is what the bridge of s logs from now on.
func logOf(t *testing.T, s *Server, settings ...conference.Settings) *textBuffer {
	t.Helper()
	log := new(textBuffer)
	if err := s.bridge.Reconfigure(conference.BridgeConfig{Log: slog.New(slog.NewTextHandler(log, nil)), Conferences: settings}); err != nil {
		t.Fatal(err)
	}
	return log
}

// textBuffer is a log that is read while it is written.
type textBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *textBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *textBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestPINInURI(t *testing.T) {
	s := testServer(t, nil, conference.Settings{ID: "locked", PIN: "4711"})
	p := newPhone(t, s)
	if res := p.invite("sip:locked;pin=4711@127.0.0.1", p.offer()); res.StatusCode != 200 {
		t.Fatal(res)
	}
	if n := len(room(t, s, "locked").Roster().Members); n != 1 {
		t.Errorf("%d seated", n)
	}
}

// Digits by INFO, as phones without RFC 4733 send them.
func TestLobbyInfo(t *testing.T) {
	s := testServer(t, nil, conference.Settings{ID: "locked", PIN: "47"})
	next := events(t, room(t, s, "locked"))
	p := newPhone(t, s)
	p.invite("sip:locked@127.0.0.1", p.offer())
	for _, key := range "47" {
		p.raw(p.request("INFO", "sip:locked@127.0.0.1", "Signal="+string(key)+"\r\nDuration=100\r\n", "Content-Type: application/dtmf-relay"))
		if res := p.response("INFO"); res.StatusCode != 200 {
			t.Fatal(res)
		}
	}
	next(conference.EventJoined)
}
