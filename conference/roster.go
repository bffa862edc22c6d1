package conference

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"log/slog"
	"slices"
	"strings"
	"time"

	"parley/conference/internal/mixer"
)

// stay is what keeps a conference in being.
type stay uint8

const (
	stayDeclared   stay = iota // always there
	stayOnDemand               // until OnDemandLinger after the last one left
	stayUndeclared             // was declared; until the last one leaves
)

// roster is who is in a conference and who speaks. It belongs to one
// goroutine, which calls nobody: a Participant may call a Seat from any of its
// methods.
type roster struct {
	conference *Conference
	log        *slog.Logger
	stay       stay
	closing    bool
	ended      bool
	linger     *time.Timer

	members  []*member // in the order of joining
	byID     map[ParticipantID]*member
	sources  map[SourceID]*source
	watches  map[*Watch]struct{}
	sequence uint64
	active   SourceID // whose voice
	seen     SourceID // whose picture, as the switch was told
	// presentations are those that have pictures, in the order in which they
	// began; presenting is the one that is shown.
	presentations []SourceID
	presenting    SourceID
}

func newRoster(c *Conference, declared bool) *roster {
	r := &roster{
		conference: c,
		log:        c.log,
		linger:     time.NewTimer(OnDemandLinger),
		byID:       make(map[ParticipantID]*member),
		sources:    make(map[SourceID]*source),
		watches:    make(map[*Watch]struct{}),
	}
	if !declared {
		r.stay = stayOnDemand
	}
	return r
}

// run is the roster's goroutine.
func (r *roster) run() {
	defer r.linger.Stop()
	for !r.ended {
		select {
		case f := <-r.conference.commands:
			f(r)
		case <-r.conference.changed:
			r.notice()
		case <-r.linger.C:
			if r.stay == stayOnDemand && len(r.members) == 0 {
				r.end()
			}
		}
	}
	close(r.conference.ended)
}

// touch starts the linger anew.
func (r *roster) touch() { r.linger.Reset(OnDemandLinger) }

// endIfDone ends a conference that nothing keeps.
func (r *roster) endIfDone() {
	if len(r.members) == 0 && (r.closing || r.stay == stayUndeclared) {
		r.end()
	}
}

func (r *roster) end() {
	if r.ended {
		return
	}
	r.ended, r.closing = true, true
	r.emit(EventEnded, nil, 0, Cause{Code: CauseEnded})
	for w := range r.watches {
		w.end(ErrClosed, false)
	}
	clear(r.watches)
}

// emit adds an Event to the stream. m may be nil.
func (r *roster) emit(kind EventKind, m *member, id SourceID, cause Cause) {
	r.sequence++
	e := Event{
		Sequence:   r.sequence,
		Time:       time.Now(),
		Kind:       kind,
		Conference: r.conference.id,
		Source:     id,
		Cause:      cause,
	}
	if m != nil {
		e.Participant, e.Member = m.id, m.snapshot()
	}
	for w := range r.watches {
		if !w.push(e) {
			delete(r.watches, w)
		}
	}
}

func (r *roster) snapshot() Roster {
	out := Roster{
		Sequence:      r.sequence,
		Conference:    r.conference.id,
		Title:         r.conference.settings.Load().Title,
		Members:       make([]Member, len(r.members)),
		ActiveSpeaker: r.active,
		Presenting:    r.presenting,
	}
	for i, m := range r.members {
		out.Members[i] = m.snapshot()
	}
	return out
}

// admits says why nobody more may sit, or nil.
func (r *roster) admits() error {
	limit := r.conference.settings.Load().MaxParticipants
	if limit <= 0 {
		limit = DefaultMaxParticipants
	}
	switch {
	case r.closing:
		return ErrClosed
	case len(r.members) >= limit:
		return ErrFull
	}
	return nil
}

func (r *roster) join(m *member) error {
	if err := r.admits(); err != nil {
		return err
	}
	r.members = append(r.members, m)
	r.byID[m.id] = m
	m.first.id = r.newSourceID()
	r.addSink(m)
	r.enlist(m, m.first)
	r.publish()
	r.log.Info("joined", "participant", m.id, "name", m.info.Name, "wire", m.info.Wire, "address", m.info.Address)
	r.emit(EventJoined, m, m.first.id, Cause{})
	return nil
}

// leave ends a seat; what follows it is harmless.
func (r *roster) leave(m *member, cause Cause) {
	if r.byID[m.id] != m {
		return
	}
	cause.Text = clean(cause.Text, maxTextLength)
	last := m.snapshot()
	m.last = &last
	delete(r.byID, m.id)
	r.members = slices.DeleteFunc(r.members, func(o *member) bool { return o == m })
	for _, s := range m.sources {
		r.delist(s)
	}
	if m.output != nil {
		m.output.Close()
	}
	if m.sink != nil {
		m.sink.Close()
	}
	r.publish()
	r.log.Info("left", "participant", m.id, "cause", cause.String())
	r.emit(EventLeft, m, 0, cause)
	r.showPresentation()
	r.touch()
	r.endIfDone()
}

