package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"

	"parley/cmd/parley/internal/trace"
)

type traceInput struct {
	Verbose bool   `query:"verbose" doc:"With the values of all fields."`
	Call    string `query:"call" maxLength:"32" doc:"Only of the call whose identifier begins so, in hexadecimal."`
}

func (s *Server) traceRoute(api huma.API) {
	op := s.operation(api, huma.Operation{
		OperationID: "trace-h323", Method: http.MethodGet, Path: "/h323/trace",
		Summary:     "Watch H.323 messages",
		Description: "Server-sent events: \"message\" for each message of call signalling, H.245 and RAS as it goes over the wire, \"ping\" in between. Messages have addresses, names and numbers of callers in them, and with verbose tokens of passwords.",
		Errors:      []int{http.StatusNotImplemented, http.StatusServiceUnavailable},
	})
	op.Middlewares = append(op.Middlewares, s.admit(api, func(huma.Context) error {
		if s.deps.Trace == nil {
			return huma.Error501NotImplemented("H.323 is off: set h323.enabled")
		}
		return nil
	}))
	sse.Register(api, op, map[string]any{"message": trace.Message{}, "ping": Ping{}},
		func(ctx context.Context, in *traceInput, send sse.Sender) {
			r := s.deps.Trace.Read(in.Verbose)
			if r == nil {
				return // as many read as may
			}
			defer r.Close()
			s.trace(ctx, r, strings.ToLower(in.Call), send)
		})
}

// trace tells what is read until the reader goes.
func (s *Server) trace(ctx context.Context, r *trace.Reader, call string, send sse.Sender) {
	ticker := time.NewTicker(pingInterval)
	defer ticker.Stop()
	// The stream's head goes out with its first event: who reads is to know that
	// it is connected.
	if send(sse.Message{Data: Ping{Time: time.Now()}}) != nil {
		return
	}
	missed := 0
	for {
		var m sse.Message
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			m.Data = Ping{Time: now}
		case got := <-r.Messages():
			missed += got.Missed
			if !strings.HasPrefix(got.Call, call) {
				continue
			}
			got.Missed, missed = missed, 0
			m.Data = got
		}
		if send(m) != nil {
			return
		}
	}
}
