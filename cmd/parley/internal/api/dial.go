package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/conference"
	"parley/h323/bridge"
	"parley/sipbridge"
)

// DialRequest is whom to call.
type DialRequest struct {
	URI string `json:"uri" maxLength:"512" pattern:"^(sip|h323s?):.+" patternDescription:"an address such as sip:alice@192.0.2.1 or h323:room@192.0.2.1" example:"sip:alice@192.0.2.1" doc:"SIP URI, or h323: URL: h323:NAME@HOST, h323:HOST, h323:HOST##NUMBER, or h323:NAME of a route, a conference here or by the gatekeeper; h323s: instead calls over TLS."`
}

// DialResult is a call that was answered.
type DialResult struct {
	Participant string `json:"participant" doc:"Id of who joined."`
}

// DialProblem is a call that failed (RFC 9457), with the SIP status or H.323
// cause that was answered.
type DialProblem struct {
	huma.ErrorModel
	SIPStatus int    `json:"sipStatus,omitempty" doc:"0: there was no answer at all."`
	SIPReason string `json:"sipReason,omitempty"`
	Cause     int    `json:"cause,omitempty" doc:"Of Q.850, by which an H.323 peer refused; 0: it said none."`
	CauseText string `json:"causeText,omitempty"`
}

type dialInput struct {
	ID   string `path:"id" maxLength:"64" example:"lobby" doc:"Of the conference."`
	Body DialRequest
}

type dialOutput struct{ Body DialResult }

func (s *Server) dialRoute(api huma.API) {
	op := s.operation(api, huma.Operation{
		OperationID: "dial", Method: http.MethodPost, Path: "/conferences/{id}/dial",
		Summary:     "Call somebody into a conference",
		Description: "Answers when the call is answered or has failed. Who closes the connection before gives the call up.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusNotImplemented, http.StatusGatewayTimeout},
		Responses:   map[string]*huma.Response{"502": dialProblemResponse(api)},
	})
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		_, w := humago.Unwrap(ctx)
		// A telephone rings for longer than any other answer takes.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(dialTimeout + writeTimeout))
		next(ctx)
	})
	huma.Register(api, op, s.dial)
}

func dialProblemResponse(api huma.API) *huma.Response {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[DialProblem](), true, "DialProblem")
	return &huma.Response{
		Description: "The call failed",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
	}
}

func (s *Server) dial(ctx context.Context, in *dialInput) (*dialOutput, error) {
	dialer, off := s.deps.SIP, "SIP is off: set sip.enabled"
	if strings.HasPrefix(in.Body.URI, "h323") {
		dialer, off = s.deps.H323, "H.323 is off: set h323.enabled"
	}
	if dialer == nil {
		return nil, huma.Error501NotImplemented(off)
	}
	log := s.deps.Log.With("conference", in.ID, "uri", conference.WithoutPIN(in.Body.URI))
	log.Info("dialling")
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	id, err := dialer.Dial(ctx, in.Body.URI, in.ID)
	if err != nil {
		log.Info("dialling failed", "error", err)
	} else {
		log.Info("dialled", "participant", id)
	}
	var failed *sipbridge.StatusError
	var refused *bridge.CallError
	switch {
	case err == nil:
		return &dialOutput{Body: DialResult{Participant: string(id)}}, nil
	case errors.As(err, &failed):
		p := &DialProblem{SIPStatus: failed.Status, SIPReason: failed.Reason}
		p.Status, p.Title, p.Detail = http.StatusBadGateway, http.StatusText(http.StatusBadGateway), err.Error()
		return nil, p
	case errors.As(err, &refused):
		p := &DialProblem{Cause: int(refused.Cause), CauseText: refused.Error()}
		p.Status, p.Title, p.Detail = http.StatusBadGateway, http.StatusText(http.StatusBadGateway), err.Error()
		return nil, p
	}
	answer := problem(err)
	if status := huma.StatusError(nil); errors.As(answer, &status) && status.GetStatus() == http.StatusInternalServerError {
		return nil, huma.Error502BadGateway(err.Error()) // no such host, no route
	}
	return nil, answer
}
