package webrtc

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"sync"
	"time"

	"github.com/coder/websocket"

	"parley/qos/accept"
)

// errTooFast ends a socket that exceeds MessageRate.
var errTooFast = errors.New("too many messages")

// socket is one WebSocket: a reader that its HTTP goroutine drives, and a
// writer goroutine behind a queue.
type socket struct {
	conn   *websocket.Conn
	under  io.Closer  // what conn is on
	remote string     // address without port
	source netip.Addr // whose limits it counts to
	out    chan []byte
	rate   bucket
	seated bool // a client owns it; guarded by Server.mu

	once   sync.Once
	code   websocket.StatusCode // with reason and cut: set before ending is closed
	reason string
	cut    *time.Timer
	ending chan struct{} // closed by close
	gone   chan struct{} // closed when the writer has ended
}

func newSocket(conn *websocket.Conn, under io.Closer, remote string) *socket {
	conn.SetReadLimit(MaxJoinMessage)
	addr, _ := netip.ParseAddr(remote)
	s := &socket{
		source: accept.Source(addr),
		conn:   conn,
		under:  under,
		remote: remote,
		out:    make(chan []byte, sendQueue),
		rate:   newBucket(time.Now()),
		ending: make(chan struct{}),
		gone:   make(chan struct{}),
	}
	go s.write()
	return s
}

// joined raises the limit of what is read.
func (s *socket) joined() { s.conn.SetReadLimit(MaxMessage) }

// read returns the next message. The error wraps errBadMessage or errTooFast,
// or says that the socket ended.
func (s *socket) read(ctx context.Context) (message, error) {
	kind, data, err := s.conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	if !s.rate.take(time.Now()) {
		return nil, errTooFast
	}
	if kind != websocket.MessageText {
		return nil, errBadMessage
	}
	return decodeMessage(data)
}

// send queues a message. A page that reads too slowly loses its socket; it
// may come back and gets a fresh roster.
func (s *socket) send(v any) {
	data, err := json.Marshal(v)
	if err != nil {
		s.close(websocket.StatusInternalError, "encoding")
		return
	}
	select {
	case s.out <- data:
	default:
		s.close(websocket.StatusTryAgainLater, "reader too slow")
	}
}

// fail tells the page what is wrong and ends the socket.
func (s *socket) fail(code, text string) {
	s.send(errorMessage{Type: "error", Code: code, Message: text})
	s.close(websocket.StatusPolicyViolation, code)
}

// close asks the writer to send what waits and end the socket, for which the
// page has closeWithin. Only the first call counts. It does not wait.
func (s *socket) close(code websocket.StatusCode, reason string) {
	s.once.Do(func() {
		s.code, s.reason = code, reason
		// The library's CloseNow does not cut a Close that is under way, nor
		// does it bound that by less than 5 s.
		s.cut = time.AfterFunc(closeWithin, func() { _ = s.under.Close() })
		close(s.ending)
	})
}

// wait returns when the socket has ended.
func (s *socket) wait() { <-s.gone }

func (s *socket) write() {
	defer close(s.gone)
	defer func() { _ = s.conn.CloseNow() }()
	for {
		select {
		case data := <-s.out:
			if !s.writeOne(data) {
				return
			}
		case <-s.ending:
			s.finish()
			s.cut.Stop()
			return
		}
	}
}

func (s *socket) writeOne(data []byte) bool {
	ctx, cancel := context.WithTimeout(context.Background(), writeWithin)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, data) == nil
}

// finish sends what waits, then the close frame, and waits for the page's.
func (s *socket) finish() {
	for {
		select {
		case data := <-s.out:
			if !s.writeOne(data) {
				return
			}
		default:
			_ = s.conn.Close(s.code, s.reason)
			return
		}
	}
}
