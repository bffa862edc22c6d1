package api

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/codecs"
	"parley/multicast"
	"parley/multicast/sap"
)

// Directory is the sessions that others announce, and those announced here.
type Directory interface {
	// Sessions are all that are heard, by title.
	Sessions() []Heard
	// Probe finds out whether anybody sends to a session. sap.ErrBusy.
	Probe(ctx context.Context, s *sap.Session) error
	// Join has a session take part in a conference. multicast.ErrJoined,
	// multicast.ErrTooMany and what codecs says of descriptions.
	Join(s *sap.Session, conferenceID string) error
	// Leave ends that. multicast.ErrNoGroup.
	Leave(s *sap.Session) error
	// Public tells whether a conference's groups are announced.
	Public(conferenceID string) bool
	// Announce begins or ends it.
	Announce(conferenceID string, public bool)
}

// Heard is a session that is announced.
type Heard struct {
	sap.Session
	Conference string // in which it takes part; empty: none
	Live       Live
}

// Live says whether anybody sends.
type Live string

// What is known of it.
const (
	LiveYes     Live = "yes"
	LiveNo      Live = "no"
	LiveUnknown Live = "unknown"
)

// MulticastSession is an announced session as the API shows it.
type MulticastSession struct {
	ID          string            `json:"id" doc:"As long as it is announced with this content."`
	Title       string            `json:"title"`
	Owner       string            `json:"owner" doc:"Who made it, by its own account."`
	Information string            `json:"information"`
	Tool        string            `json:"tool"`
	Media       []MulticastMedium `json:"media" nullable:"false"`
	From        string            `json:"from" doc:"The host whose announcements these are."`
	Group       string            `json:"announcedIn"`
	HeardSince  time.Time         `json:"heardSince"`
	LastHeard   time.Time         `json:"lastHeard"`
	Own         bool              `json:"own" doc:"Announced by this bridge."`
	Conference  string            `json:"conference" doc:"In which it takes part; empty: none."`
	Live        Live              `json:"live" enum:"yes,no,unknown" doc:"Whether anybody sends. Of sessions in which the bridge takes no part it is known for half a minute after a probe."`
	SDP         string            `json:"sdp,omitempty" doc:"Of one session alone: its description (RFC 8866), without keys."`
}

// MulticastMedium is one medium of a session.
type MulticastMedium struct {
	Kind     string   `json:"kind" example:"audio"`
	Group    string   `json:"group" example:"239.255.42.42:5004"`
	Groups   int      `json:"groups" doc:"Contiguous groups of a layered session."`
	TTL      int      `json:"ttl" doc:"0: none is said."`
	Protocol string   `json:"protocol" example:"RTP/AVP"`
	Codecs   []string `json:"codecs" nullable:"false"`
	Sources  []string `json:"sources,omitempty" doc:"Hosts that alone are taken; absent: all are."`
}

