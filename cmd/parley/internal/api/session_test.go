package api

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"parley/multicast"
)

// groups is how many groups each conference has.
type groups map[string]int

func (g groups) SDP(id string, bridgeOnly bool) ([]multicast.Session, error) {
	if g[id] == 0 {
		return nil, multicast.ErrNoGroup
	}
	var out []multicast.Session
	for i := range g[id] {
		out = append(out, multicast.Session{SDP: fmt.Appendf(nil, "v=0\r\ns=%s %d only=%v\r\n", id, i+1, bridgeOnly)})
	}
	return out, nil
}

func TestSessionDescription(t *testing.T) {
	bearer := []string{"Authorization", "Bearer " + token}
	tests := []struct {
		path, token string
		listener    net.Addr
		header      []string
		status      int
		body        string
	}{
		{"/c/lobby/session.sdp", "", public, nil, 200, "s=lobby 1 only=true"},
		{"/c/lobby/session.sdp?group=2&all", "", public, nil, 200, "s=lobby 2 only=false"},
		{"/c/lobby/session.sdp?group=3", "", public, nil, 404, "from 1 to 2"},
		{"/c/lobby/session.sdp?group=x", "", public, nil, 404, "from 1 to 2"},
		{"/c/nobody/session.sdp", "", public, nil, 404, "no such conference"},
		{"/c/board/session.sdp", "", public, nil, 403, "api.token"},
		{"/c/board/session.sdp", token, public, nil, 401, "token"},
		{"/c/board/session.sdp", token, public, bearer, 200, "s=board 1"},
		{"/c/lobby/session.sdp", token, public, nil, 200, "s=lobby 1"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			w := newHouse(t, tt.listener, tt.token, nil).do("GET", tt.path, "", tt.header...)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("%d %q, want %d with %q", w.Code, w.Body, tt.status, tt.body)
			}
			if kind := w.Header().Get("Content-Type"); w.Code == 200 && kind != "application/sdp" {
				t.Errorf("Content-Type %q", kind)
			}
		})
	}
}
