package api

import (
	"net"
	"net/http"
	"sync"
)

// unused are the connections on which nothing was asked yet. Browsers open some
// ahead of need, and http.Server.Shutdown waits up to 5 s for each: longer than
// the whole bridge may take to end.
type unused struct {
	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]struct{}
}

// follow is an http.Server's ConnState.
func (u *unused) follow(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(u.conns, c)
	case u.closed:
		_ = c.Close() // nobody asked anything of it
	default:
		if u.conns == nil {
			u.conns = make(map[net.Conn]struct{})
		}
		u.conns[c] = struct{}{}
	}
}

// close closes them, and those that still come.
func (u *unused) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for c := range u.conns {
		_ = c.Close()
	}
}
