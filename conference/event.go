package conference

import (
	"time"

	"parley/codecs"
)

// EventKind is what happened.
type EventKind string

// The events.
const (
	EventJoined        EventKind = "joined"
	EventLeft          EventKind = "left"           // Event.Cause says why
	EventUpdated       EventKind = "updated"        // name, address, formats or alarm
	EventMuted         EventKind = "muted"          // Member.Muted or MutedByHost changed
	EventSourceAdded   EventKind = "source-added"   // Source is new in Member
	EventSourceRemoved EventKind = "source-removed" //
	EventSourceUpdated EventKind = "source-updated" // name, format, parameter sets
	EventSpeaking      EventKind = "speaking"       // Source began or ended to speak
	EventActiveSpeaker EventKind = "active-speaker" // Source is who single-stream sinks see
	EventPresenting    EventKind = "presenting"     // Source is the presentation that is shown; 0: none
	EventMissingCodec  EventKind = "missing-codec"  // Member.Missing changed
	EventEnded         EventKind = "ended"          // the conference ended
)

// Event is one change. Events of one conference form one ordered stream:
// Sequence rises by one from each to the next.
type Event struct {
	Sequence    uint64
	Time        time.Time
	Kind        EventKind
	Conference  string
	Participant ParticipantID
	Source      SourceID
	Cause       Cause
	// Member is the Participant's roster entry after the change; for EventLeft
	// the last one.
	Member Member
}

// Member is a Participant as the roster shows it.
type Member struct {
	ID      ParticipantID
	Name    string
	Wire    Wire
	Address string
	Joined  time.Time
	// Muted is what the Participant asked for itself, MutedByHost what a host
	// asked for; either silences it.
	Muted       bool
	MutedByHost bool
	// Encrypted is whether the Participant's media is encrypted on its way.
	Encrypted bool
	// Alarm is what is wrong with the Participant's connection; empty: nothing.
	Alarm string
	// SendFormat is the audio Format that the Participant hears in.
	SendFormat codecs.Format
	Sources    []SourceState
	// Missing names the video that this Participant is not sent because it
	// cannot take its codec.
	Missing []MissingCodec
}

// SourceState is a source as the roster shows it.
type SourceState struct {
	ID          SourceID
	Name        string
	CNAME       string
	Email       string
	Tool        string
	Note        string
	Address     string
	AudioFormat codecs.Format
	VideoFormat codecs.Format
	HasAudio    bool
	HasVideo    bool
	// Presentation: the pictures are slides or a shared screen.
	Presentation bool
	Speaking     bool
	// Level is the sound's level in dBov, -127 (silence) to 0 (RFC 6464 3),
	// before automatic gain.
	Level int
}

// MissingCodec is video that a sink cannot take.
type MissingCodec struct {
	Source SourceID
	Format codecs.Format
}

// Roster is a conference at one moment, in the order of joining.
type Roster struct {
	Sequence      uint64 // of the last Event that is contained
	Conference    string
	Title         string
	Members       []Member
	ActiveSpeaker SourceID // 0: nobody spoke yet
	Presenting    SourceID // the presentation that is shown; 0: none
}
