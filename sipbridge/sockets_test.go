package sipbridge

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Addresses that anybody can make up are not remembered without bound, and a
// call goes on over the change of readers.
func TestPeersAreForgotten(t *testing.T) {
	const peers = 4
	s := newTestServer(t, nil)
	s.peers = peerBounds{max: peers, linger: 20 * time.Millisecond}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := newPhone(t, s)
	if res := p.invite(roomURI, p.offer()); res.StatusCode != 200 {
		t.Fatal(res)
	}
	ask := func(p *phone) {
		p.raw(p.request("OPTIONS", roomURI, ""))
		if res := p.response("OPTIONS"); res.StatusCode != 200 {
			t.Fatal(res)
		}
	}
	for range 20 * peers {
		ask(newPhone(t, s))
	}
	pool, until := s.ua.TransportLayer().Pool("udp"), time.Now().Add(patience)
	for pool.Size() > peers+1 { // and the socket's own
		if ask(p); time.Now().After(until) {
			t.Fatalf("%d addresses are remembered", pool.Size())
		}
	}
}

// script is a socket of which a test has written down what is read.
type script struct {
	net.PacketConn
	mu    sync.Mutex
	lines []line
}

type line struct {
	from string
	err  error
}

func (s *script) ReadFrom(b []byte) (int, net.Addr, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.lines) == 0 {
		return 0, nil, net.ErrClosed
	}
	next := s.lines[0]
	s.lines = s.lines[1:]
	if next.err != nil {
		return 0, nil, next.err
	}
	return copy(b, next.from), net.UDPAddrFromAddrPort(netip.MustParseAddrPort(next.from)), nil
}

// Each reader gets the datagrams of so many addresses; none is lost between
// two, none that fails ends the socket, and none of who sends too many passes.
func TestReadersFollowEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flood := netip.MustParseAddr("192.0.2.9")
		s := &script{lines: []line{
			{from: "192.0.2.1:1"}, {from: "192.0.2.9:1"}, {from: "192.0.2.1:1"}, {from: "192.0.2.2:1"},
			{err: io.ErrShortBuffer}, {from: "192.0.2.3:1"}, {from: "192.0.2.2:1"},
			{from: "192.0.2.4:1"},
		}}
		d := newDatagrams(s, peerBounds{max: 2, linger: time.Second}, func(a netip.Addr) bool { return a != flood })
		var mu sync.Mutex
		var got [][]string
		err := d.serve(func(c net.PacketConn) error {
			mu.Lock()
			at := len(got)
			got = append(got, nil)
			mu.Unlock()
			b := make([]byte, 64)
			for {
				n, _, err := c.ReadFrom(b)
				if err != nil {
					return err
				}
				mu.Lock()
				got[at] = append(got[at], string(b[:n]))
				mu.Unlock()
			}
		})
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("serve: %v", err)
		}
		want := [][]string{
			{"192.0.2.1:1", "192.0.2.1:1", "192.0.2.2:1"},
			{"192.0.2.3:1", "192.0.2.2:1"},
			{"192.0.2.4:1"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// from is a connection that says nothing in time, twice, and then hello.
type from struct {
	net.Conn
	reads int
}

func (f *from) RemoteAddr() net.Addr            { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1} }
func (f *from) SetReadDeadline(time.Time) error { return nil }
func (f *from) Read(b []byte) (int, error) {
	if f.reads++; f.reads < 3 {
		return 0, os.ErrDeadlineExceeded
	}
	return copy(b, "hello"), nil
}

// A connection is kept for as long as its source has a call.
func TestConnectionOfCallIsKept(t *testing.T) {
	for _, inCall := range []bool{false, true} {
		c := &connection{Conn: &from{}, inCall: func(netip.Addr) bool { return inCall }}
		b := make([]byte, 8)
		n, err := c.Read(b)
		if got := string(b[:n]) == "hello" && err == nil; got != inCall {
			t.Errorf("in a call %v: %q, %v", inCall, b[:n], err)
		}
	}
}

// A source's datagrams are bounded, those of a whole /64 together.
func TestDatagramsPerSource(t *testing.T) {
	s := newTestServer(t, func(c *Config) { c.InviteRate = 1 })
	passed := 0
	const sent = 1000
	for i := range sent {
		if s.admitDatagram(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(i)})) {
			passed++
		}
	}
	if passed == 0 || passed == sent || s.Stats().Dropped != uint64(sent-passed) {
		t.Errorf("%d of %d passed, %d dropped", passed, sent, s.Stats().Dropped)
	}
	if !s.admitDatagram(netip.MustParseAddr("2001:db8:0:1::1")) {
		t.Error("another source was not let in")
	}
}
