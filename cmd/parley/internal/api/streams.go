package api

import (
	"errors"

	"github.com/danielgtaylor/huma/v2"
)

// admit lets an event stream be opened that refuse has no error against, as many
// at once as may be. A stream's status is sent before its function runs, so what
// can be refused is refused here.
func (s *Server) admit(api huma.API, refuse func(huma.Context) error) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		err := refuse(ctx)
		if err == nil {
			defer s.streams.Add(-1)
			if s.streams.Add(1) <= maxStreams {
				next(ctx)
				return
			}
			err = huma.Error503ServiceUnavailable("too many event streams are open")
		}
		var status huma.StatusError
		if !errors.As(err, &status) {
			status = huma.Error500InternalServerError(err.Error())
		}
		_ = huma.WriteErr(api, ctx, status.GetStatus(), status.Error()) // the caller may be gone
	}
}
