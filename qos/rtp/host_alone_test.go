package rtp

import (
	"errors"
	"net/netip"
	"testing"

	"parley/codecs"
)

// A peer of which the host alone is known is learned by its first packet; another
// host's is not.
func TestLatchHostAlone(t *testing.T) {
	host := netip.AddrPortFrom(nat.Addr(), DiscardPort)
	for name, test := range map[string]struct {
		learn   bool
		packets []arrival
		current netip.AddrPort
	}{
		"the first packet":       {true, []arrival{{0, nat, 1, 1, true}, {1, nat, 1, 9, true}, {2, moved, 1, 10, false}}, nat},
		"a stranger":             {true, []arrival{{0, stranger, 1, 1, false}, {1, nat, 1, 1, true}, {2, stranger, 1, 2, false}}, nat},
		"not to be learned":      {false, []arrival{{0, nat, 1, 1, false}}, host},
		"too late":               {true, []arrival{{LearnWithin + 1, nat, 1, 1, false}}, host},
		"the stranger, by proof": {true, []arrival{{0, stranger, 1, 1, false}, {1, stranger, 1, 2, false}, {2, stranger, 1, 3, false}, {3, stranger, 1, 4, true}}, stranger},
	} {
		t.Run(name, func(t *testing.T) {
			l := latch{learn: test.learn}
			l.set(epoch, host)
			for i, a := range test.packets {
				if got := l.accept(epoch.Add(a.at), a.from, a.ssrc, a.seq); got != a.want {
					t.Fatalf("packet %d accepted: %v", i, got)
				}
			}
			if l.current != test.current {
				t.Errorf("sent to %v, want %v", l.current, test.current)
			}
		})
	}
}

// A keep-alive opens the way for a session that knew where from alone: what it
// sends arrives.
func TestKeepAliveOnLoopback(t *testing.T) {
	inside := listen(t, ListenConfig{Addr: loopback})
	outside := listen(t, ListenConfig{Addr: loopback})
	heard, heardOutside := newListener(), newListener()
	client := start(t, Config{Transport: inside, Receiver: heard, Learn: true,
		ClockRates: map[uint8]int{0: 8000}, Remote: outside.LocalRTP()})
	server := start(t, Config{Transport: outside, Receiver: heardOutside, Learn: true,
		ClockRates: map[uint8]int{0: 8000}, Remote: netip.AddrPortFrom(loopback, DiscardPort)})
	if err := server.Send(Header{}, []byte{1}); !errors.Is(err, ErrNoRemote) {
		t.Fatalf("sent before the peer was heard: %v", err)
	}
	packet := []byte{0x80, 0xff, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4}
	if err := client.KeepAlive(outside.LocalRTP(), packet); err != nil {
		t.Fatal(err)
	}
	if err := client.Send(Header{}, []byte{1}); err != nil {
		t.Fatal(err)
	}
	await(t, heardOutside.packets)
	if st := server.Stats(); st.UnknownPayload != 1 || st.Foreign != 0 {
		t.Errorf("the keep-alive did not count: %+v", st)
	}
	if err := server.Send(Header{}, []byte{1}); err != nil {
		t.Fatal(err)
	}
	if p := await(t, heard.packets); len(p.Payload) != 1 {
		t.Errorf("%+v", p)
	}
	if err := client.KeepAlive(netip.MustParseAddrPort("0.0.0.0:9"), packet); !errors.Is(err, ErrNoRemote) {
		t.Errorf("to nowhere: %v", err)
	}
	if err := client.KeepAlive(outside.LocalRTP(), make([]byte, codecs.MaxPacket+1)); !errors.Is(err, ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
}
