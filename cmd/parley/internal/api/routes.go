package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/conference"
)

// Prefix begins every path of the API.
const Prefix = "/api/v1"

// routes registers all operations. huma makes the description at
// /api/v1/openapi.json out of the very types that are answered.
func (s *Server) routes(mux *http.ServeMux) huma.API {
	cfg := huma.DefaultConfig("parley", s.cfg.Version)
	cfg.Info.Description = "Conferences of this bridge: who is in them, and what a host may do."
	cfg.OpenAPIPath = Prefix + "/openapi"
	cfg.DocsPath, cfg.SchemasPath = "", "" // a page from a foreign server; links that nobody follows
	cfg.CreateHooks = nil
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "api.token of the configuration. With it, every call needs it; without one, calls work only on a loopback listener."},
	}
	api := humago.New(mux, cfg)
	s.conferenceRoutes(api)
	s.participantRoutes(api)
	s.groupRoutes(api)
	s.eventRoutes(api)
	s.dialRoute(api)
	s.traceRoute(api)
	s.multicastRoutes(api)
	s.leaseRoutes(api)
	return api
}

// operation describes an operation and puts the guard before it.
func (s *Server) operation(api huma.API, op huma.Operation) huma.Operation {
	op.Path = Prefix + op.Path
	op.MaxBodyBytes = maxBodyBytes
	op.Security = []map[string][]string{{"token": {}}}
	op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	op.Middlewares = append(huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		r, _ := humago.Unwrap(ctx)
		if d := s.guard.check(r); d != nil {
			refuse(api, ctx, d)
			return
		}
		ctx.SetHeader("Cache-Control", "no-store")
		next(ctx)
	}}, op.Middlewares...)
	return op
}

func refuse(api huma.API, ctx huma.Context, d *denial) {
	if d.status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="parley"`)
	}
	_ = huma.WriteErr(api, ctx, d.status, d.text) // the caller may be gone
}

// find returns a conference that is there. Unlike Bridge.Open it opens none.
func (s *Server) find(id string) (*conference.Conference, error) {
	for _, c := range s.deps.Bridge.Conferences() {
		if c.Settings().ID == id {
			return c, nil
		}
	}
	return nil, huma.Error404NotFound(conference.ErrUnknownConference.Error())
}

// problem translates what the core says (RFC 9457). What a wire wrapped round
// it is for the log.
func problem(err error) error {
	for _, known := range []struct {
		err    error
		status int
		detail string
	}{
		{conference.ErrNotFound, http.StatusNotFound, conference.ErrNotFound.Error()},
		{conference.ErrUnknownConference, http.StatusNotFound, conference.ErrUnknownConference.Error()},
		{conference.ErrClosed, http.StatusNotFound, conference.ErrClosed.Error()},
		{conference.ErrNoKeypad, http.StatusConflict, conference.ErrNoKeypad.Error()},
		{conference.ErrFull, http.StatusConflict, conference.ErrFull.Error()},
		{context.DeadlineExceeded, http.StatusGatewayTimeout, "no answer in time"},
		{context.Canceled, http.StatusServiceUnavailable, "given up: the caller went, or parley is closing"},
	} {
		if errors.Is(err, known.err) {
			return huma.NewError(known.status, known.detail)
		}
	}
	if err != nil {
		return huma.Error500InternalServerError(err.Error())
	}
	return nil
}
