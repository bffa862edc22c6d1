package conference

import (
	"parley/codecs"
	"parley/conference/internal/video"
)

// Seat is a Participant's place in a Conference. All methods are safe for
// concurrent use, and harmless after Leave.
type Seat struct {
	conference *Conference
	member     *member
}

// do has the roster's goroutine execute f. After the end of the conference
// there is nothing to be done.
func (s *Seat) do(f func(*roster)) { _ = s.conference.do(f) }

// ID names the Participant.
func (s *Seat) ID() ParticipantID { return s.member.id }

// Conference is where the seat stands.
func (s *Seat) Conference() *Conference { return s.conference }

// Source is the Participant's first source. It exists from Join on: sound is
// read from the Participant's AudioPort, pictures are whatever Forward gets
// for it once UpdateSource has told their Format.
func (s *Seat) Source() SourceID { return s.member.first.id }

// AddSource adds a further source: a group's member, a second camera. Its
// sound is mixed for all but this Participant. It fails with ErrClosed, or
// ErrFull when the Participant has MaxSources.
func (s *Seat) AddSource(info SourceInfo) (SourceID, error) {
	info = info.bounded()
	var id SourceID
	var err error
	if closed := s.conference.do(func(r *roster) { id, err = r.addSource(s.member, info) }); closed != nil {
		return 0, closed
	}
	return id, err
}

// UpdateSource replaces what is known of a source; its Audio cannot change.
func (s *Seat) UpdateSource(id SourceID, info SourceInfo) {
	info = info.bounded()
	s.do(func(r *roster) { r.updateSource(s.member, id, info) })
}

// RemoveSource ends a source; the first one ends with the seat.
func (s *Seat) RemoveSource(id SourceID) {
	s.do(func(r *roster) { r.removeSource(s.member, id) })
}

// Update replaces the Participant's Info after a change of name or Formats.
func (s *Seat) Update(info Info) {
	info = info.bounded()
	s.do(func(r *roster) { r.update(s.member, info) })
}

// Forward gives the conference one video packet of a source of this
// Participant, in the order of arrival. It never blocks. Packets of a source
// whose VideoFormat is zero are dropped. When p.Buffer is set, the core
// retains it as long as it needs; the caller keeps its own reference.
func (s *Seat) Forward(id SourceID, p *codecs.Packet) {
	s.conference.video.Forward(video.SourceID(id), p)
}

// Subscribe asks for a source's pictures, for a Participant of ManyStreams.
// The stream starts with a key frame. Subscribing twice only asks for another
// key frame.
func (s *Seat) Subscribe(id SourceID) {
	if k := s.member.sink; k != nil {
		k.Subscribe(video.SourceID(id))
	}
}

// Unsubscribe ends a stream.
func (s *Seat) Unsubscribe(id SourceID) {
	if k := s.member.sink; k != nil {
		k.Unsubscribe(video.SourceID(id))
	}
}

// RequestKeyframe tells that this Participant needs a key frame of stream (0:
// its single stream; PresentationStream). The core asks the source, or replays what it kept.
func (s *Seat) RequestKeyframe(stream SourceID) {
	if k := s.member.sink; k != nil {
		k.RequestKeyframe(video.SourceID(stream))
	}
}

// LimitRate tells that this Participant takes at most bitRate bit/s of pictures
// in stream (as in RequestKeyframe, or a source subscribed to); 0: any rate. What
// is shown there is asked to send no more, for all who see it, down to 128 kbit/s
// and where its wire can ask. Whether what comes above is withheld is for the
// Participant's wire.
func (s *Seat) LimitRate(stream SourceID, bitRate int) {
	if k := s.member.sink; k != nil {
		k.LimitRate(video.SourceID(stream), bitRate)
	}
}

// SetMuted is the Participant's own mute.
func (s *Seat) SetMuted(muted bool) {
	s.do(func(r *roster) { r.mute(s.member, muted, s.member.mutedByHost) })
}

// Leave ends the seat. Only the first call counts. It does not call
// Disconnect. A tick that is under way may still use the Participant's ports
// once after Leave returned.
func (s *Seat) Leave(cause Cause) {
	s.do(func(r *roster) { r.leave(s.member, cause) })
}
