package conference

import (
	"slices"

	"parley/codecs"
	"parley/conference/internal/video"
)

// This file joins the roster and the video switch. The switch calls
// Participants from goroutines of its own and never while the roster waits
// for it.

// pictures hands a sink's packets to its Participant.
type pictures struct {
	port   VideoPort
	packet VideoPacket
}

// forward is called from one goroutine at a time.
func (p *pictures) forward(v *video.Packet) {
	p.packet = VideoPacket{
		Stream:         SourceID(v.Stream),
		Source:         SourceID(v.Source),
		Format:         v.Format,
		SequenceNumber: v.SequenceNumber,
		Timestamp:      v.Timestamp,
		Marker:         v.Marker,
		Keyframe:       v.Keyframe,
		Head:           v.Head,
		Payload:        v.Payload,
	}
	p.port.Forward(&p.packet)
}

// addSink lets m see.
func (r *roster) addSink(m *member) {
	if m.pictures == nil {
		return
	}
	cfg := video.SinkConfig{
		Owner:        m,
		Formats:      m.info.Formats,
		Presentation: m.info.Presentation,
		ManyStreams:  m.info.ManyStreams,
		Forward:      (&pictures{port: m.pictures}).forward,
		MissingChanged: func([]video.Missing) {
			m.missingChanged.Store(true)
			r.conference.wake()
		},
	}
	if p, ok := m.pictures.(FollowingPort); ok {
		cfg.Ranked = p.Follow
	}
	m.sink = r.conference.video.AddSink(cfg)
}

// askMissing takes over what m cannot see for want of a codec. Who takes no
// video at all misses none.
func (r *roster) askMissing(m *member) {
	var now []MissingCodec
	if m.info.sees() {
		for _, v := range m.sink.Missing() {
			now = append(now, MissingCodec{Source: SourceID(v.Source), Format: v.Format})
		}
	}
	if slices.Equal(now, m.missing) {
		return
	}
	m.missing = now
	r.emit(EventMissingCodec, m, 0, Cause{})
}

// sees reports whether any video can be taken.
func (i Info) sees() bool {
	return slices.ContainsFunc(i.Formats, func(f codecs.Format) bool { return f.Media() == codecs.MediaVideo })
}

// show tells the switch what is known of a source's picture. A source without
// one is told only if it had one.
func (r *roster) show(s *source) {
	if s.info.VideoFormat.IsZero() && !s.shown {
		return
	}
	s.shown = true
	cfg := video.SourceConfig{
		Owner:         s.member,
		Format:        s.info.VideoFormat,
		Presentation:  s.info.Presentation,
		ParameterSets: s.info.ParameterSets,
	}
	if port := s.member.pictures; port != nil {
		cfg.RequestKeyframe = func() bool { return port.RequestKeyframe(s.id) }
		if p, ok := port.(RatePort); ok {
			cfg.LimitRate = func(bitRate int) { p.LimitRate(s.id, bitRate) }
		}
	}
	r.conference.video.SetSource(video.SourceID(s.id), cfg)
	r.presentations = slices.DeleteFunc(r.presentations, func(id SourceID) bool { return id == s.id && !s.presents() })
	if s.presents() && !slices.Contains(r.presentations, s.id) {
		r.presentations = append(r.presentations, s.id)
	}
	r.showActive()
}

// hide ends a source's picture.
func (r *roster) hide(s *source) {
	if s.shown {
		r.conference.video.RemoveSource(video.SourceID(s.id))
	}
	r.presentations = slices.DeleteFunc(r.presentations, func(id SourceID) bool { return id == s.id })
}

// presents reports whether a source is a presentation that has pictures.
func (s *source) presents() bool { return s.info.Presentation && !s.info.VideoFormat.IsZero() }

// showPresentation tells switch and watches which presentation is shown, after
// they know its source: the last that began.
func (r *roster) showPresentation() {
	var now SourceID
	if n := len(r.presentations); n > 0 {
		now = r.presentations[n-1]
	}
	if now == r.presenting {
		return
	}
	r.presenting = now
	r.conference.video.SetPresenting(video.SourceID(now))
	var m *member
	if s := r.sources[now]; s != nil {
		m = s.member
	}
	r.emit(EventPresenting, m, now, Cause{})
}

// showActive tells the switch whose picture goes with the active speaker's
// voice: the same source's; that of the same endpoint (one CNAME, RFC 3550
// 6.5.1) where sound and picture come as two sources; for a Participant's own
// voice, else, any other that it shows.
func (r *roster) showActive() {
	s := r.sources[r.active]
	if s == nil {
		return
	}
	best, rank := SourceID(0), 0
	for _, o := range s.member.sources {
		n := 0
		switch {
		case o.info.VideoFormat.IsZero() || o.info.Presentation:
		case o == s:
			n = 3
		case o.info.CNAME != "" && o.info.CNAME == s.info.CNAME:
			n = 2
		case s == s.member.first:
			n = 1
		}
		if n > rank {
			best, rank = o.id, n
		}
	}
	if best != 0 && best != r.seen {
		r.seen = best
		r.conference.video.SetActive(video.SourceID(best))
	}
}
