package h323

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/internal/capture"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

func listening(t testing.TB, m *memory, p *party, cfg Config) *Endpoint {
	t.Helper()
	cfg.Listen = []netip.AddrPort{port1720}
	if cfg.Incoming == nil {
		cfg.Incoming = func(c *Call) {
			c.SetOwner(p)
			c.Alert()
			c.Answer()
		}
	}
	return inMemory(t, m, cfg)
}

// Who says nothing, too little, or the same keep-alive for ever, is gone after
// 8 s.
func TestFirstMessage(t *testing.T) {
	for name, say := range map[string]func(*wire){
		"nothing":     func(*wire) {},
		"a beginning": func(w *wire) { _, _ = w.conn.Write([]byte{3, 0, 1}) },
		"keep-alives": func(w *wire) {
			go func() {
				for {
					if _, err := w.conn.Write([]byte{3, 0, 0, 4}); err != nil {
						return
					}
					<-time.After(time.Second)
				}
			}()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				e := listening(t, m, newParty(t, "called", v4), Config{})
				begin := time.Now()
				w := byHand(t, m)
				say(w)
				w.ends()
				if d := time.Since(begin); d != firstMessage {
					t.Errorf("closed after %v", d)
				}
				closed(t, e)
				<-time.After(2 * time.Second) // the keep-alives end
			})
		})
	}
}

// What is no message closes the connection of a stranger at once.
func TestNoMessage(t *testing.T) {
	for name, octets := range map[string][]byte{
		"HTTP":           []byte("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"),
		"no Q.931":       {3, 0, 0, 7, 1, 2, 3},
		"SETUP alone":    {3, 0, 0, 9, 8, 2, 0, 1, 5},
		"unknown call":   {3, 0, 0, 9, 8, 2, 0, 1, 0x7b},
		"TPKT of length": {3, 0, 0, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				e := listening(t, m, newParty(t, "called", v4), Config{})
				begin := time.Now()
				w := byHand(t, m)
				_, _ = w.conn.Write(octets)
				w.ends()
				if d := time.Since(begin); d > time.Second {
					t.Errorf("closed after %v", d)
				}
				closed(t, e)
			})
		})
	}
}

func TestAdmit(t *testing.T) {
	elsewhere := []h225.AliasAddress{{H323ID: "elsewhere"}}
	for name, test := range map[string]struct {
		err   error
		cause q931.CauseValue
		want  []q931.MessageType
	}{
		"refusal": {&Refusal{Cause: q931.UnallocatedNumber}, q931.UnallocatedNumber, []q931.MessageType{q931.ReleaseComplete}},
		"error":   {errors.New("no"), q931.CallRejected, []q931.MessageType{q931.ReleaseComplete}},
		"elsewhere": {
			&Refusal{Cause: q931.NormalClearing, Alternative: elsewhere}, q931.NormalClearing,
			[]q931.MessageType{q931.Facility, q931.ReleaseComplete},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				e := listening(t, m, newParty(t, "called", v4), Config{
					Admit: func(v *Invitation) error {
						if v.Called[0].DialledDigits != "42" || v.Calling[0].H323ID != "hand" || v.Goal != GoalCreate {
							t.Errorf("%+v", v)
						}
						return test.err
					},
					Incoming: func(*Call) { t.Error("a refused call came in") },
				})
				w := byHand(t, m)
				w.send(setupMessage(3, nil))
				var got []q931.MessageType
				for msg := range w.got {
					got = append(got, msg.Type)
					if !msg.FromDestination || msg.CallReference != 3 {
						t.Errorf("%+v", msg.Message)
					}
					if c, ok := msg.Cause(); ok && c.Value != test.cause {
						t.Errorf("cause %v", c.Value)
					}
				}
				if d := cmp.Diff(test.want, got); d != "" {
					t.Error(d)
				}
				if s := e.Stats(); s.Refused != 1 || s.Active != 0 || s.Incoming != 1 {
					t.Errorf("%+v", s)
				}
				closed(t, e)
			})
		})
	}
}

// The call that scanners make to every public port is refused by policy, and
// leaves nothing.
func TestScanner(t *testing.T) {
	data := capture.File(t, "ghost-call-setup.bin")
	if data == nil {
		t.Skip("no corpora")
	}
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		asked := 0
		e := listening(t, m, newParty(t, "called", v4), Config{
			Admit: func(v *Invitation) error {
				asked++
				for _, a := range v.Called {
					if a.DialledDigits == "42" {
						return nil
					}
				}
				return &Refusal{Cause: q931.UnallocatedNumber, Text: "no such number"}
			},
			Incoming: func(*Call) { t.Error("it rang") },
		})
		w := byHand(t, m)
		if _, err := w.conn.Write(data); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]q931.MessageType{q931.ReleaseComplete}, w.ends()); d != "" {
			t.Error(d)
		}
		if s := e.Stats(); asked != 1 || s.Active != 0 || s.Refused != 1 {
			t.Errorf("asked %d times: %+v", asked, s)
		}
		closed(t, e)
	})
}

