package webrtc

import (
	"time"

	"parley/codecs"
	"parley/conference"
)

// The messages to the page, as docs/signalling.md names their fields.

type conferenceView struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type iceServer struct {
	URLs []string `json:"urls"`
}

type welcomeMessage struct {
	Type       string         `json:"type"`
	ID         string         `json:"id"`
	Token      string         `json:"token"`
	Resumed    bool           `json:"resumed"`
	Conference conferenceView `json:"conference"`
	ICEServers []iceServer    `json:"iceServers"`
	Roster     rosterView     `json:"roster"`
}

type errorMessage struct {
	Type    string `json:"type"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type rosterMessage struct {
	Type   string     `json:"type"`
	Roster rosterView `json:"roster"`
}

type eventMessage struct {
	Type  string    `json:"type"`
	Event eventView `json:"event"`
}

type qualityMessage struct {
	Type         string                                   `json:"type"`
	Participants map[conference.ParticipantID]qualityView `json:"participants"`
}

type pingMessage struct {
	Type string `json:"type"`
}

type byeMessage struct {
	Type  string `json:"type"`
	Cause string `json:"cause"`
	Text  string `json:"text"`
}

type rosterView struct {
	Sequence      uint64       `json:"sequence"`
	Conference    string       `json:"conference"`
	Title         string       `json:"title"`
	ActiveSpeaker uint32       `json:"activeSpeaker"`
	Presenting    uint32       `json:"presenting"`
	Members       []memberView `json:"members"`
}

type memberView struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Wire        string        `json:"wire"`
	Address     string        `json:"address"`
	Joined      time.Time     `json:"joined"`
	Muted       bool          `json:"muted"`
	MutedByHost bool          `json:"mutedByHost"`
	Encrypted   bool          `json:"encrypted"`
	Alarm       string        `json:"alarm,omitempty"`
	SendCodec   string        `json:"sendCodec"`
	Sources     []sourceView  `json:"sources"`
	Missing     []missingView `json:"missing"`
}

type sourceView struct {
	ID           uint32 `json:"id"`
	Name         string `json:"name"`
	CNAME        string `json:"cname"`
	Email        string `json:"email,omitempty"`
	Tool         string `json:"tool,omitempty"`
	Note         string `json:"note,omitempty"`
	Address      string `json:"address"`
	AudioCodec   string `json:"audioCodec"`
	VideoCodec   string `json:"videoCodec"`
	HasAudio     bool   `json:"hasAudio"`
	HasVideo     bool   `json:"hasVideo"`
	Presentation bool   `json:"presentation"`
	Speaking     bool   `json:"speaking"`
	Level        int    `json:"level"`
}

type missingView struct {
	Source uint32 `json:"source"`
	Codec  string `json:"codec"`
}

type causeView struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

type eventView struct {
	Sequence    uint64     `json:"sequence"`
	Time        time.Time  `json:"time"`
	Kind        string     `json:"kind"`
	Participant string     `json:"participant"`
	Source      uint32     `json:"source"`
	Cause       causeView  `json:"cause"`
	Member      memberView `json:"member"`
}

type qualityView struct {
	Loss       float64 `json:"loss"`
	JitterMs   float64 `json:"jitterMs"`
	DelayMs    float64 `json:"delayMs"`
	RTTMs      float64 `json:"rttMs"`
	RemoteLoss float64 `json:"remoteLoss"`
}

func viewRoster(r conference.Roster) rosterView {
	v := rosterView{
		Sequence:      r.Sequence,
		Conference:    r.Conference,
		Title:         r.Title,
		ActiveSpeaker: uint32(r.ActiveSpeaker),
		Presenting:    uint32(r.Presenting),
		Members:       make([]memberView, 0, len(r.Members)),
	}
	for _, m := range r.Members {
		v.Members = append(v.Members, viewMember(m))
	}
	return v
}

func viewMember(m conference.Member) memberView {
	v := memberView{
		ID:          string(m.ID),
		Name:        m.Name,
		Wire:        string(m.Wire),
		Address:     m.Address,
		Joined:      m.Joined,
		Muted:       m.Muted,
		MutedByHost: m.MutedByHost,
		Encrypted:   m.Encrypted,
		Alarm:       m.Alarm,
		SendCodec:   viewCodec(m.SendFormat),
		Sources:     make([]sourceView, 0, len(m.Sources)),
		Missing:     make([]missingView, 0, len(m.Missing)),
	}
	for _, s := range m.Sources {
		v.Sources = append(v.Sources, sourceView{
			ID:           uint32(s.ID),
			Name:         s.Name,
			CNAME:        s.CNAME,
			Email:        s.Email,
			Tool:         s.Tool,
			Note:         s.Note,
			Address:      s.Address,
			AudioCodec:   viewCodec(s.AudioFormat),
			VideoCodec:   viewCodec(s.VideoFormat),
			HasAudio:     s.HasAudio,
			HasVideo:     s.HasVideo,
			Presentation: s.Presentation,
			Speaking:     s.Speaking,
			Level:        s.Level,
		})
	}
	for _, x := range m.Missing {
		v.Missing = append(v.Missing, missingView{Source: uint32(x.Source), Codec: viewCodec(x.Format)})
	}
	return v
}

// viewCodec is what a person reads of a Format: its encoding name.
func viewCodec(f codecs.Format) string { return f.Name }

func viewEvent(e conference.Event) eventView {
	return eventView{
		Sequence:    e.Sequence,
		Time:        e.Time,
		Kind:        string(e.Kind),
		Participant: string(e.Participant),
		Source:      uint32(e.Source),
		Cause:       causeView{Code: string(e.Cause.Code), Text: e.Cause.Text},
		Member:      viewMember(e.Member),
	}
}

func viewQuality(q conference.Quality) qualityView {
	return qualityView{
		Loss:       q.LossFraction,
		JitterMs:   milliseconds(q.Jitter),
		DelayMs:    milliseconds(q.PlayoutDelay),
		RTTMs:      milliseconds(q.RoundTrip),
		RemoteLoss: q.RemoteLossFraction,
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
