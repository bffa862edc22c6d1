package conference

import (
	"bytes"
	"slices"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/conference/internal/mixer"
	"parley/conference/internal/video"
)

// member is a Participant in the roster. It belongs to the roster's goroutine,
// but for what is set once by newMember.
type member struct {
	id          ParticipantID
	participant Participant
	output      *mixer.Output // nil: hears nothing
	pictures    VideoPort     // nil: neither sees nor shows
	joined      time.Time
	first       *source
	// missingChanged is set by the switch.
	missingChanged atomic.Bool

	sink        *video.Sink // nil: sees nothing
	info        Info
	muted       bool
	mutedByHost bool
	sendFormat  codecs.Format
	sources     []*source
	missing     []MissingCodec
	last        *Member // the entry of who has left
}

// source is one source in the roster.
type source struct {
	id       SourceID
	member   *member
	info     SourceInfo
	audio    AudioSource
	input    *mixer.Input // nil: no sound
	speaking bool
	shown    bool // the switch knows it
}

// newMember asks p all that is asked of it once.
func newMember(p Participant, now time.Time) *member {
	m := &member{
		id:          newParticipantID(),
		participant: p,
		joined:      now,
		info:        p.Info().bounded(),
		first:       new(source),
		pictures:    p.Video(),
	}
	if port := p.Audio(); port != nil {
		m.output = mixer.NewOutput(port)
		m.first.audio = port
		if pp, ok := port.(PayloadPort); ok {
			m.sendFormat = pp.AudioFormat()
			m.output.Expect(m.sendFormat)
		}
	}
	return m
}

// shown are the sources that had pictures at some time.
func (m *member) shown() (ids []SourceID) {
	for _, s := range m.sources {
		if s.shown {
			ids = append(ids, s.id)
		}
	}
	return ids
}

func (m *member) silenced() bool { return m.muted || m.mutedByHost }

func (m *member) hears() codecs.Format {
	if m.output == nil {
		return codecs.Format{}
	}
	return m.output.Format()
}

func (m *member) snapshot() Member {
	if m.last != nil {
		return *m.last
	}
	out := Member{
		ID:          m.id,
		Name:        m.info.Name,
		Wire:        m.info.Wire,
		Address:     m.info.Address,
		Joined:      m.joined,
		Muted:       m.muted,
		MutedByHost: m.mutedByHost,
		Encrypted:   m.info.Encrypted,
		Alarm:       m.info.Alarm,
		SendFormat:  m.sendFormat,
		Sources:     make([]SourceState, len(m.sources)),
		Missing:     slices.Clone(m.missing),
	}
	for i, s := range m.sources {
		out.Sources[i] = s.snapshot()
	}
	return out
}

func (s *source) snapshot() SourceState {
	out := SourceState{
		ID:           s.id,
		Name:         s.info.Name,
		CNAME:        s.info.CNAME,
		Email:        s.info.Email,
		Tool:         s.info.Tool,
		Note:         s.info.Note,
		Address:      s.info.Address,
		AudioFormat:  s.info.AudioFormat,
		VideoFormat:  s.info.VideoFormat,
		HasAudio:     s.input != nil,
		HasVideo:     !s.info.VideoFormat.IsZero(),
		Presentation: s.info.Presentation,
		Level:        -127,
	}
	if s.input != nil {
		out.Speaking, out.Level = s.speaking, s.input.Level()
	}
	return out
}

// bounded returns i as the roster keeps it: foreign text cleaned and cut.
func (i Info) bounded() Info {
	i.Name = clean(i.Name, MaxNameLength)
	i.Address = clean(i.Address, maxTextLength)
	i.Alarm = clean(i.Alarm, maxTextLength)
	i.Formats = slices.Clone(i.Formats[:min(len(i.Formats), maxFormats)])
	i.Presentation = slices.Clone(i.Presentation[:min(len(i.Presentation), maxFormats)])
	return i
}

func (i Info) equal(o Info) bool {
	return i.Name == o.Name && i.Address == o.Address && i.Wire == o.Wire &&
		i.ManyStreams == o.ManyStreams && i.Encrypted == o.Encrypted && i.Alarm == o.Alarm && slices.Equal(i.Formats, o.Formats) && slices.Equal(i.Presentation, o.Presentation)
}

// bounded returns i as the roster keeps it.
func (i SourceInfo) bounded() SourceInfo {
	i.Name = clean(i.Name, MaxNameLength)
	for _, text := range []*string{&i.CNAME, &i.Email, &i.Tool, &i.Note} {
		*text = clean(*text, maxTextLength)
	}
	i.Address = clean(i.Address, maxTextLength)
	var sets [][]byte
	for _, p := range i.ParameterSets {
		if len(sets) < maxParameterSets && len(p) <= maxParameterSetBytes {
			sets = append(sets, bytes.Clone(p))
		}
	}
	i.ParameterSets = sets
	return i
}

func (i SourceInfo) equal(o SourceInfo) bool {
	return i.Name == o.Name && i.CNAME == o.CNAME && i.Address == o.Address &&
		i.AudioFormat == o.AudioFormat && i.VideoFormat == o.VideoFormat && i.Presentation == o.Presentation &&
		slices.EqualFunc(i.ParameterSets, o.ParameterSets, bytes.Equal)
}
