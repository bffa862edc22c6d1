package accept

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"testing"
	"testing/synctest"
)

// script is a listener of which a test has written down what is accepted.
type script struct {
	net.Listener
	events []any // error, or the address of who comes
}

func (s *script) Close() error { return nil }
func (s *script) Accept() (net.Conn, error) {
	if len(s.events) == 0 {
		return nil, net.ErrClosed
	}
	next := s.events[0]
	s.events = s.events[1:]
	if err, ok := next.(error); ok {
		return nil, err
	}
	return &from{addr: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(next.(string)))}, nil
}

type from struct {
	net.Conn
	addr   net.Addr
	closed bool
}

func (f *from) RemoteAddr() net.Addr { return f.addr }
func (f *from) Close() error         { f.closed = true; return nil }

func TestAcceptOutlastsErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := Within(&script{events: []any{os.ErrDeadlineExceeded, io.ErrUnexpectedEOF, "192.0.2.1:1"}}, Limits{Total: 8, PerSource: 8})
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
		if len(l.slots) != 0 || len(l.bySource) != 0 {
			t.Errorf("%d places and %d sources are taken", len(l.slots), len(l.bySource))
		}
	})
}

func TestPerSource(t *testing.T) {
	l := Within(&script{events: []any{"192.0.2.1:1", "192.0.2.1:2", "192.0.2.1:3", "[2001:db8::1]:1"}}, Limits{Total: 8, PerSource: 2})
	var got []string
	for range 3 {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c.RemoteAddr().String())
	}
	if got[1] != "192.0.2.1:2" || got[2] != "[2001:db8::1]:1" {
		t.Errorf("accepted %v", got)
	}
}

// Who waits for a place gets one when another has left, and the end when the
// listener is closed.
func TestTotal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := Within(&script{events: []any{"192.0.2.1:1", "192.0.2.2:1"}}, Limits{Total: 1, PerSource: 8})
		first, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		accepted := make(chan error)
		accept := func() {
			_, err := l.Accept()
			accepted <- err
		}
		go accept()
		synctest.Wait()
		select {
		case err := <-accepted:
			t.Fatalf("a second is in: %v", err)
		default:
		}
		_ = first.Close()
		_ = first.Close() // counts once
		if err := <-accepted; err != nil {
			t.Error(err)
		}
		go accept()
		synctest.Wait()
		_ = l.Close()
		if err := <-accepted; !errors.Is(err, net.ErrClosed) {
			t.Errorf("after close: %v", err)
		}
	})
}

func TestSource(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1",
		"2001:db8::1:2:3:4": "2001:db8::", "fe80::1%eth0": "fe80::",
	} {
		if got := Source(netip.MustParseAddr(in)).String(); got != want {
			t.Errorf("%s counts to %s, want %s", in, got, want)
		}
	}
}

// Strangers that are too many displace each other: those of the source with most,
// and who came first; who is known stays, and gives its place back but once.
func TestStrangers(t *testing.T) {
	l := Within(&script{events: []any{
		"192.0.2.1:1", "192.0.2.1:2", "192.0.2.1:3", "192.0.2.2:1", "192.0.2.3:1", "192.0.2.4:1", "192.0.2.5:1",
	}}, Limits{Total: 8, PerSource: 8, Strangers: 3})
	accepted := func() *conn {
		t.Helper()
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return c.(*conn)
	}
	closed := func(c *conn) bool { return c.Conn.(*from).closed }
	first, second, third := accepted(), accepted(), accepted()
	Known(first)
	fourth := accepted() // two of the first source, and this
	if closed(first) || closed(second) || closed(third) {
		t.Fatal("three strangers are too many")
	}
	fifth := accepted()
	if !closed(second) || closed(first) || closed(third) || closed(fourth) {
		t.Error("the one that came first of the source with most is not displaced")
	}
	sixth := accepted() // one of each source
	if !closed(third) || closed(fourth) || closed(fifth) {
		t.Error("the one that came first is not displaced")
	}
	Known(fourth)
	Known(fourth)
	seventh := accepted()
	if closed(fourth) || closed(fifth) {
		t.Error("who is known still counts as a stranger")
	}
	Known(&from{})
	for _, c := range []*conn{first, second, third, fourth, fifth, sixth, seventh} {
		_ = c.Close()
	}
	if len(l.slots) != 0 || len(l.bySource) != 0 || l.strangers.n != 0 || len(l.strangers.bySource) != 0 {
		t.Errorf("%d places, %d sources and %d strangers are left", len(l.slots), len(l.bySource), l.strangers.n)
	}
}
