package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"

	"parley/conference"
)

// Roster is a conference at one moment; the events that follow count on from
// its sequence.
type Roster struct {
	Sequence      uint64        `json:"sequence"`
	Conference    string        `json:"conference"`
	Title         string        `json:"title"`
	ActiveSpeaker uint32        `json:"activeSpeaker"`
	Presenting    uint32        `json:"presenting" doc:"Source of the presentation that is shown; 0: none."`
	Participants  []Participant `json:"participants" nullable:"false"`
}

// Event is one change in a conference.
type Event struct {
	Sequence    uint64               `json:"sequence" doc:"Rises by one from each event to the next."`
	Time        time.Time            `json:"time"`
	Kind        conference.EventKind `json:"kind" enum:"joined,left,updated,muted,source-added,source-removed,source-updated,speaking,active-speaker,presenting,missing-codec,ended"`
	Participant string               `json:"participant"`
	Source      uint32               `json:"source"`
	Cause       *Cause               `json:"cause,omitempty" doc:"Why somebody left."`
	Member      *Participant         `json:"member,omitempty" doc:"The participant after the change; for left, before it."`
}

// Cause is why somebody left.
type Cause struct {
	Code conference.CauseCode `json:"code" enum:"left,kicked,timeout,ended,shutdown,media-failed,replaced,error"`
	Text string               `json:"text"`
}

// Ping says that the stream lives though nothing happens.
type Ping struct {
	Time time.Time `json:"time"`
}

func rosterOf(r conference.Roster) Roster {
	out := Roster{
		Sequence: r.Sequence, Conference: r.Conference, Title: r.Title, ActiveSpeaker: uint32(r.ActiveSpeaker), Presenting: uint32(r.Presenting),
		Participants: make([]Participant, 0, len(r.Members)),
	}
	for i := range r.Members {
		out.Participants = append(out.Participants, participantOf(&r.Members[i]))
	}
	return out
}

func eventOf(e conference.Event) Event {
	out := Event{Sequence: e.Sequence, Time: e.Time, Kind: e.Kind, Participant: string(e.Participant), Source: uint32(e.Source)}
	if e.Cause.Code != "" {
		out.Cause = &Cause{Code: e.Cause.Code, Text: e.Cause.Text}
	}
	if e.Member.ID != "" {
		p := participantOf(&e.Member)
		out.Member = &p
	}
	return out
}

func (s *Server) eventRoutes(api huma.API) {
	op := s.operation(api, huma.Operation{
		OperationID: "watch-conference", Method: http.MethodGet, Path: "/conferences/{id}/events",
		Summary:     "Watch a conference",
		Description: "Server-sent events: \"roster\" first and whenever events may have been missed, then \"event\" for each change, \"ping\" in between. The stream ends with the conference.",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	})
	op.Middlewares = append(op.Middlewares, s.admit(api, func(ctx huma.Context) error {
		_, err := s.find(ctx.Param("id"))
		return err
	}))
	sse.Register(api, op, map[string]any{"roster": Roster{}, "event": Event{}, "ping": Ping{}},
		func(ctx context.Context, in *conferenceInput, send sse.Sender) {
			c, err := s.find(in.ID)
			for err == nil {
				err = s.watch(ctx, c, send)
				if !errors.Is(err, conference.ErrSlow) {
					return
				}
				err = nil // told anew, from the roster on
			}
		})
}

// watch tells a roster and what follows, until the reader falls behind, goes,
// or there is nothing more to tell.
func (s *Server) watch(ctx context.Context, c *conference.Conference, send sse.Sender) error {
	roster, w := c.Watch()
	defer w.Close()
	if err := send(sse.Message{ID: int(roster.Sequence), Data: rosterOf(roster)}); err != nil {
		return err
	}
	for {
		wait, cancel := context.WithTimeout(ctx, pingInterval)
		e, err := w.Next(wait)
		cancel()
		switch {
		case err == nil:
			err = send(sse.Message{ID: int(e.Sequence), Data: eventOf(e)})
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			err = send(sse.Message{Data: Ping{Time: time.Now()}})
		}
		if err != nil {
			return err
		}
	}
}
