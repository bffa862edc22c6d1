package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/conference"
)

// Conference is a conference as the API shows it. A PIN is never told, only
// that there is one.
type Conference struct {
	ID              string   `json:"id"`
	Title           string   `json:"title"`
	PINRequired     bool     `json:"pinRequired"`
	Codecs          []string `json:"codecs" nullable:"false" doc:"That may be used, best first; empty: all."`
	MaxParticipants int      `json:"maxParticipants" doc:"0: the built-in limit."`
	Participants    int      `json:"participants" doc:"How many there are now."`
	ActiveSpeaker   uint32   `json:"activeSpeaker" doc:"Id of the source; 0: nobody has spoken yet."`
	Public          bool     `json:"public" doc:"Its multicast groups are announced."`
}

func (s *Server) conferenceOf(c *conference.Conference) Conference {
	set, roster := c.Settings(), c.Roster()
	return Conference{
		ID: set.ID, Title: set.Title, PINRequired: c.NeedsPIN(),
		Codecs: append([]string{}, set.Codecs...), MaxParticipants: set.MaxParticipants,
		Participants: len(roster.Members), ActiveSpeaker: uint32(roster.ActiveSpeaker),
		Public: s.deps.Directory != nil && s.deps.Directory.Public(set.ID),
	}
}

type conferenceInput struct {
	ID string `path:"id" maxLength:"64" example:"lobby" doc:"Of the conference."`
}

type conferencesOutput struct {
	Body struct {
		Conferences []Conference `json:"conferences" nullable:"false"`
	}
}

type conferenceOutput struct{ Body Conference }

func (s *Server) conferenceRoutes(api huma.API) {
	huma.Register(api, s.operation(api, huma.Operation{
		OperationID: "list-conferences", Method: http.MethodGet, Path: "/conferences",
		Summary: "List conferences", Description: "All that are declared or under way, by id.",
	}), func(context.Context, *struct{}) (*conferencesOutput, error) {
		var out conferencesOutput
		out.Body.Conferences = []Conference{}
		for _, c := range s.deps.Bridge.Conferences() {
			out.Body.Conferences = append(out.Body.Conferences, s.conferenceOf(c))
		}
		return &out, nil
	})
	huma.Register(api, s.operation(api, huma.Operation{
		OperationID: "get-conference", Method: http.MethodGet, Path: "/conferences/{id}",
		Summary: "Show a conference", Errors: []int{http.StatusNotFound},
	}), func(_ context.Context, in *conferenceInput) (*conferenceOutput, error) {
		c, err := s.find(in.ID)
		if err != nil {
			return nil, err
		}
		return &conferenceOutput{Body: s.conferenceOf(c)}, nil
	})
}
