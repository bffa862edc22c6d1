package sipbridge

import (
	"encoding/binary"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/telephoneevent"
	"parley/conference"
)

// Keys from here come to a telephone within the sound, or by INFO where it takes
// none there.
func TestDigitsOutward(t *testing.T) {
	s := testServer(t, nil)
	room := open(t, s, "room")
	p := newPhone(t, s)
	p.invite("sip:room@127.0.0.1", p.offer())
	if err := room.Dial(room.Roster().Members[0].ID, "2#"); err != nil {
		t.Fatal(err)
	}
	var keypad telephoneevent.Receiver
	var got []byte
	if err := p.media.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	for packet := make([]byte, 1500); len(got) < 2; {
		n, err := p.media.Read(packet)
		if err != nil {
			t.Fatalf("%v after %q", err, got)
		}
		if n < 16 || packet[1]&0x7f != 101 {
			continue
		}
		key, ok, err := keypad.Receive(&codecs.Packet{
			SequenceNumber: binary.BigEndian.Uint16(packet[2:]),
			Timestamp:      binary.BigEndian.Uint32(packet[4:]),
			Payload:        packet[n-4 : n],
			Arrival:        time.Now(),
		})
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			got = append(got, key)
		}
	}
	if string(got) != "2#" {
		t.Errorf("keys %q", got)
	}
	p.hangUp()
}

func TestDigitsByInfo(t *testing.T) {
	s := testServer(t, nil)
	room := open(t, s, "room")
	p := newPhone(t, s)
	p.invite("sip:room@127.0.0.1", strings.ReplaceAll(strings.ReplaceAll(p.offer(), " 101\r\n", "\r\n"), "a=rtpmap:101 telephone-event/8000\r\n", ""))
	if err := room.Dial(room.Roster().Members[0].ID, "2#"); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"2", "#"} {
		info := p.incoming("INFO")
		if !strings.Contains(string(info.Body()), "Signal="+key+"\r\n") || info.ContentType().Value() != "application/dtmf-relay" {
			t.Errorf("for %s came\n%s", key, info)
		}
		p.reply(info, 200)
	}
	p.hangUp()
}

// A telephone is moved to another conference within its call.
func TestMove(t *testing.T) {
	s := testServer(t, nil, conference.Settings{ID: "room"}, conference.Settings{ID: "other"})
	room, other := open(t, s, "room"), open(t, s, "other")
	p := newPhone(t, s)
	p.invite("sip:room@127.0.0.1", p.offer())
	if err := room.Move(room.Roster().Members[0].ID, other); err != nil {
		t.Fatal(err)
	}
	if n := len(room.Roster().Members); n != 0 {
		t.Errorf("%d are left behind", n)
	}
	r := other.Roster()
	if len(r.Members) != 1 || r.Members[0].Wire != conference.WireSIP {
		t.Fatalf("in the other: %+v", r.Members)
	}
	if err := other.Kick(r.Members[0].ID, conference.Cause{Code: conference.CauseKicked}); err != nil {
		t.Fatal(err)
	}
	p.reply(p.incoming("BYE"), 200)
}

// A move that is refused leaves the call as it was.
func TestMoveRefused(t *testing.T) {
	s := testServer(t, nil, conference.Settings{ID: "room"}, conference.Settings{ID: "full", MaxParticipants: 1})
	room, full := open(t, s, "room"), open(t, s, "full")
	p, first := newPhone(t, s), newPhone(t, s)
	first.invite("sip:full@127.0.0.1", first.offer())
	p.invite("sip:room@127.0.0.1", p.offer())
	var c *call
	s.mu.Lock()
	for _, c = range s.calls {
		if c.conference == room {
			break
		}
	}
	s.mu.Unlock()
	c.video.LimitRate(0, 384_000)
	if err := room.Move(room.Roster().Members[0].ID, full); err == nil {
		t.Fatal("moved to where nobody fits")
	}
	if got := c.video.most.Load(); got != 384_000 || len(room.Roster().Members) != 1 {
		t.Errorf("held to %d bit/s then, %d in the room", got, len(room.Roster().Members))
	}
}

func open(t *testing.T, s *Server, id string) *conference.Conference {
	t.Helper()
	c, err := s.bridge.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Why a telephone did not take keys is logged, and how many were left; a call that
// is too busy to send them says so.
func TestDigitsNotTaken(t *testing.T) {
	log := make(lines, 64)
	s := newTestServer(t, nil)
	s.log = slog.New(slog.NewTextHandler(log, nil))
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	room := open(t, s, "room")
	p := newPhone(t, s)
	p.invite("sip:room@127.0.0.1", strings.ReplaceAll(strings.ReplaceAll(p.offer(), " 101\r\n", "\r\n"), "a=rtpmap:101 telephone-event/8000\r\n", ""))
	id := room.Roster().Members[0].ID
	if err := room.Dial(id, "2#"); err != nil {
		t.Fatal(err)
	}
	p.reply(p.incoming("INFO"), 415)
	told := <-log
	for !strings.Contains(told, "digits") {
		told = <-log
	}
	if !strings.Contains(told, "status=415") || !strings.Contains(told, "left=2") {
		t.Errorf("logged: %s", told)
	}
	var c *call
	s.mu.Lock()
	for _, c = range s.calls {
	}
	s.mu.Unlock()
	running, ran := make(chan struct{}), make(chan struct{})
	if !c.post(func() { close(running); <-ran }) {
		t.Fatal("busy at once")
	}
	<-running
	for c.post(func() {}) {
	}
	if err := room.Dial(id, "2"); !errors.Is(err, errBusy) {
		t.Errorf("a busy call: %v", err)
	}
	p.hangUp() // nobody asks twice to end a call
	close(ran)
}

// lines is a log, line by line; what nobody reads is dropped.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	select {
	case l <- string(p):
	default:
	}
	return len(p), nil
}
