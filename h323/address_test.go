package h323

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"

	"parley/h323/h225"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

// untunnelled asks for H.245 on a connection of its own.
func untunnelled(_ *h225.SetupUUIE, u *h225.H323UUPDU) { u.H245Tunnelling = to(false) }

// connectFrom calls from a host, and returns what the called one tells of H.245.
func connectFrom(t *testing.T, m *memory, host netip.Addr) (*wire, *signalling.Message) {
	t.Helper()
	conn, err := m.connect(context.Background(), host, port1720)
	if err != nil {
		t.Fatal(err)
	}
	w := newWire(t, conn)
	w.send(setupMessage(1, untunnelled))
	return w, w.next(q931.Connect)
}

// Behind an address translation a peer outside is told the address that leads
// in, and one inside the one that it reaches.
func TestExternalAddress(t *testing.T) {
	external := netip.MustParseAddr("203.0.113.7")
	for host, want := range map[string]netip.Addr{"198.51.100.5": external, "10.1.2.3": v4, "127.0.0.1": v4, "2001:db8::5": v4} {
		t.Run(host, func(t *testing.T) {
			in(t, func(t *testing.T) {
				m := newMemory()
				e := listening(t, m, newParty(t, "called", v4), Config{External: external})
				w, connect := connectFrom(t, m, netip.MustParseAddr(host))
				at, ok := connect.Info.H323UUPDU.H323MessageBody.Connect.H245Address.AddrPort()
				if !ok || at.Addr() != want {
					t.Errorf("H.245 at %v, want %v", at, want)
				}
				_ = w.conn.Close()
				closed(t, e)
			})
		})
	}
}

// Ports for H.245 are of the range alone, and free again with the call.
func TestControlPorts(t *testing.T) {
	in(t, func(t *testing.T) {
		m := newMemory()
		e := listening(t, m, newParty(t, "called", v4), Config{H245Ports: PortRange{5000, 5001}})
		var up []*wire
		for i := range uint16(2) {
			w, connect := connectFrom(t, m, v4)
			if at, ok := connect.Info.H323UUPDU.H323MessageBody.Connect.H245Address.AddrPort(); !ok || at.Port() != 5000+i {
				t.Errorf("call %d: H.245 at %v", i, at)
			}
			up = append(up, w)
		}
		w, connect := connectFrom(t, m, v4)
		if told := connect.Info.H323UUPDU.H323MessageBody.Connect.H245Address; told != nil {
			t.Errorf("without a port: %+v", told)
		}
		_ = w.conn.Close()
		_ = up[0].conn.Close()
		w.ends()
		up[0].ends()
		synctest.Wait()
		w, connect = connectFrom(t, m, v4)
		if at, ok := connect.Info.H323UUPDU.H323MessageBody.Connect.H245Address.AddrPort(); !ok || at.Port() != 5000 {
			t.Errorf("after a call: H.245 at %v", at)
		}
		_ = w.conn.Close()
		_ = up[1].conn.Close()
		closed(t, e)
	})
}
