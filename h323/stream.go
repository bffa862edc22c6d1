package h323

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"parley/h323/tpkt"
)

// stream sends TPKTs on one connection in order, without making who sends wait.
type stream struct {
	conn          net.Conn
	local, remote netip.AddrPort
	out           chan sending

	mu     sync.Mutex
	ended  bool
	sent   time.Time // when something was last sent
	linger bool
	// The goroutine that ends last closes the connection.
	readEnded, written bool
}

// sending is one payload; or what is to be done when all before it is sent.
type sending struct {
	payload []byte
	then    func()
}

func newStream(conn net.Conn) *stream {
	return &stream{
		conn: conn, local: addrPort(conn.LocalAddr()), remote: addrPort(conn.RemoteAddr()),
		out: make(chan sending, maxUnsent), sent: time.Now(), linger: true,
	}
}

func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		p := t.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return netip.AddrPort{}
}

// send queues one payload; an empty one is a keep-alive. A peer that does not
// read loses the connection.
func (s *stream) send(payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	select {
	case s.out <- sending{payload: payload}:
		s.sent = time.Now()
	default:
		s.ended = true
		close(s.out)
		_ = s.conn.Close()
	}
}

// after calls f when all that was queued is with the kernel, or never will be. f
// must not block.
func (s *stream) after(f func()) {
	s.mu.Lock()
	if !s.ended {
		select {
		case s.out <- sending{then: f}:
			f = nil
		default: // the peer does not read
		}
	}
	s.mu.Unlock()
	if f != nil {
		f()
	}
}

// quiet returns when something was last sent.
func (s *stream) quiet() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

// finish sends what is queued and ends the connection; linger waits for the
// peer to end it too.
func (s *stream) finish(linger bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.ended, s.linger = true, linger
	close(s.out)
}

// write is the goroutine that sends.
func (s *stream) write() {
	var buf []byte
	var then []func()
	broken := false
	for first := range s.out {
		buf, then = s.gather(buf[:0], then[:0], first)
		if len(buf) > 0 && !broken {
			_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
			if _, err := s.conn.Write(buf); err != nil {
				broken = true
				_ = s.conn.Close()
			}
			// TLS writes by itself, to renew keys.
			_ = s.conn.SetWriteDeadline(time.Time{})
		}
		for _, f := range then {
			f()
		}
	}
	s.shut(broken)
}

// gather takes first and what is queued behind it, as far as one write carries it.
func (s *stream) gather(buf []byte, then []func(), first sending) ([]byte, []func()) {
	next := first
	for {
		var ok bool
		if next.then != nil {
			then = append(then, next.then)
		} else {
			buf = s.frame(buf, next.payload)
		}
		if len(buf) >= 16<<10 {
			return buf, then
		}
		select {
		case next, ok = <-s.out:
			if !ok {
				return buf, then
			}
		default:
			return buf, then
		}
	}
}

// frame appends a TPKT. What is too long for one was never a message.
func (s *stream) frame(buf, payload []byte) []byte {
	if framed, err := tpkt.Append(buf, payload); err == nil {
		return framed
	}
	return buf
}

func (s *stream) shut(broken bool) {
	s.mu.Lock()
	s.written = true
	linger := s.linger && !broken && !s.readEnded
	s.mu.Unlock()
	if half := halfCloser(s.conn); linger && half != nil {
		// A full close now would be a reset if the peer's octets are unread, and
		// that overtakes our last message.
		_ = s.conn.SetReadDeadline(time.Now().Add(lingerTimeout))
		if half.CloseWrite() == nil {
			return
		}
	}
	_ = s.conn.Close()
}

// endRead tells that nothing is read any more.
func (s *stream) endRead() {
	s.finish(false)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readEnded = true
	if s.written {
		_ = s.conn.Close()
	}
}

type closeWriter interface{ CloseWrite() error }

// halfCloser finds who can close one direction, beneath what counts connections.
func halfCloser(c net.Conn) closeWriter {
	for {
		if h, ok := c.(closeWriter); ok {
			return h
		}
		inner, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return nil
		}
		c = inner.NetConn()
	}
}