// MulticastSessionOf is how a session is shown.
func MulticastSessionOf(h *Heard) MulticastSession {
	out := MulticastSession{
		ID: h.ID, Title: h.Title, Owner: h.Owner, Information: h.Information, Tool: h.Tool,
		Media: make([]MulticastMedium, 0, len(h.Media)),
		From:  h.From.String(), Group: addressText(h.In), HeardSince: h.First, LastHeard: h.Last,
		Own: h.Own, Conference: h.Conference, Live: h.Live,
	}
	for _, m := range h.Media {
		medium := MulticastMedium{
			Kind: m.Kind, Group: m.Group.String(), Groups: m.Groups, TTL: m.TTL, Protocol: m.Protocol, Codecs: append([]string{}, m.Formats...),
		}
		for _, source := range m.Sources {
			medium.Sources = append(medium.Sources, source.String())
		}
		out.Media = append(out.Media, medium)
	}
	return out
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// MulticastSessions are all that are heard.
type MulticastSessions struct {
	Sessions []MulticastSession `json:"sessions" nullable:"false"`
}

type multicastSessionsOutput struct{ Body MulticastSessions }

type multicastSessionInput struct {
	Session string `path:"session" maxLength:"32" doc:"Of the session."`
}

type multicastSessionOutput struct{ Body MulticastSession }

// JoinRequest says where a session is to take part.
type JoinRequest struct {
	Conference string `json:"conference" maxLength:"64" example:"lobby"`
}

type joinInput struct {
	Session string `path:"session" maxLength:"32" doc:"Of the session."`
	Body    JoinRequest
}

// Announcement says whether a conference's groups are announced.
type Announcement struct {
	Public bool `json:"public" doc:"Until the next change of the configuration or restart."`
}

type announcementInput struct {
	ID   string `path:"id" maxLength:"64" example:"lobby" doc:"Of the conference."`
	Body Announcement
}

type announcementOutput struct{ Body Announcement }

func (s *Server) multicastRoutes(api huma.API) {
	register := func(id, method, path, summary, text string, errs ...int) huma.Operation {
		return s.operation(api, huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary, Description: text,
			Errors: append(errs, http.StatusNotImplemented),
		})
	}
	huma.Register(api, register("list-multicast-sessions", http.MethodGet, "/multicast/sessions", "List multicast sessions",
		"All that are announced in the network by SAP (RFC 2974), by title. Whoever is in the network can announce: what is said here is what they say."),
		func(context.Context, *struct{}) (*multicastSessionsOutput, error) {
			if s.deps.Directory == nil {
				return nil, noDirectory()
			}
			return &multicastSessionsOutput{Body: s.multicastSessions()}, nil
		})
	huma.Register(api, register("get-multicast-session", http.MethodGet, "/multicast/sessions/{session}", "Show a multicast session", "", http.StatusNotFound),
		func(_ context.Context, in *multicastSessionInput) (*multicastSessionOutput, error) {
			return s.multicastSession(in.Session)
		})
	huma.Register(api, register("probe-multicast-session", http.MethodPost, "/multicast/sessions/{session}/probe", "Find out whether anybody sends",
		"Joins the session's groups for up to 1.5 seconds, where the bridge does not take part anyway.", http.StatusNotFound, http.StatusServiceUnavailable), s.probeSession)
	huma.Register(api, register("join-multicast-session", http.MethodPost, "/multicast/sessions/{session}/join", "Take a session into a conference",
		"Its first audio and first video medium, until it is left or the bridge ends.", http.StatusNotFound, http.StatusConflict), s.joinSession)
	huma.Register(api, register("leave-multicast-session", http.MethodPost, "/multicast/sessions/{session}/leave", "Take a session out of its conference", "",
		http.StatusNotFound, http.StatusConflict), s.leaveSession)
	huma.Register(api, register("announce-conference", http.MethodPut, "/conferences/{id}/announcement", "Announce a conference, or no longer",
		"Its multicast groups, in the network by SAP (RFC 2974).", http.StatusNotFound, http.StatusConflict), s.announceConference)
	s.multicastEventRoute(api)
}

func noDirectory() error {
	return huma.Error501NotImplemented("multicast is off: set multicast.enabled")
}

// heard returns an announced session.
func (s *Server) heard(id string) (*Heard, error) {
	if s.deps.Directory == nil {
		return nil, noDirectory()
	}
	sessions := s.deps.Directory.Sessions()
	for i := range sessions {
		if sessions[i].ID == id {
			return &sessions[i], nil
		}
	}
	return nil, huma.Error404NotFound("no such session is announced, or no longer")
}

func (s *Server) multicastSessions() MulticastSessions {
	sessions := s.deps.Directory.Sessions()
	out := MulticastSessions{Sessions: make([]MulticastSession, 0, len(sessions))}
	for i := range sessions {
		out.Sessions = append(out.Sessions, MulticastSessionOf(&sessions[i]))
	}
	return out
}

