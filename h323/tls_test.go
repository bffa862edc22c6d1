package h323

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"parley/h323/h225"
	"parley/h323/q931"
)

// port1300 is where endpoints of tests in memory listen for TLS.
var port1300 = netip.AddrPortFrom(v4, TLSPort)

// authority makes certificates.
type authority struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{t: t, pool: x509.NewCertPool()}
	a.cert, a.key = a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	a.pool.AddCert(a.cert)
	return a
}

// sign has the authority sign a certificate; the first is its own.
func (a *authority) sign(c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	c.SerialNumber = big.NewInt(1)
	c.NotBefore, c.NotAfter = time.Unix(0, 0), time.Unix(1<<33, 0) // fake time too
	parent, by := a.cert, a.key
	if parent == nil {
		parent, by = c, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		a.t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(raw)
	if err != nil {
		a.t.Fatal(err)
	}
	return signed, key
}

func (a *authority) issue(address string) tls.Certificate {
	cert, key := a.sign(&x509.Certificate{IPAddresses: []net.IP{net.ParseIP(address)}})
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func always(c *tls.Config) func() *tls.Config { return func() *tls.Config { return c } }

// trusts is the TLS of who calls.
func (a *authority) trusts(own ...tls.Certificate) TLS {
	return TLS{Client: always(&tls.Config{RootCAs: a.pool, Certificates: own})}
}

// listens is the TLS of who is called.
func (a *authority) listens(address string, demands bool) TLS {
	c := &tls.Config{Certificates: []tls.Certificate{a.issue(address)}}
	if demands {
		c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, a.pool
	}
	return TLS{Listen: []netip.AddrPort{port1300}, Server: always(c)}
}

// A call over TLS tunnels H.245, though both sides are to have connections of their
// own for it.
func TestCallOverTLS(t *testing.T) {
	for name, modes := range map[string]Modes{
		"fast start": {}, "slow start": {NoFastStart: true, NoTunnelling: true}, "early": {NoFastStart: true, NoTunnelling: true, EarlyH245: true},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				ca := newAuthority(t)
				var b *party
				e, a, b := both(t, Config{TLS: ca.trusts(ca.issue("192.0.2.7")), Modes: modes}, Config{
					TLS: ca.listens("127.0.0.1", true), Modes: modes,
					Incoming: func(c *Call) { c.SetOwner(b); c.Answer() },
				})
				c := dial(t, e, Target{Text: "h323s:room@127.0.0.1"}, a)
				until[Connected](a, nil)
				a.channels()
				b.channels()
				if i := c.Info(); !i.Secured || !i.Tunnelling || i.Remote != port1300 {
					t.Errorf("%+v", i)
				}
				b.mu.Lock()
				other := b.call
				b.mu.Unlock()
				if other != nil && !other.Info().Secured {
					t.Errorf("called: %+v", other.Info())
				}
				c.Release(nil)
				_ = a.released()
				_ = b.released()
			})
		})
	}
}

// Without a certificate that is trusted there is no call, and never one in the
// clear instead.
func TestUntrusted(t *testing.T) {
	for name, test := range map[string]struct {
		to             string
		caller, called func(ours, theirs *authority) TLS
		want           string
	}{
		"another authority": {
			"h323s:room@127.0.0.1",
			func(ours, _ *authority) TLS { return ours.trusts() },
			func(_, theirs *authority) TLS { return theirs.listens("127.0.0.1", false) },
			"unknown authority",
		},
		"another address": {
			"h323s:room@127.0.0.1",
			func(ours, _ *authority) TLS { return ours.trusts() },
			func(ours, _ *authority) TLS { return ours.listens("192.0.2.1", false) },
			"valid for 192.0.2.1, not 127.0.0.1",
		},
		"a port without TLS": {
			"h323s:room@127.0.0.1:1720",
			func(ours, _ *authority) TLS { return ours.trusts() },
			func(*authority, *authority) TLS { return TLS{} },
			"no TLS with 127.0.0.1:1720",
		},
		"no certificate of the caller": {
			"h323s:room@127.0.0.1",
			func(ours, _ *authority) TLS { return ours.trusts() },
			func(ours, _ *authority) TLS { return ours.listens("127.0.0.1", true) },
			"",
		},
		"another certificate of the caller": {
			"h323s:room@127.0.0.1",
			func(ours, theirs *authority) TLS { return ours.trusts(theirs.issue("127.0.0.1")) },
			func(ours, _ *authority) TLS { return ours.listens("127.0.0.1", true) },
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				ours, theirs := newAuthority(t), newAuthority(t)
				e, a, _ := both(t, Config{TLS: test.caller(ours, theirs)}, Config{
					TLS: test.called(ours, theirs), Incoming: func(*Call) { t.Error("a call came in") },
				})
				dial(t, e, Target{Text: test.to}, a)
				if r := a.released(); r == nil || !strings.Contains(r.Text, test.want) {
					t.Errorf("%+v", r)
				}
			})
		})
	}
}

// Who asks for TLS where there is none is told so, and not called in the clear.
func TestNoTLSHere(t *testing.T) {
	in(t, func(t *testing.T) {
		e, a, _ := both(t, Config{}, Config{})
		if _, err := e.Dial(context.Background(), Target{Text: "h323s:room@127.0.0.1"}, a); err == nil || !strings.Contains(err.Error(), "no TLS here") {
			t.Errorf("%v", err)
		}
	})
}

