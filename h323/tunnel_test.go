package h323

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

// desk is a gatekeeper for RAS within call signalling, which it repeats.
type desk struct {
	server   *Endpoint
	registry bool // registers who sends anything

	mu    sync.Mutex
	came  []netip.AddrPort
	gone  []netip.AddrPort
	asked []h225.GloballyUniqueID
}

func (d *desk) Tunnelled(from, local netip.AddrPort, message []byte) bool {
	d.mu.Lock()
	d.came = append(d.came, from)
	d.mu.Unlock()
	return d.server.SendRAS(from, append([]byte("you said "), message...)) && local == port1720 && d.registry
}

func (d *desk) TunnelLost(from netip.AddrPort) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gone = append(d.gone, from)
}

func (d *desk) Behind(to netip.AddrPort) (netip.Addr, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return to.Addr(), slices.Contains(d.came, to)
}

func (d *desk) Indicate(_ netip.AddrPort, call h225.CallIdentifier) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, call.GUID)
	return true
}

// last is where the endpoint that sent last is known.
func (d *desk) last() netip.AddrPort {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.came[len(d.came)-1]
}

// tunnelling is a server with a desk, and a client with a tunnel to it, whose calls
// go to answer.
func tunnelling(t *testing.T, called, answer *party) (d *desk, client *Endpoint, tunnel *Tunnel, lost chan struct{}) {
	t.Helper()
	m := newMemory()
	d, lost = &desk{registry: true}, make(chan struct{}, 8)
	d.server = listening(t, m, called, Config{Name: "server", Tunnel: d, Traversal: d})
	g := new(gatekeeper)
	client = inMemory(t, m, Config{Name: "client", Firewalled: true, Gatekeeper: g, Incoming: func(c *Call) {
		c.SetOwner(answer)
		c.Answer()
	}})
	tunnel = client.OpenTunnel(port1720, func() { lost <- struct{}{} })
	g.admitted = Admitted{Signal: port1720, Tunnel: tunnel}
	return d, client, tunnel, lost
}

