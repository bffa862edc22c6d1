package h323

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/h323/h225"
	"parley/h323/q931"
)

// TLSPort is that of call signalling over TLS (H.225.0 appendix IV).
const TLSPort = 1300

// TLS is call signalling over TLS. H.245 is tunnelled in it: no other connection
// is made for such a call.
type TLS struct {
	// Listen are TCP addresses, as a rule port 1300.
	Listen []netip.AddrPort
	// Server is what a connection that comes in begins with, Client one that is
	// made from here; each is asked anew, so that certificates can change. The
	// ServerName is set per call. Without Client no calls are made over TLS.
	Server, Client func() *tls.Config
}

// serve is a connection that came in. The handshake is its reader's.
func (t *TLS) serve(c net.Conn) net.Conn { return &secured{tls.Server(c, t.Server()), c} }

// secured is a connection over TLS.
type secured struct {
	*tls.Conn
	raw net.Conn
}

// Close does not wait for the peer to take a last alert: what ends a call is
// H.225.0's to say.
func (s *secured) Close() error { return s.raw.Close() }

// CloseWrite tells the peer that nothing follows (RFC 8446 clause 6.1).
func (s *secured) CloseWrite() error {
	if err := s.Conn.CloseWrite(); err != nil {
		return err
	}
	if half := halfCloser(s.raw); half != nil {
		return half.CloseWrite()
	}
	return nil
}

// secured reports whether the connection is over TLS.
func (n *connection) secured() bool {
	_, ok := n.stream.conn.(*secured)
	return ok
}

// handshake waits for that of a connection that came in over TLS, within the
// time for a first message; false: it failed, or the source has had too many.
func (n *connection) handshake() bool {
	s, ok := n.stream.conn.(*secured)
	if !ok || s.ConnectionState().HandshakeComplete {
		return true
	}
	e := n.endpoint
	if !e.handshakes.allow(n.source(), time.Now()) {
		e.overLimit.Add(1)
		return false
	}
	_ = s.SetWriteDeadline(time.Now().Add(firstMessage))
	if err := s.Handshake(); err != nil {
		n.unreadable(err)
		return false
	}
	_ = s.SetWriteDeadline(time.Time{})
	return true
}

// unreadable counts and tells what TLS did not let through; the end of a
// connection is none of it.
func (n *connection) unreadable(err error) {
	if !n.secured() || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.ErrUnexpectedEOF) {
		return
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "read" {
		return // of TCP
	}
	if others, tell := n.endpoint.insecure.count(time.Now()); tell {
		n.endpoint.log.Warn("h323: TLS failed", "remote", n.stream.remote, "error", err, "others", others)
	}
}

// insecure counts connections on which TLS failed, and tells of some.
type insecure struct {
	failed atomic.Uint64

	mu     sync.Mutex
	told   time.Time
	untold int
}

// count reports whether to tell of this one, and how many before it were not told
// of.
func (i *insecure) count(now time.Time) (untold int, tell bool) {
	i.failed.Add(1)
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.told.IsZero() && now.Sub(i.told) < insecureInterval {
		i.untold++
		return 0, false
	}
	untold, i.untold, i.told = i.untold, 0, now
	return untold, true
}

// led returns where a gatekeeper's consent leads a call, which was to go to the
// addresses. A call over TLS goes nowhere else without.
func (e *Endpoint) led(d *destination, to []netip.AddrPort, got Admitted) ([]netip.AddrPort, error) {
	switch {
	case got.Secure.IsValid() && e.cfg.TLS.Client != nil:
		d.secure = true
		if !slices.ContainsFunc(to, func(a netip.AddrPort) bool { return a.Addr() == got.Secure.Addr() }) {
			d.addr = got.Secure.Addr() // not who was dialled: the name is not its own
		}
		return []netip.AddrPort{got.Secure}, nil
	case d.secure && (got.Tunnel != nil || got.Signal.IsValid() && !slices.Contains(to, got.Signal)):
		return nil, noTLS("the gatekeeper leads the call elsewhere, and tells no address for TLS (H.460.22)")
	case got.Signal.IsValid():
		return []netip.AddrPort{got.Signal}, nil
	}
	return to, nil
}

// connectSecurely connects to the first address that answers, and agrees with it
// on TLS.
func (c *Call) connectSecurely(ctx context.Context, d destination, to []netip.AddrPort) (net.Conn, error) {
	conn, err := c.connectAny(ctx, to)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, firstMessage)
	defer cancel()
	cfg := c.endpoint.cfg.TLS.Client().Clone()
	if cfg.ServerName = d.host; d.addr.IsValid() {
		cfg.ServerName = d.addr.WithZone("").String()
	}
	s := &secured{tls.Client(conn, cfg), conn}
	if err := s.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, noTLS(fmt.Sprintf("no TLS with %v: %v", conn.RemoteAddr(), err))
	}
	return s, nil
}

func noTLS(why string) *Refusal {
	return &Refusal{
		Cause: q931.BearerCapabilityNotAuthorized, Reason: &h225.ReleaseCompleteReason{SecurityDenied: present()}, Text: why,
	}
}