// A source that sends SETUPs faster than allowed is refused before they are
// read; others are not.
func TestSetupRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		admitted := 0
		e := listening(t, m, newParty(t, "called", v4), Config{
			SetupRate: 2,
			Admit: func(*Invitation) error {
				admitted++
				return &Refusal{Cause: q931.UnallocatedNumber}
			},
		})
		var last q931.CauseValue
		call := func() {
			w := byHand(t, m)
			w.send(setupMessage(1, nil))
			c, _ := w.next(q931.ReleaseComplete).Cause()
			last = c.Value
			w.ends()
		}
		for range setupBurst + 5 {
			call()
		}
		if admitted != setupBurst || last != q931.SwitchingCongestion {
			t.Errorf("%d were admitted, the last got %v", admitted, last)
		}
		<-time.After(time.Second)
		call()
		if admitted != setupBurst+1 || last != q931.UnallocatedNumber {
			t.Errorf("%d were admitted, the last got %v", admitted, last)
		}
		closed(t, e)
	})
}

func TestRatesAreBounded(t *testing.T) {
	r := newRates(1, 1)
	now := time.Unix(0, 0)
	for i := range 3 * maxSources {
		r.allow(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
		if len(r.buckets) > maxSources {
			t.Fatalf("%d sources", len(r.buckets))
		}
	}
}

func TestMaxCalls(t *testing.T) {
	for name, cfg := range map[string]Config{"in all": {MaxCalls: 2}, "of a source": {MaxCallsPerSource: 2}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				e := listening(t, m, newParty(t, "called", v4), cfg)
				var up []*wire
				for range 2 {
					w := byHand(t, m)
					w.send(setupMessage(1, nil))
					w.next(q931.Connect)
					up = append(up, w)
				}
				w := byHand(t, m)
				w.send(setupMessage(1, nil))
				if c, _ := w.next(q931.ReleaseComplete).Cause(); c.Value != q931.SwitchingCongestion {
					t.Errorf("cause %v", c.Value)
				}
				w.ends()
				if s := e.Stats(); s.Active != 2 || s.OverLimit != 1 {
					t.Errorf("%+v", s)
				}
				for _, w := range up {
					_ = w.conn.Close()
				}
				synctest.Wait()
				if s := e.Stats(); s.Active != 0 {
					t.Errorf("%+v", s)
				}
				closed(t, e)
			})
		})
	}
}

// A gatekeeper that routes leads several calls through one connection, and keeps
// it for more.
func TestMultipleCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		e := listening(t, m, newParty(t, "called", v4), Config{})
		w := byHand(t, m)
		multiple := func(s *h225.SetupUUIE, _ *h225.H323UUPDU) {
			s.MultipleCalls, s.MaintainConnection = to(true), to(true)
		}
		for reference := range uint16(3) {
			w.send(setupMessage(reference+1, multiple))
			c := w.next(q931.Connect)
			if b := c.Info.H323UUPDU.H323MessageBody.Connect; c.CallReference != reference+1 || !*b.MultipleCalls || !*b.MaintainConnection {
				t.Errorf("%d: %+v", c.CallReference, b)
			}
		}
		if s := e.Stats(); s.Active != 3 || s.Connections != 1 {
			t.Errorf("%+v", s)
		}
		for reference := range uint16(3) {
			m := setupMessage(reference+1, nil)
			m.Type = q931.ReleaseComplete
			m.Info = nil
			w.send(m)
		}
		synctest.Wait()
		if s := e.Stats(); s.Active != 0 || s.Connections != 1 {
			t.Errorf("%+v", s)
		}
		begin := time.Now()
		w.ends()
		if d := time.Since(begin); d != idleConnection {
			t.Errorf("kept for %v", d)
		}
		closed(t, e)
	})
}

