package api

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"
)

// SessionGone says that a session is announced no more.
type SessionGone struct {
	ID string `json:"id"`
}

func (s *Server) multicastEventRoute(api huma.API) {
	op := s.operation(api, huma.Operation{
		OperationID: "watch-multicast-sessions", Method: http.MethodGet, Path: "/multicast/events",
		Summary:     "Watch multicast sessions",
		Description: "Server-sent events: \"sessions\" first, then \"session\" for each that is new or has changed, \"gone\" for each that is announced no more, \"ping\" in between.",
		Errors:      []int{http.StatusNotImplemented, http.StatusServiceUnavailable},
	})
	op.Middlewares = append(op.Middlewares, s.admit(api, func(huma.Context) error {
		if s.deps.Directory == nil {
			return noDirectory()
		}
		return nil
	}))
	sse.Register(api, op, map[string]any{"sessions": MulticastSessions{}, "session": MulticastSession{}, "gone": SessionGone{}, "ping": Ping{}},
		func(ctx context.Context, _ *struct{}, send sse.Sender) { s.watchSessions(ctx, send) })
}

// watchSessions tells all sessions and what changes, until the reader goes.
// Changes are gathered: a flood of announcements is no flood of events.
func (s *Server) watchSessions(ctx context.Context, send sse.Sender) {
	all := s.multicastSessions()
	if send(sse.Message{Data: all}) != nil {
		return
	}
	told := make(map[string]MulticastSession, len(all.Sessions))
	for _, one := range all.Sessions {
		told[one.ID] = shown(one)
	}
	ticker := time.NewTicker(pingInterval)
	defer ticker.Stop()
	pace := time.NewTicker(sessionsInterval)
	defer pace.Stop()
	for {
		select {
		case <-pace.C:
		case now := <-ticker.C:
			if send(sse.Message{Data: Ping{Time: now}}) != nil {
				return
			}
			continue
		case <-ctx.Done():
			return
		}
		if s.tellChanges(told, send) != nil {
			return
		}
	}
}

// tellChanges sends what differs from what was told.
func (s *Server) tellChanges(told map[string]MulticastSession, send sse.Sender) error {
	there := make(map[string]bool)
	for _, one := range s.multicastSessions().Sessions {
		there[one.ID] = true
		now := shown(one)
		if before, ok := told[one.ID]; ok && reflect.DeepEqual(before, now) {
			continue
		}
		told[one.ID] = now
		if err := send(sse.Message{Data: one}); err != nil {
			return err
		}
	}
	for id := range told {
		if there[id] {
			continue
		}
		delete(told, id)
		if err := send(sse.Message{Data: SessionGone{ID: id}}); err != nil {
			return err
		}
	}
	return nil
}

// shown is a session without what changes each time that it is heard.
func shown(m MulticastSession) MulticastSession {
	m.LastHeard = time.Time{}
	return m
}