// Who connects for TLS and says nothing, too little, or something else, is gone
// within the time for a first message.
func TestHandshakeDeadline(t *testing.T) {
	for name, test := range map[string]struct {
		say    func(net.Conn)
		wait   time.Duration
		failed uint64
	}{
		"nothing":     {func(net.Conn) {}, firstMessage, 0},
		"a beginning": {func(c net.Conn) { _, _ = c.Write([]byte{22, 3, 1, 2, 0, 1}) }, firstMessage, 0},
		"H.323":       {func(c net.Conn) { _, _ = c.Write([]byte{3, 0, 0, 9, 8, 2, 0, 1, 5}) }, 0, 1},
		"only a handshake": {func(c net.Conn) {
			s := tls.Client(c, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // it is nobody's
			if err := s.Handshake(); err == nil {
				_, _ = s.Read(make([]byte, 1))
			}
		}, firstMessage, 0},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				ca, m := newAuthority(t), newMemory()
				e := listening(t, m, newParty(t, "called", v4), Config{TLS: ca.listens("127.0.0.1", false)})
				conn, err := m.connect(context.Background(), v4, port1300)
				if err != nil {
					t.Fatal(err)
				}
				begin := time.Now()
				test.say(conn)
				for err == nil {
					_, err = conn.Read(make([]byte, 64))
				}
				if d := time.Since(begin); d != test.wait {
					t.Errorf("closed after %v", d)
				}
				_ = conn.Close()
				<-time.After(time.Second)
				if s := e.Stats(); s.Insecure != test.failed {
					t.Errorf("%+v", s)
				}
				closed(t, e)
			})
		})
	}
}

// One source has so many handshakes, and then has to wait.
func TestHandshakeRate(t *testing.T) {
	in(t, func(t *testing.T) {
		ca, m := newAuthority(t), newMemory()
		e := listening(t, m, newParty(t, "called", v4), Config{TLS: ca.listens("127.0.0.1", false)})
		shake := func() bool {
			conn, err := m.connect(context.Background(), v4, port1300)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			return tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).Handshake() == nil //nolint:gosec // it is nobody's
		}
		for i := range handshakeBurst {
			if !shake() {
				t.Fatalf("handshake %d is refused", i)
			}
		}
		if shake() {
			t.Error("one more is not refused")
		}
		if s := e.Stats(); s.OverLimit != 1 {
			t.Errorf("%+v", s)
		}
		<-time.After(time.Second)
		if !shake() {
			t.Error("a second later it is still refused")
		}
		<-time.After(firstMessage)
		closed(t, e)
	})
}

// A caller over TLS that has H.245 of its own is let go of: it would go in the
// clear.
func TestNoTunnellingOverTLS(t *testing.T) {
	in(t, func(t *testing.T) {
		ca, m := newAuthority(t), newMemory()
		b := newParty(t, "called", v4)
		e := listening(t, m, b, Config{TLS: ca.listens("127.0.0.1", false)})
		conn, err := m.connect(context.Background(), v4, port1300)
		if err != nil {
			t.Fatal(err)
		}
		w := newWire(t, tls.Client(conn, &tls.Config{RootCAs: ca.pool, ServerName: "127.0.0.1"}))
		w.send(setupMessage(3, func(_ *h225.SetupUUIE, u *h225.H323UUPDU) { u.H245Tunnelling = nil }))
		m2 := w.next(q931.ReleaseComplete)
		if c, _ := m2.Cause(); c.Value != q931.BearerCapabilityNotAuthorized {
			t.Errorf("cause %v", c.Value)
		}
		if r := b.released(); !strings.Contains(r.Text, "does not tunnel") {
			t.Errorf("%+v", r)
		}
		_ = conn.Close()
		<-time.After(time.Minute)
		closed(t, e)
	})
}

// Where a gatekeeper leads a call decides whether it goes over TLS, and a call
// that has to is not led to where there is none.
func TestLed(t *testing.T) {
	dialled, elsewhere := netip.MustParseAddrPort("192.0.2.1:1300"), netip.MustParseAddrPort("192.0.2.9:1300")
	for name, test := range map[string]struct {
		secure bool
		got    Admitted
		to     netip.AddrPort
		tls    bool
		err    bool
	}{
		"where it was dialled":      {true, Admitted{Signal: dialled}, dialled, true, false},
		"nowhere":                   {true, Admitted{}, dialled, true, false},
		"elsewhere":                 {true, Admitted{Signal: elsewhere}, netip.AddrPort{}, true, true},
		"elsewhere over TLS":        {true, Admitted{Signal: elsewhere, Secure: elsewhere}, elsewhere, true, false},
		"over TLS unasked":          {false, Admitted{Signal: dialled, Secure: elsewhere}, elsewhere, true, false},
		"elsewhere without TLS":     {false, Admitted{Signal: elsewhere}, elsewhere, false, false},
		"into a tunnel without TLS": {true, Admitted{Tunnel: new(Tunnel)}, netip.AddrPort{}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			e := &Endpoint{cfg: Config{TLS: newAuthority(t).trusts()}}
			d := destination{secure: test.secure}
			to, err := e.led(&d, []netip.AddrPort{dialled}, test.got)
			if (err != nil) != test.err || d.secure != test.tls {
				t.Errorf("%v, %v: %v", to, d.secure, err)
			}
			if err == nil && (len(to) != 1 || to[0] != test.to) {
				t.Errorf("led to %v", to)
			}
		})
	}
}
