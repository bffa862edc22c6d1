package h323

import (
	"context"
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

// elsewhere is a FACILITY that forwards the call, with all that may ride on it.
func elsewhere(setup *signalling.Message, to, h245 netip.AddrPort) *signalling.Message {
	tunnel := true
	at, control := h225.TransportAddressOf(to), h225.TransportAddressOf(h245)
	return &signalling.Message{
		Message: &q931.Message{CallReference: setup.CallReference, FromDestination: true, Type: q931.Facility},
		Info: &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
			H245Tunnelling: &tunnel, H245Control: [][]byte{{1}}, H4501SupplementaryService: [][]byte{{1}},
			H323MessageBody: h225.MessageBody{Facility: &h225.FacilityUUIE{
				ProtocolIdentifier: h225.Protocol, Reason: h225.FacilityReason{CallForwarded: &per.Null{}},
				AlternativeAddress: &at, H245Address: &control, CallIdentifier: setup.Info.H323UUPDU.H323MessageBody.Setup.CallIdentifier,
			}},
		}},
	}
}

// accepting takes connections at an address of m by hand.
func accepting(t testing.TB, m *memory, at netip.AddrPort) (net.Listener, func() *wire) {
	t.Helper()
	l, err := m.listen(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	return l, func() *wire {
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return newWire(t, conn)
	}
}

// What rides on the message that forwards a call is of the connection that is
// left: it is not looked for on the new one.
func TestForwardedWithMore(t *testing.T) {
	in(t, func(t *testing.T) {
		m := newMemory()
		a := newParty(t, "caller", v4)
		e := inMemory(t, m, Config{})
		l, next := accepting(t, m, port1720)
		dial(t, e, Target{}, a)
		first := next()
		setup := first.next(q931.Setup)
		control, _ := accepting(t, m, netip.AddrPortFrom(v4, 2000))
		first.send(elsewhere(setup, port1720, netip.AddrPortFrom(v4, 2000)))
		until[Forwarded](a, nil)
		second := next()
		second.next(q931.Setup)
		first.next(q931.ReleaseComplete)
		_ = first.conn.Close()
		synctest.Wait()
		_ = second.conn.Close()
		_ = a.released()
		_, _ = l.Close(), control.Close()
		<-time.After(time.Minute)
		closed(t, e)
	})
}

// A peer does not forward a call to what only this host reaches.
func TestForwardedInside(t *testing.T) {
	outside := netip.MustParseAddr("192.0.2.7")
	for _, to := range []string{"127.0.0.1:22", "169.254.169.254:80", "0.0.0.0:1720", "224.0.1.41:1720"} {
		in(t, func(t *testing.T) {
			m := newMemory()
			a := newParty(t, "caller", v4)
			e := inMemory(t, m, Config{})
			at := netip.AddrPortFrom(outside, 1720)
			l, next := accepting(t, m, at)
			dial(t, e, Target{Address: at}, a)
			w := next()
			w.send(elsewhere(w.next(q931.Setup), netip.MustParseAddrPort(to), at))
			if r := a.released(); r.Cause != q931.NoRouteToDestination {
				t.Errorf("%s: %+v", to, r)
			}
			w.next(q931.ReleaseComplete)
			_, _ = w.conn.Close(), l.Close()
			<-time.After(time.Minute)
			closed(t, e)
		})
	}
}

// slowGatekeeper never answers.
type slowGatekeeper struct{ gatekeeper }

func (g *slowGatekeeper) Admit(ctx context.Context, _ Admission) (Admitted, error) {
	<-ctx.Done()
	return Admitted{}, ctx.Err()
}

// While the gatekeeper thinks a call over, its caller cannot fill our memory.
func TestImpatient(t *testing.T) {
	in(t, func(t *testing.T) {
		m := newMemory()
		e := listening(t, m, newParty(t, "called", v4), Config{
			Gatekeeper: &slowGatekeeper{}, Incoming: func(*Call) { t.Error("it rang") },
		})
		w := byHand(t, m)
		w.send(setupMessage(1, nil))
		w.next(q931.CallProceeding)
		for range maxWaiting + 1 {
			tunnel := true
			w.send(&signalling.Message{
				Message: &q931.Message{CallReference: 1, Type: q931.Facility},
				Info: &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
					H323MessageBody: h225.MessageBody{Empty: &per.Null{}}, H245Tunnelling: &tunnel, H245Control: [][]byte{{1}},
				}},
			})
		}
		if c, _ := w.next(q931.ReleaseComplete).Cause(); c.Value != q931.SwitchingCongestion {
			t.Errorf("%v", c.Value)
		}
		_ = w.conn.Close()
		synctest.Wait()
		closed(t, e)
	})
}

// A peer in a call that tells ever new addresses does not have us knock at all
// of them.
func TestManyControlAddresses(t *testing.T) {
	in(t, func(t *testing.T) {
		m := newMemory()
		b := newParty(t, "called", v4)
		counted := &counting{memory: m}
		e := listening(t, m, b, Config{})
		e.network = counted
		w := byHand(t, m)
		w.send(setupMessage(1, func(_ *h225.SetupUUIE, u *h225.H323UUPDU) { u.H245Tunnelling = to(false) }))
		w.next(q931.Connect)
		for i := range 40 {
			at := h225.TransportAddressOf(netip.AddrPortFrom(netip.MustParseAddr("198.51.100.1"), uint16(1000+i)))
			w.send(&signalling.Message{
				Message: &q931.Message{CallReference: 1, Type: q931.Facility},
				Info: &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{Facility: &h225.FacilityUUIE{
					ProtocolIdentifier: h225.Protocol, Reason: h225.FacilityReason{StartH245: &per.Null{}}, H245Address: &at,
				}}}},
			})
			synctest.Wait()
		}
		if counted.n == 0 || counted.n > maxControlDials {
			t.Errorf("%d connections", counted.n)
		}
		_ = w.conn.Close()
		_ = b.released()
		closed(t, e)
	})
}

// counting counts the connections that are made.
type counting struct {
	*memory
	n int
}

func (c *counting) connect(ctx context.Context, local netip.Addr, a netip.AddrPort) (net.Conn, error) {
	c.n++
	return c.memory.connect(ctx, local, a)
}
