package leg

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"parley/codecs"
	"parley/qos/rtp"
)

// heard is an rtp.Receiver that tells of packets.
type heard struct {
	nobody
	packets chan struct{}
}

func (h heard) ReceiveRTP(*rtp.Source, *codecs.Packet) { h.packets <- struct{}{} }

// What comes while signalling aims a leg elsewhere is of where it sent before, and
// does not answer for the other.
func TestAimedWhilePacketsCome(t *testing.T) {
	here, there := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.9")
	came := heard{packets: make(chan struct{}, 64)}
	l := New(came, new(Totals), slog.New(slog.DiscardHandler))
	l.patient = true
	peer, remote, remoteRTCP := link(t, l)
	terms := Terms{
		Active: true, Remote: remote, RemoteRTCP: remoteRTCP, CNAME: "a", Trust: &Trust{Host: here},
		Receive: []codecs.Mapping{mapping(0, "PCMU", 8000)},
	}
	if err := l.Apply(terms); err != nil {
		t.Fatal(err)
	}
	s, err := rtp.NewSession(rtp.Config{
		Transport: peer, Remote: l.transport.LocalRTP(), Receiver: nobody{}, ClockRates: map[uint8]int{0: 8000},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background(), "") })
	terms.Remote = netip.AddrPortFrom(there, 9000)
	a := l.aimAt(&terms, false) // and the session is not told yet
	for i := range uint16(4) {
		if err := s.Send(rtp.Header{SequenceNumber: i}, []byte{1}); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-came.packets:
	case <-time.After(time.Minute):
		t.Fatal("nothing comes")
	}
	if l.mayPass() || l.aim.Load() == nil {
		t.Error("another host gets pictures for what came before")
	}
	l.aimed(a)
	if l.mayPass() {
		t.Error("another host gets pictures at once")
	}
}

// RTCP goes to the host that media goes to.
func TestReportsFollowMedia(t *testing.T) {
	here, there := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.9")
	for _, tt := range []struct{ rtcp, want netip.AddrPort }{
		{netip.AddrPortFrom(here, 9007), netip.AddrPortFrom(here, 9007)},
		{netip.AddrPortFrom(there, 9007), netip.AddrPort{}},
		{netip.AddrPort{}, netip.AddrPort{}},
	} {
		terms := Terms{Remote: netip.AddrPortFrom(here, 9000), RemoteRTCP: tt.rtcp}
		terms.gather()
		if terms.RemoteRTCP != tt.want {
			t.Errorf("%v: to %v", tt.rtcp, terms.RemoteRTCP)
		}
	}
	terms := Terms{RemoteRTCP: netip.AddrPortFrom(there, 9007)}
	if terms.gather(); !terms.RemoteRTCP.IsValid() {
		t.Error("RTCP alone goes nowhere")
	}
}

// Ports are opened beside what applies others (run with -race).
func TestOpenBesideApply(t *testing.T) {
	l, host := newLeg(t), netip.MustParseAddr("127.0.0.1")
	m, err := rtp.ListenMultiplex(rtp.MultiplexConfig{Addr: host})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	shared := New(nobody{}, new(Totals), slog.New(slog.DiscardHandler))
	if _, _, _, is, err := shared.OpenShared(m, 0); err != nil || !is {
		t.Fatal(is, err)
	}
	t.Cleanup(func() { shared.Close(context.Background()) })
	for _, l := range []*Leg{l, shared} {
		var both sync.WaitGroup
		both.Go(func() {
			if _, _, err := l.Open(host, rtp.PortRange{}, 0); err != nil {
				t.Error(err)
			}
		})
		both.Go(func() {
			if err := l.Apply(Terms{Active: true, CNAME: "x"}); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		if l.Session() == nil {
			t.Error("no session")
		}
	}
}