// Half-open connections, however many, leave a call that is up alone, and take
// their own source's places only.
func TestHalfOpen(t *testing.T) {
	p := newParty(t, "called", v4)
	e := answering(t, p, Config{MaxCallsPerSource: 2})
	a := newParty(t, "caller", v4)
	from := started(t, Config{})
	call := dial(t, from, Target{Address: e.Addresses()[0]}, a)
	a.channels()
	var strangers []net.Conn
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	for range 200 {
		c, err := d.DialContext(t.Context(), "tcp", e.Addresses()[0].String())
		if err != nil {
			t.Fatal(err)
		}
		strangers = append(strangers, c)
	}
	call.SendUserInput("7", 0)
	if u := until[UserInput](p, nil); u.Text != "7" {
		t.Errorf("digits %q", u.Text)
	}
	b := newParty(t, "another caller", v4)
	dial(t, from, Target{Address: e.Addresses()[0]}, b)
	b.channels()
	if s := e.Stats(); s.Active != 2 || s.Connections > 2+2+spareConnectionsPerSource {
		t.Errorf("%+v", s)
	}
	for _, c := range strangers {
		_ = c.Close()
	}
}

// The port for H.245 is the call's peer's alone; others are turned away and logged
// once in a while.
func TestControlPortIsThePeers(t *testing.T) {
	in(t, func(t *testing.T) {
		var text bytes.Buffer
		m := newMemory()
		b := newParty(t, "called", v4)
		e := listening(t, m, b, Config{Log: slog.New(slog.NewTextHandler(&text, nil))})
		w := byHand(t, m)
		w.send(setupMessage(1, func(_ *h225.SetupUUIE, u *h225.H323UUPDU) { u.H245Tunnelling = to(false) }))
		at, ok := w.next(q931.Connect).Info.H323UUPDU.H323MessageBody.Connect.H245Address.AddrPort()
		if !ok {
			t.Fatal("no address for H.245")
		}
		knock := func(from netip.Addr) (answered bool) {
			t.Helper()
			c, err := m.connect(t.Context(), from, at)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_ = c.SetReadDeadline(time.Now().Add(time.Second))
			n, _ := c.Read(make([]byte, 1))
			return n > 0
		}
		stranger := netip.MustParseAddr("198.51.100.66")
		for range 300 {
			if knock(stranger) {
				t.Fatal("a stranger is answered")
			}
		}
		synctest.Wait()
		if n := strings.Count(text.String(), "stranger\""); n != 1 {
			t.Errorf("%d lines for 300 strangers", n)
		}
		if s := e.Stats(); s.Strangers != 300 {
			t.Errorf("counted %d", s.Strangers)
		}
		if !knock(v4) {
			t.Error("the peer is not answered")
		}
		_ = w.conn.Close()
		_ = b.released()
		closed(t, e)
	})
}

// RAS within call signalling has the call reference 0 too, and is not the call's.
func TestCallReferenceZeroOfRAS(t *testing.T) {
	in(t, func(t *testing.T) {
		m, d := newMemory(), new(desk)
		b := newParty(t, "called", v4)
		d.server = listening(t, m, b, Config{Tunnel: d})
		w := byHand(t, m)
		w.send(setupMessage(0, nil))
		w.next(q931.Connect)
		w.send(ras17())
		var got [][]byte
		for len(got) == 0 { // H.245 comes in such messages as well
			got = h460.TunnelledRAS(w.next(q931.Facility).Info)
		}
		if string(got[0]) != "you said hello" {
			t.Errorf("%q", got)
		}
		w.send(&signalling.Message{Message: &q931.Message{Type: q931.ReleaseComplete}})
		_ = b.released()
		_ = w.conn.Close()
		w.ends()
		synctest.Wait()
		closed(t, d.server)
	})
}

// A call may have the call reference 0, as the first one of Asterisk's
// chan_ooh323; a message of no call's does not begin one.
func TestCallReferenceZero(t *testing.T) {
	in(t, func(t *testing.T) {
		m := newMemory()
		b := newParty(t, "called", v4)
		e := listening(t, m, b, Config{})
		w := byHand(t, m)
		w.send(setupMessage(0, nil))
		if c := w.next(q931.Connect); c.CallReference != 0 || !c.FromDestination {
			t.Errorf("answered as %d, %v", c.CallReference, c.FromDestination)
		}
		until[Connected](b, nil)
		w.send(&signalling.Message{Message: &q931.Message{Type: q931.Information, Elements: []q931.Element{
			{ID: q931.KeypadFacilityID, Data: []byte("7")},
		}}})
		until(b, func(u UserInput) bool { return u.Text == "7" })
		other := byHand(t, m)
		stray := setupMessage(0, nil)
		stray.FromDestination = true
		other.send(stray)
		w.send(&signalling.Message{Message: &q931.Message{Type: q931.ReleaseComplete}})
		_ = b.released()
		_, _ = w.conn.Close(), other.conn.Close()
		if came := other.ends(); len(came) != 0 {
			t.Errorf("a SETUP by who is called: %v", came)
		}
		synctest.Wait()
		if s := e.Stats(); s.Active != 0 {
			t.Errorf("%+v", s)
		}
		closed(t, e)
	})
}
