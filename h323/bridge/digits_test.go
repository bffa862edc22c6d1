package bridge

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/telephoneevent"
	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/media"
	"parley/h323/ras"
)

// listener is a phone with ears.
type listener struct {
	*phone
	socket *net.UDPConn
}

func (l *listener) Local(*h323.Call, *media.Channel) (media.Addresses, error) {
	at := l.socket.LocalAddr().(*net.UDPAddr).AddrPort()
	return media.Addresses{RTP: at, RTCP: netip.AddrPortFrom(at.Addr(), at.Port()+1)}, nil
}

// A terminal that takes digits within the sound only gets them there, though its
// capabilities come after the channel (fast connect).
func TestDigitsWithinSound(t *testing.T) {
	here := newSite(t, Config{}, conference.Settings{ID: "a"})
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	ann := &listener{&phone{t: t, events: make(chan h323.Event, 256)}, socket}
	pcmu, _ := media.NewCapability(codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 0)
	pcmu.Frames = 20
	takes := &media.Set{Capabilities: []media.Capability{pcmu}, TelephoneEvent: true, TelephoneEventPayloadType: 110}
	e, err := h323.New(h323.Config{
		Name: "ann", Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}, Receive: takes, Send: takes,
		Incoming: func(*h323.Call) { t.Error("ann is called") },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := e.Dial(t.Context(), h323.Target{Address: here.Addresses()[0], Aliases: []h225.AliasAddress{ras.AliasOf("a")}}, ann)
	if err != nil {
		t.Fatal(err)
	}
	r := await(t, here.room("a"), "ann", seated(1, "ann"))
	var there *call
	here.mu.Lock()
	for there = range here.calls {
	}
	here.mu.Unlock()
	for known := false; !known; {
		answer := make(chan bool)
		there.post(func() { answer <- there.remote != nil })
		known = <-answer
	}
	if err := here.room("a").Dial(r.Members[0].ID, "12#"); err != nil {
		t.Fatal(err)
	}
	if err := socket.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var keys telephoneevent.Receiver
	var got []byte
	for b := make([]byte, 1500); len(got) < 3; {
		n, err := socket.Read(b)
		if err != nil {
			t.Fatalf("%v after %q", err, got)
		}
		if n != 16 || b[1]&0x7f != 110 {
			continue
		}
		key, ok, err := keys.Receive(&codecs.Packet{
			SequenceNumber: binary.BigEndian.Uint16(b[2:]), Timestamp: binary.BigEndian.Uint32(b[4:]), Payload: b[12:n],
		})
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			got = append(got, key)
		}
	}
	if string(got) != "12#" {
		t.Errorf("ann heard %q", got)
	}
	c.Release(nil)
	hears[h323.Released](ann.phone)
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// Digits from here come to a terminal by H.245, and work the lobby of another
// bridge.
func TestDigitsOutward(t *testing.T) {
	here := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, annAt := newPhone(t, "ann")
	ann.call(annAt, here, "a", nil)
	r := await(t, here.room("a"), "ann", seated(1, "ann"))
	if err := here.room("a").Dial(r.Members[0].ID, "12#"); err != nil {
		t.Fatal(err)
	}
	var got string
	for len(got) < 3 {
		got += hears[h323.UserInput](ann).Text
	}
	if got != "12#" {
		t.Errorf("ann was sent %q", got)
	}
	if err := here.room("a").Dial("nobody", "1"); err == nil {
		t.Error("digits to nobody")
	}

	there := newSite(t, Config{}, conference.Settings{ID: "locked", PIN: "1234"})
	id, err := here.Dial(t.Context(), there.url("locked"), "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := here.room("a").Dial(id, "1234#"); err != nil {
		t.Fatal(err)
	}
	await(t, there.room("locked"), "who gave the PIN", func(r *conference.Roster) bool { return len(r.Members) == 1 })
}
