package h323

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/signalling"
	"parley/h323/per"
	"parley/h323/q931"
)

// Who may connect for H.245: the peer and nobody else; behind a gatekeeper that
// does not say who that is, the first, and after it nobody else.
func TestAdmittance(t *testing.T) {
	peer, gatekeeper, stranger := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("192.0.2.3")
	for name, c := range map[string]struct {
		allowed admittance
		from    []netip.Addr
		want    []bool
	}{
		"direct":         {admittance{known: []netip.Addr{peer}}, []netip.Addr{stranger, peer, stranger, peer}, []bool{false, true, false, true}},
		"hidden":         {admittance{known: []netip.Addr{gatekeeper}, hidden: true}, []netip.Addr{peer, stranger, peer, gatekeeper}, []bool{true, false, true, true}},
		"the gatekeeper": {admittance{known: []netip.Addr{gatekeeper}, hidden: true}, []netip.Addr{gatekeeper, stranger, peer}, []bool{true, false, false}},
	} {
		for i, from := range c.from {
			if got := c.allowed.admits(from); got != c.want[i] {
				t.Errorf("%s: connection %d, from %v: %v", name, i, from, got)
			}
		}
	}
}

// plainCall is a call answered by e without tunnelling, and where its H.245 is
// waited for.
func plainCall(t testing.TB, m *memory) (*wire, netip.AddrPort) {
	t.Helper()
	w := byHand(t, m)
	w.send(setupMessage(1, func(_ *h225.SetupUUIE, u *h225.H323UUPDU) { u.H245Tunnelling = to(false) }))
	c := w.next(q931.Connect).Info.H323UUPDU.H323MessageBody.Connect
	if c.H245Address == nil {
		t.Fatal("no address for H.245")
	}
	at, ok := c.H245Address.AddrPort()
	if !ok {
		t.Fatalf("%+v", c.H245Address)
	}
	return w, at
}

// startH245 is a FACILITY that asks to connect to an address.
func startH245(at netip.AddrPort) *signalling.Message {
	address := h225.TransportAddressOf(at)
	return &signalling.Message{
		Message: &q931.Message{CallReference: 1, Type: q931.Facility},
		Info: &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{Facility: &h225.FacilityUUIE{
			ProtocolIdentifier: h225.Protocol, Reason: h225.FacilityReason{StartH245: &per.Null{}}, H245Address: &address,
		}}}},
	}
}

// A peer does not have us connect to what only this host or its link reaches,
// nor to nobody.
func TestControlAddressInside(t *testing.T) {
	for at, want := range map[string]int{
		"127.0.0.2:22": 0, "169.254.169.254:80": 0, "0.0.0.0:2000": 0, "224.0.1.41:2000": 0, "[fe80::1]:2000": 0,
		"198.51.100.1:2000": 1,
	} {
		in(t, func(t *testing.T) {
			m := newMemory()
			b := newParty(t, "called", v4)
			counted := &counting{memory: m}
			e := listening(t, m, b, Config{})
			e.network = counted
			w, _ := plainCall(t, m)
			w.send(startH245(netip.MustParseAddrPort(at)))
			synctest.Wait()
			if counted.n != want {
				t.Errorf("%s: %d connections", at, counted.n)
			}
			_ = w.conn.Close()
			_ = b.released()
			closed(t, e)
		})
	}
}

// knock connects for H.245, and goes away when something has come.
func knock(t testing.TB, m *memory, at netip.AddrPort) {
	t.Helper()
	conn, err := m.connect(context.Background(), v4, at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 4096)); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	synctest.Wait()
}

// An H.245 connection that breaks is awaited again, for so long and so often.
func TestControlLost(t *testing.T) {
	for name, c := range map[string]struct {
		times int
		cause q931.CauseValue
		after time.Duration
	}{
		"not made anew": {1, q931.RecoveryOnTimerExpiry, reconnectTimeout},
		"too often":     {maxReconnects + 1, q931.TemporaryFailure, 0},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				m := newMemory()
				b := newParty(t, "called", v4)
				e := listening(t, m, b, Config{})
				w, at := plainCall(t, m)
				for i := range c.times {
					if s := e.Stats(); s.Active != 1 {
						t.Fatalf("over after %d", i)
					}
					knock(t, m, at)
				}
				begin := time.Now()
				for msg := range w.got {
					if msg == nil || msg.Type != q931.ReleaseComplete {
						continue
					}
					if got, ok := msg.Cause(); ok {
						if got.Value != c.cause {
							t.Errorf("cause %v", got.Value)
						}
						break
					}
				}
				if d := time.Since(begin); d != c.after {
					t.Errorf("after %v", d)
				}
				_ = w.conn.Close()
				_ = b.released()
				closed(t, e)
			})
		})
	}
}

// Of two connections that both sides open at once the one stays that the side of
// the greater address has opened (H.323 clause 8.2.3).
func TestControlAtOnce(t *testing.T) {
	for port, oursStays := range map[uint16]bool{30000: true, 60000: false} {
		in(t, func(t *testing.T) {
			m := newMemory()
			b := newParty(t, "called", v4)
			e := listening(t, m, b, Config{})
			w, told := plainCall(t, m)
			here := netip.AddrPortFrom(v4, port)
			l, err := m.listen(context.Background(), here)
			if err != nil {
				t.Fatal(err)
			}
			w.send(startH245(here))
			synctest.Wait() // it connects, and we do
			theirs, err := m.connect(context.Background(), v4, told)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			ours, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			for name, c := range map[string]struct {
				conn  net.Conn
				stays bool
			}{"opened by the endpoint": {ours, oursStays}, "opened by its peer": {theirs, !oursStays}} {
				_, err := c.conn.Read(make([]byte, 4096))
				if (err == nil) != c.stays || err != nil && !errors.Is(err, io.EOF) {
					t.Errorf("port %d, %s: %v", port, name, err)
				}
			}
			_, _, _ = ours.Close(), theirs.Close(), l.Close()
			_ = w.conn.Close()
			_ = b.released()
			closed(t, e)
		})
	}
}

// In a call too a peer may say only so much that belongs to none.
func TestStraysInACall(t *testing.T) {
	in(t, func(t *testing.T) {
		m := newMemory()
		b := newParty(t, "called", v4)
		e := listening(t, m, b, Config{})
		w := byHand(t, m)
		w.send(setupMessage(1, nil))
		w.next(q931.Connect)
		for range maxStrays {
			_, _ = w.conn.Write([]byte{3, 0, 0, 7, 1, 2, 3})
		}
		synctest.Wait()
		if s := e.Stats(); s.Active != 1 {
			t.Errorf("%+v", s)
		}
		begin := time.Now()
		_, _ = w.conn.Write([]byte{3, 0, 0, 7, 1, 2, 3})
		w.ends()
		if d := time.Since(begin); d != 0 {
			t.Errorf("closed after %v", d)
		}
		_ = b.released()
		closed(t, e)
	})
}

// Aliases of a SETUP are looked at up to a number.
func TestAliasesBounded(t *testing.T) {
	many := make([]h225.AliasAddress, 1000)
	if n := len(aliasesOf(many, "")); n != maxAliases {
		t.Errorf("%d aliases", n)
	}
	if all := aliasesOf(many[:1], "4711"); len(all) != 2 || all[1].DialledDigits != "4711" {
		t.Errorf("%+v", all)
	}
	if all := aliasesOf([]h225.AliasAddress{{DialledDigits: "4711"}}, "4711"); len(all) != 1 {
		t.Errorf("%+v", all)
	}
}
