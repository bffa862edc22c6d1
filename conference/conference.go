package conference

import (
	"context"

	"parley/codecs"
)

// Settings are what an operator declares of a conference.
type Settings struct {
	ID    string // in links and SIP URIs
	Title string
	PIN   string // digits; empty: none
	// Codecs are the encoding names that may be used, best first; empty: all.
	Codecs []string
	// MaxParticipants is the most that may sit at once; 0: DefaultMaxParticipants.
	MaxParticipants int
}

// Conference is one conference. All methods are safe for concurrent use.
type Conference struct{}

// Join seats p. It fails with ErrFull or ErrClosed. The PIN is not its
// business: a wire asks CheckPIN before.
func (c *Conference) Join(p Participant) (*Seat, error) { panic("contract") }

// CheckPIN compares pin with the conference's. remote is who asks (an address
// without port); after MaxPINAttempts wrong ones from it, ErrPINLocked for
// PINLockout. An empty pin where one is needed is ErrPINRequired and does not
// count as an attempt. nil where no PIN is needed.
func (c *Conference) CheckPIN(remote, pin string) error { panic("contract") }

// NeedsPIN reports whether CheckPIN wants one.
func (c *Conference) NeedsPIN() bool { panic("contract") }

// Settings returns what the conference runs under.
func (c *Conference) Settings() Settings { panic("contract") }

// Formats returns the Formats of m that the conference allows, best first.
func (c *Conference) Formats(m codecs.Media) []codecs.Format { panic("contract") }

// Roster returns who is here.
func (c *Conference) Roster() Roster { panic("contract") }

// Watch returns the roster and a stream of the Events that follow it. A
// reader that falls MaxWatchBacklog events behind gets ErrSlow from Next and
// watches anew; nobody else notices.
func (c *Conference) Watch() (Roster, *Watch) { panic("contract") }

// Quality returns how each Participant's leg fares, for those that measure it.
func (c *Conference) Quality() map[ParticipantID]Quality { panic("contract") }

// Mute is a host's mute of a Participant. ErrNotFound when it is not here.
func (c *Conference) Mute(id ParticipantID, muted bool) error { panic("contract") }

// Kick disconnects a Participant with cause. ErrNotFound when it is not here.
func (c *Conference) Kick(id ParticipantID, cause Cause) error { panic("contract") }

// Watch is one reader's place in the stream of events.
type Watch struct{}

// Next waits for the next Event. It returns ErrSlow, ErrClosed or ctx's error.
func (w *Watch) Next(ctx context.Context) (Event, error) { panic("contract") }

// Close ends the Watch.
func (w *Watch) Close() { panic("contract") }

// Seat is a Participant's place in a Conference. All methods are safe for
// concurrent use, and harmless after Leave.
type Seat struct{}

// ID names the Participant.
func (s *Seat) ID() ParticipantID { panic("contract") }

// Conference is where the seat stands.
func (s *Seat) Conference() *Conference { panic("contract") }

// Source is the Participant's first source. It exists from Join on: sound is
// read from the Participant's AudioPort, pictures are whatever Forward gets
// for it once SetVideo has told their Format.
func (s *Seat) Source() SourceID { panic("contract") }

// AddSource adds a further source: a group's member, a second camera. Its
// sound is mixed for all but this Participant. It fails with ErrClosed, or
// ErrFull when the Participant has MaxSources.
func (s *Seat) AddSource(info SourceInfo) (SourceID, error) { panic("contract") }

// UpdateSource replaces what is known of a source; its Audio cannot change.
func (s *Seat) UpdateSource(id SourceID, info SourceInfo) { panic("contract") }

// RemoveSource ends a source.
func (s *Seat) RemoveSource(id SourceID) { panic("contract") }

// Update replaces the Participant's Info after a change of name or Formats.
func (s *Seat) Update(info Info) { panic("contract") }

// Forward gives the conference one video packet of a source of this
// Participant, in the order of arrival. It never blocks. Packets of a source
// whose VideoFormat is zero are dropped. When p.Buffer is set, the core
// retains it as long as it needs; the caller keeps its own reference.
func (s *Seat) Forward(id SourceID, p *codecs.Packet) { panic("contract") }

// Subscribe asks for a source's pictures, for a Participant of ManyStreams.
// The stream starts with a key frame. Subscribing twice only asks for another
// key frame.
func (s *Seat) Subscribe(id SourceID) { panic("contract") }

// Unsubscribe ends a stream.
func (s *Seat) Unsubscribe(id SourceID) { panic("contract") }

// RequestKeyframe tells that this Participant needs a key frame of stream (0:
// its single stream). The core asks the source, or replays what it kept.
func (s *Seat) RequestKeyframe(stream SourceID) { panic("contract") }

// SetMuted is the Participant's own mute.
func (s *Seat) SetMuted(muted bool) { panic("contract") }

// Leave ends the seat. Only the first call counts. It does not call
// Disconnect.
func (s *Seat) Leave(cause Cause) { panic("contract") }
