package h323

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// vanishing is how a peer goes.
type vanishing int

const (
	// resets: its connections are closed.
	resets vanishing = iota
	// unreachable: nothing of it arrives, and TCP finds that out.
	unreachable
	// frozen: its host still takes what is sent, its program has stopped.
	frozen
)

func (v vanishing) String() string { return [...]string{"resets", "unreachable", "frozen"}[v] }

// severable is a network between two endpoints on which one can vanish.
type severable struct {
	*memory
	how  vanishing
	work sync.WaitGroup

	mu      sync.Mutex
	severed bool
	relays  []*severableLink
}

// severableLink is one connection: near is the end of who stays.
type severableLink struct{ near, far net.Conn }

// sever has the peer vanish; it may be called from anywhere.
func (s *severable) sever() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.severed {
		return
	}
	s.severed = true
	for _, r := range s.relays {
		_ = r.far.Close()
		switch s.how {
		case resets:
			_ = r.near.Close()
		case unreachable:
			time.AfterFunc(unacknowledged, func() { _ = r.near.Close() })
		case frozen:
		}
	}
}

func (s *severable) isSevered() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.severed
}

// severableSide is the network as an endpoint has it; stays tells which of the
// two.
type severableSide struct {
	*severable
	stays bool
}

func (s severableSide) connect(ctx context.Context, local netip.Addr, a netip.AddrPort) (net.Conn, error) {
	if s.isSevered() && s.stays {
		if s.how == resets {
			return nil, syscall.ECONNREFUSED
		}
		ctx, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	there, err := s.memory.connect(ctx, local, a)
	if err != nil {
		return nil, err
	}
	here, inner := net.Pipe()
	r := &severableLink{near: inner, far: there}
	if !s.stays {
		r.near, r.far = r.far, r.near
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.severed {
		_ = here.Close()
		_ = inner.Close()
		_ = there.Close()
		return nil, syscall.ECONNREFUSED
	}
	s.relays = append(s.relays, r)
	s.work.Go(func() { s.pass(r.near, r.far) })
	s.work.Go(func() { s.pass(r.far, r.near) })
	c := there.(*memoryConn)
	return &memoryConn{here, c.local, c.remote}, nil
}

// pass carries octets one way. Once the peer has vanished, what is sent to it
// is lost.
func (s *severable) pass(from, to net.Conn) {
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		if err != nil {
			break
		}
		if _, err := to.Write(buf[:n]); err != nil && !s.isSevered() {
			break
		}
	}
	if !s.isSevered() {
		_ = to.Close()
	}
	_ = from.Close()
}
