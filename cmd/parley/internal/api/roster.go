package api

import (
	"time"

	"parley/conference"
)

// Participant is who is in a conference.
type Participant struct {
	ID          string          `json:"id"`
	Name        string          `json:"name" doc:"Foreign text: never markup."`
	Wire        conference.Wire `json:"wire" enum:"webrtc,sip,h323,multicast,internal"`
	Address     string          `json:"address"`
	Joined      time.Time       `json:"joined"`
	Muted       bool            `json:"muted" doc:"By the participant."`
	MutedByHost bool            `json:"mutedByHost"`
	Encrypted   bool            `json:"encrypted" doc:"All media from and to the participant is encrypted on its way."`
	Alarm       string          `json:"alarm,omitempty" doc:"What is wrong with the connection: a multicast group that is left to another bridge."`
	SendCodec   string          `json:"sendCodec" doc:"What the participant hears in, as an rtpmap."`
	Sources     []Source        `json:"sources" nullable:"false"`
	Missing     []MissingCodec  `json:"missing" nullable:"false" doc:"Pictures that the participant is not sent because it cannot take their codec."`
	Quality     *Quality        `json:"quality,omitempty" doc:"Absent where the wire does not measure."`
}

// Source is one origin of sound or pictures.
type Source struct {
	ID           uint32 `json:"id"`
	Name         string `json:"name"`
	CNAME        string `json:"cname"`
	Email        string `json:"email,omitempty" doc:"Of a member of a multicast group, as are tool and note: what it says of itself. Foreign text: never markup."`
	Tool         string `json:"tool,omitempty"`
	Note         string `json:"note,omitempty"`
	Address      string `json:"address"`
	AudioCodec   string `json:"audioCodec"`
	VideoCodec   string `json:"videoCodec"`
	HasAudio     bool   `json:"hasAudio"`
	HasVideo     bool   `json:"hasVideo"`
	Presentation bool   `json:"presentation" doc:"The pictures are slides or a shared screen."`
	Speaking     bool   `json:"speaking"`
	Level        int    `json:"level" doc:"In dBov, -127 to 0."`
}

// MissingCodec is a source's video that cannot be taken.
type MissingCodec struct {
	Source uint32 `json:"source"`
	Codec  string `json:"codec"`
}

// Quality is how a participant's leg fares.
type Quality struct {
	Packets    uint64  `json:"packets"`
	Lost       int64   `json:"lost"`
	Loss       float64 `json:"loss" doc:"Share lost in the last interval, 0 to 1."`
	JitterMS   float64 `json:"jitterMs"`
	DelayMS    float64 `json:"delayMs" doc:"Of the jitter buffer."`
	Concealed  float64 `json:"concealed" doc:"Share of sound that was invented, 0 to 1."`
	RemoteLoss float64 `json:"remoteLoss"`
	RTTMS      float64 `json:"rttMs" doc:"0: unknown."`
}

func participantOf(m *conference.Member) Participant {
	p := Participant{
		ID: string(m.ID), Name: m.Name, Wire: m.Wire, Address: m.Address, Joined: m.Joined,
		Muted: m.Muted, MutedByHost: m.MutedByHost, Encrypted: m.Encrypted, Alarm: m.Alarm,
		Sources: make([]Source, 0, len(m.Sources)), Missing: make([]MissingCodec, 0, len(m.Missing)),
	}
	if !m.SendFormat.IsZero() {
		p.SendCodec = m.SendFormat.String()
	}
	for _, s := range m.Sources {
		src := Source{
			ID: uint32(s.ID), Name: s.Name, CNAME: s.CNAME, Email: s.Email, Tool: s.Tool, Note: s.Note, Address: s.Address,
			HasAudio: s.HasAudio, HasVideo: s.HasVideo, Presentation: s.Presentation, Speaking: s.Speaking, Level: s.Level,
		}
		if !s.AudioFormat.IsZero() {
			src.AudioCodec = s.AudioFormat.String()
		}
		if !s.VideoFormat.IsZero() {
			src.VideoCodec = s.VideoFormat.String()
		}
		p.Sources = append(p.Sources, src)
	}
	for _, miss := range m.Missing {
		p.Missing = append(p.Missing, MissingCodec{Source: uint32(miss.Source), Codec: miss.Format.String()})
	}
	return p
}

func qualityOf(q conference.Quality) *Quality {
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return &Quality{
		Packets: q.Packets, Lost: q.Lost, Loss: q.LossFraction,
		JitterMS: ms(q.Jitter), DelayMS: ms(q.PlayoutDelay), Concealed: q.Concealed,
		RemoteLoss: q.RemoteLossFraction, RTTMS: ms(q.RoundTrip),
	}
}

// participantsOf is the roster with each leg's quality.
func participantsOf(c *conference.Conference) []Participant {
	roster, quality := c.Roster(), c.Quality()
	out := make([]Participant, 0, len(roster.Members))
	for i := range roster.Members {
		p := participantOf(&roster.Members[i])
		if q, ok := quality[roster.Members[i].ID]; ok {
			p.Quality = qualityOf(q)
		}
		out = append(out, p)
	}
	return out
}
