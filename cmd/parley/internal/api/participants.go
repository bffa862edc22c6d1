package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/conference"
)

type participantsOutput struct {
	Body struct {
		Participants []Participant `json:"participants" nullable:"false"`
	}
}

type muteInput struct {
	ID          string `path:"id" maxLength:"64" example:"lobby" doc:"Of the conference."`
	Participant string `path:"participant" maxLength:"64" doc:"Id of the participant."`
	Body        struct {
		Muted bool `json:"muted"`
	}
}

type digitsInput struct {
	ID          string `path:"id" maxLength:"64" example:"lobby" doc:"Of the conference."`
	Participant string `path:"participant" maxLength:"64" doc:"Id of the participant."`
	Body        DigitsRequest
}

// DigitsRequest is what to press.
type DigitsRequest struct {
	Digits string `json:"digits" minLength:"1" maxLength:"32" pattern:"^[0-9*#A-D]+$" patternDescription:"keys of a telephone" example:"1234#"`
}

type kickInput struct {
	ID          string `path:"id" maxLength:"64" example:"lobby" doc:"Of the conference."`
	Participant string `path:"participant" maxLength:"64" doc:"Id of the participant."`
	Reason      string `query:"reason" maxLength:"128" doc:"Shown to who is removed."`
}

func (s *Server) participantRoutes(api huma.API) {
	huma.Register(api, s.operation(api, huma.Operation{
		OperationID: "list-participants", Method: http.MethodGet, Path: "/conferences/{id}/participants",
		Summary: "List participants", Description: "In the order of joining, each with the quality of its leg.",
		Errors: []int{http.StatusNotFound},
	}), func(_ context.Context, in *conferenceInput) (*participantsOutput, error) {
		c, err := s.find(in.ID)
		if err != nil {
			return nil, err
		}
		var out participantsOutput
		out.Body.Participants = participantsOf(c)
		return &out, nil
	})
	huma.Register(api, s.operation(api, huma.Operation{
		OperationID: "mute-participant", Method: http.MethodPost, Path: "/conferences/{id}/participants/{participant}/mute",
		Summary: "Mute or unmute a participant", Description: "The host's mute: the participant cannot undo it.",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
	}), func(_ context.Context, in *muteInput) (*struct{}, error) {
		c, err := s.find(in.ID)
		if err != nil {
			return nil, err
		}
		if err := c.Mute(conference.ParticipantID(in.Participant), in.Body.Muted); err != nil {
			return nil, problem(err)
		}
		s.deps.Log.Info("host mutes", "conference", in.ID, "participant", in.Participant, "muted", in.Body.Muted)
		return nil, nil
	})
	huma.Register(api, s.operation(api, huma.Operation{
		OperationID: "send-digits", Method: http.MethodPost, Path: "/conferences/{id}/participants/{participant}/digits",
		Summary:       "Send digits to a participant",
		Description:   "Presses keys towards a telephone, terminal or gateway (DTMF), as it takes them: by signalling or within the sound. Answers before they are sent.",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}), func(_ context.Context, in *digitsInput) (*struct{}, error) {
		c, err := s.find(in.ID)
		if err != nil {
			return nil, err
		}
		if err := c.Dial(conference.ParticipantID(in.Participant), in.Body.Digits); err != nil {
			return nil, problem(err)
		}
		s.deps.Log.Info("digits sent", "conference", in.ID, "participant", in.Participant, "count", len(in.Body.Digits))
		return nil, nil
	})
	huma.Register(api, s.operation(api, huma.Operation{
		OperationID: "remove-participant", Method: http.MethodDelete, Path: "/conferences/{id}/participants/{participant}",
		Summary: "Remove a participant", DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
	}), func(_ context.Context, in *kickInput) (*struct{}, error) {
		c, err := s.find(in.ID)
		if err != nil {
			return nil, err
		}
		if err := c.Kick(conference.ParticipantID(in.Participant), conference.Cause{Code: conference.CauseKicked, Text: in.Reason}); err != nil {
			return nil, problem(err)
		}
		s.deps.Log.Info("host removes", "conference", in.ID, "participant", in.Participant)
		return nil, nil
	})
}