func exchange17(t *testing.T, tunnel *Tunnel, text string) {
	t.Helper()
	if err := tunnel.Send([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if got, err := tunnel.Receive(); err != nil || string(got) != "you said "+text {
		t.Fatalf("%q, %v", got, err)
	}
}

// TestTunnel: RAS goes both ways by one connection, and so do calls, several at a
// time; it stays while the registration is renewed, and no longer.
func TestTunnel(t *testing.T) {
	in(t, func(t *testing.T) {
		called, answer := newParty(t, "called", v4), newParty(t, "answer", v4)
		d, client, tunnel, lost := tunnelling(t, called, answer)
		exchange17(t, tunnel, "one")
		at := d.last()

		out := newParty(t, "out", v4)
		c := dial(t, d.server, Target{Address: at}, out) // to the client
		until[Connected](out, nil)
		if rx, tx := out.channels(); !rx.Traversal.Hidden || !tx.Traversal.Multiplexes {
			t.Errorf("the client is in the open: %+v, %+v", rx.Traversal, tx.Traversal)
		}
		back := newParty(t, "back", v4)
		b := dial(t, client, Target{Address: port1720}, back) // from the client, meanwhile
		until[Connected](back, nil)
		if rx, _ := back.channels(); !rx.Traversal.KeepAlive.IsValid() {
			t.Errorf("the client keeps nothing alive: %+v", rx.Traversal)
		}
		if s := d.server.Stats(); s.Connections != 1 || s.Active != 2 {
			t.Errorf("%+v", s)
		}
		exchange17(t, tunnel, "two") // between
		d.mu.Lock()
		if !slices.Equal(d.asked, []h225.GloballyUniqueID{c.Info().ID.GUID}) {
			t.Errorf("asked for %x", d.asked)
		}
		d.mu.Unlock()
		c.Release(nil)
		b.Release(nil)
		until[Released](out, nil)
		until[Released](back, nil)
		for range 5 {
			<-time.After(tunnelIdle - time.Second)
			exchange17(t, tunnel, "still here")
		}
		if d.last() != at || len(lost) != 0 {
			t.Error("it was connected anew")
		}
		<-time.After(tunnelIdle + time.Second)
		synctest.Wait()
		if len(lost) != 1 || !slices.Equal(d.gone, []netip.AddrPort{at}) || d.server.Stats().Connections != 0 {
			t.Errorf("a registration that is not renewed: lost %d times, gone %v", len(lost), d.gone)
		}
		exchange17(t, tunnel, "again") // connects anew
		if d.server.SendRAS(at, nil) {
			t.Error("sent by the former connection")
		}
		if err := tunnel.Close(); err != nil {
			t.Error(err)
		}
		if _, err := tunnel.Receive(); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		if err := tunnel.Send(nil); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		closed(t, client, d.server)
	})
}

// TestTunnelTraced: who is told of a message may ask the tunnel for anything.
func TestTunnelTraced(t *testing.T) {
	in(t, func(t *testing.T) {
		m, d := newMemory(), &desk{registry: true}
		d.server = listening(t, m, newParty(t, "called", v4), Config{Name: "server", Tunnel: d})
		var tunnel *Tunnel
		traced := 0
		client := inMemory(t, m, Config{Name: "client", Trace: func(m *Traced) {
			if !m.Sent {
				return
			}
			traced++
			if !tunnel.mu.TryLock() {
				t.Errorf("message %d is told of with the tunnel locked", traced)
				return
			}
			tunnel.mu.Unlock()
		}})
		tunnel = client.OpenTunnel(port1720, nil)
		exchange17(t, tunnel, "one") // waits for the connection
		exchange17(t, tunnel, "two") // goes at once
		if traced != 2 {
			t.Errorf("%d messages were told of", traced)
		}
		if err := tunnel.Close(); err != nil {
			t.Error(err)
		}
		closed(t, client, d.server)
	})
}

// TestTunnelOrder: what waits for the connection goes first, and in order.
func TestTunnelOrder(t *testing.T) {
	in(t, func(t *testing.T) {
		d, client, tunnel, _ := tunnelling(t, newParty(t, "called", v4), newParty(t, "answer", v4))
		for i := range maxTunnelled {
			if err := tunnel.Send([]byte{byte(i)}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range maxTunnelled {
			if got, err := tunnel.Receive(); err != nil || got[len(got)-1] != byte(i) {
				t.Fatalf("%q instead of %d, %v", got, i, err)
			}
		}
		if err := tunnel.Close(); err != nil {
			t.Error(err)
		}
		closed(t, client, d.server)
	})
}

// TestTunnelNobody: without a connection there is no call, and messages that wait
// for one are lost with the attempt.
func TestTunnelNobody(t *testing.T) {
	in(t, func(t *testing.T) {
		g := new(gatekeeper)
		client := inMemory(t, newMemory(), Config{Gatekeeper: g})
		tunnel := client.OpenTunnel(port1720, nil)
		g.admitted = Admitted{Signal: port1720, Tunnel: tunnel}
		for range 3 {
			if err := tunnel.Send([]byte("lost")); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		p := newParty(t, "caller", v4)
		dial(t, client, Target{Address: port1720}, p)
		if r := p.released(); r.Cause != q931.NetworkOutOfOrder {
			t.Errorf("%+v", r)
		}
		closed(t, client)
		if err := tunnel.Close(); err != nil {
			t.Error(err)
		}
	})
}

// ras17 is a message of RAS by hand.
func ras17() *signalling.Message {
	return &signalling.Message{Message: &q931.Message{Type: q931.Facility}, Info: h460.TunnelRAS([]byte("hello"))}
}

// Where RAS has the call reference 0, a SETUP has another.
func TestTunnelledRASNoCall(t *testing.T) {
	in(t, func(t *testing.T) {
		m, d := newMemory(), &desk{registry: true}
		d.server = listening(t, m, newParty(t, "called", v4), Config{
			Tunnel: d, Incoming: func(c *Call) { t.Error("a call with the reference of RAS"); c.Release(nil) },
		})
		w := byHand(t, m)
		for range 2 {
			w.send(ras17())
			w.next(q931.Facility)
			w.send(setupMessage(0, nil))
		}
		synctest.Wait()
		_ = w.conn.Close()
		w.ends()
		synctest.Wait()
		closed(t, d.server)
	})
}

// TestTunnelStranger: who is not registered has a stranger's time and number of
// messages; who is may not have a second endpoint's connection. Where no RAS is
// taken, it is a stray.
func TestTunnelStranger(t *testing.T) {
	for name, c := range map[string]struct {
		tunnel bool
		count  int
		life   time.Duration
	}{
		"asks":   {true, 3, firstMessage},
		"floods": {true, maxStrays + 1, 0},
		"stray":  {false, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				m, d := newMemory(), new(desk)
				cfg := Config{}
				if c.tunnel {
					cfg.Tunnel = d
				}
				d.server = listening(t, m, newParty(t, "called", v4), cfg)
				begin := time.Now()
				w := byHand(t, m)
				for range c.count {
					w.send(ras17())
				}
				if c.tunnel && !bytes.Equal(h460.TunnelledRAS(w.next(q931.Facility).Info)[0], []byte("you said hello")) {
					t.Error("no answer")
				}
				w.ends()
				if life := time.Since(begin); life != c.life {
					t.Errorf("closed after %v", life)
				}
				closed(t, d.server)
				if c.tunnel != (len(d.gone) == 1) {
					t.Errorf("gone: %v", d.gone)
				}
			})
		})
	}
}