func (s *Server) multicastSession(id string) (*multicastSessionOutput, error) {
	h, err := s.heard(id)
	if err != nil {
		return nil, err
	}
	return multicastSessionOf(h), nil
}

// multicastSessionOf describes a session with its SDP.
func multicastSessionOf(h *Heard) *multicastSessionOutput {
	out := MulticastSessionOf(h)
	out.SDP = withoutKeys(string(h.SDP))
	return &multicastSessionOutput{Body: out}
}

// withoutKeys leaves the lines out that tell keys (RFC 4568, RFC 4567, RFC 8866
// 5.12): who may ask here need not be who may hear the session.
func withoutKeys(description string) string {
	var out strings.Builder
	for line := range strings.Lines(description) {
		switch name, _, _ := strings.Cut(strings.TrimSpace(line), ":"); {
		case name == "a=crypto", name == "a=key-mgmt", strings.HasPrefix(name, "k="):
		default:
			out.WriteString(line)
		}
	}
	return out.String()
}

func (s *Server) probeSession(ctx context.Context, in *multicastSessionInput) (*multicastSessionOutput, error) {
	h, err := s.heard(in.Session)
	if err != nil {
		return nil, err
	}
	if err := s.deps.Directory.Probe(ctx, &h.Session); err != nil {
		return nil, sessionProblem(err)
	}
	return s.multicastSession(in.Session)
}

func (s *Server) joinSession(_ context.Context, in *joinInput) (*multicastSessionOutput, error) {
	h, err := s.heard(in.Session)
	if err != nil {
		return nil, err
	}
	if _, err := s.find(in.Body.Conference); err != nil {
		return nil, err
	}
	if err := s.deps.Directory.Join(&h.Session, in.Body.Conference); err != nil {
		return nil, sessionProblem(err)
	}
	return s.multicastSession(in.Session)
}

func (s *Server) leaveSession(_ context.Context, in *multicastSessionInput) (*multicastSessionOutput, error) {
	h, err := s.heard(in.Session)
	if err != nil {
		return nil, err
	}
	if err := s.deps.Directory.Leave(&h.Session); err != nil {
		return nil, sessionProblem(err)
	}
	if left, err := s.multicastSession(in.Session); err == nil {
		return left, nil
	}
	// An ended session is listed no more, once it is left.
	h.Conference = ""
	return multicastSessionOf(h), nil
}

func (s *Server) announceConference(_ context.Context, in *announcementInput) (*announcementOutput, error) {
	if s.deps.Directory == nil {
		return nil, noDirectory()
	}
	c, err := s.find(in.ID)
	if err != nil {
		return nil, err
	}
	if in.Body.Public && c.NeedsPIN() {
		return nil, huma.Error409Conflict("its groups do not ask for the PIN that the conference has")
	}
	s.deps.Directory.Announce(in.ID, in.Body.Public)
	return &announcementOutput{Body: in.Body}, nil
}

// sessionProblem translates what the multicast wire says.
func sessionProblem(err error) error {
	switch {
	case errors.Is(err, sap.ErrBusy):
		return huma.Error503ServiceUnavailable("as many sessions as may be are being listened to; ask again")
	case errors.Is(err, multicast.ErrNoGroup):
		return huma.Error409Conflict("the session takes part in no conference")
	case errors.Is(err, multicast.ErrJoined):
		_, where, _ := strings.Cut(err.Error(), multicast.ErrJoined.Error())
		return huma.Error409Conflict("the session, or another with the same group, takes part in a conference already" + where)
	case errors.Is(err, multicast.ErrSent):
		return huma.Error409Conflict(strings.TrimPrefix(multicast.ErrSent.Error(), "multicast: "))
	case errors.Is(err, multicast.ErrTooMany):
		return huma.Error409Conflict("as many groups as may already take part in conferences")
	case errors.Is(err, codecs.ErrMalformed), errors.Is(err, codecs.ErrUnsupported):
		return huma.Error409Conflict("the session cannot take part: " + err.Error())
	}
	return problem(err)
}