// enlist gives a source its place, and its sound an Input.
func (r *roster) enlist(m *member, s *source) {
	s.member = m
	m.sources = append(m.sources, s)
	r.sources[s.id] = s
	if s.audio != nil {
		s.input = mixer.NewInput(uint32(s.id), s.audio, m.output)
		s.input.SetMuted(m.silenced())
	}
	r.show(s)
}

// delist takes a source's place away.
func (r *roster) delist(s *source) {
	delete(r.sources, s.id)
	if s.input != nil {
		s.input.Close()
	}
	r.hide(s)
}

func (r *roster) addSource(m *member, info SourceInfo) (SourceID, error) {
	switch {
	case r.byID[m.id] != m:
		return 0, ErrClosed
	case len(m.sources) >= MaxSources:
		return 0, ErrFull
	}
	s := &source{id: r.newSourceID(), info: info, audio: info.Audio}
	r.enlist(m, s)
	r.publish()
	r.emit(EventSourceAdded, m, s.id, Cause{})
	r.showPresentation()
	return s.id, nil
}

func (r *roster) updateSource(m *member, id SourceID, info SourceInfo) {
	s := r.sources[id]
	if s == nil || s.member != m || s.info.equal(info) {
		return
	}
	info.Audio = s.info.Audio
	s.info = info
	r.show(s)
	r.emit(EventSourceUpdated, m, id, Cause{})
	r.showPresentation()
}

// removeSource ends a source. A Participant's first one stays with it.
func (r *roster) removeSource(m *member, id SourceID) {
	s := r.sources[id]
	if s == nil || s.member != m || s == m.first {
		return
	}
	r.delist(s)
	m.sources = slices.DeleteFunc(m.sources, func(o *source) bool { return o == s })
	r.publish()
	r.emit(EventSourceRemoved, m, id, Cause{})
	r.showPresentation()
}

func (r *roster) update(m *member, info Info) {
	if r.byID[m.id] != m || m.info.equal(info) {
		return
	}
	saw := m.info.sees()
	m.info = info
	r.emit(EventUpdated, m, 0, Cause{})
	if m.sink != nil {
		m.sink.SetFormats(info.Formats, info.Presentation)
		if info.sees() != saw {
			r.askMissing(m)
		}
	}
}

func (r *roster) mute(m *member, self, host bool) {
	if r.byID[m.id] != m || (m.muted == self && m.mutedByHost == host) {
		return
	}
	m.muted, m.mutedByHost = self, host
	for _, s := range m.sources {
		if s.input != nil {
			s.input.SetMuted(m.silenced())
		}
	}
	r.emit(EventMuted, m, 0, Cause{})
}

// publish tells the mixer who is there.
func (r *roster) publish() {
	room := &mixer.Room{
		Inputs:  make([]*mixer.Input, 0, len(r.sources)),
		Outputs: make([]*mixer.Output, 0, len(r.members)),
	}
	for _, m := range r.members {
		if m.output != nil {
			room.Outputs = append(room.Outputs, m.output)
		}
		for _, s := range m.sources {
			if s.input != nil {
				room.Inputs = append(room.Inputs, s.input)
			}
		}
	}
	r.conference.mixer.Publish(room)
	if s := r.sources[r.active]; s == nil && r.active != 0 {
		r.activate(0)
	}
}

// notice takes over what the mixer and the switch saw change.
func (r *roster) notice() {
	for _, m := range r.members {
		if m.missingChanged.Swap(false) {
			r.askMissing(m)
		}
		if f := m.hears(); f != m.sendFormat {
			m.sendFormat = f
			r.emit(EventUpdated, m, 0, Cause{})
		}
		for _, s := range m.sources {
			if s.input != nil && s.input.Speaking() != s.speaking {
				s.speaking = !s.speaking
				r.emit(EventSpeaking, m, s.id, Cause{})
			}
		}
	}
	if id := SourceID(r.conference.mixer.ActiveSpeaker()); id != r.active && (id == 0 || r.sources[id] != nil) {
		r.activate(id)
	}
}

func (r *roster) activate(id SourceID) {
	r.active = id
	r.showActive()
	var m *member
	if s := r.sources[id]; s != nil {
		m = s.member
	}
	r.emit(EventActiveSpeaker, m, id, Cause{})
}

// newSourceID draws an id that no source of the conference has: random, as an
// SSRC must be (RFC 3550 8).
func (r *roster) newSourceID() SourceID {
	for {
		var b [4]byte
		rand.Read(b[:])
		id := SourceID(binary.BigEndian.Uint32(b[:]))
		if id > PresentationStream && r.sources[id] == nil {
			return id
		}
	}
}

// newParticipantID draws 80 random bits, which never come again.
func newParticipantID() ParticipantID {
	var b [10]byte
	rand.Read(b[:])
	return ParticipantID(strings.ToLower(base32.StdEncoding.EncodeToString(b[:])))
}
