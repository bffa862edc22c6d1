package conference

import "time"

// Limits, each with what it answers.
const (
	// DefaultMaxParticipants holds where Settings name none: one room may not
	// take all memory and bandwidth of the process.
	DefaultMaxParticipants = 1000
	// MaxSources is the most sources of one Participant: a multicast group in
	// which somebody invents SSRCs.
	MaxSources = 256
	// MaxNameLength is the most runes of a name: foreign text that everybody's
	// roster shows.
	MaxNameLength = 64
	// maxTextLength is the most runes of any other foreign text: addresses,
	// CNAMEs, the text of a Cause.
	maxTextLength = 256
	// maxFormats is the most Formats of one Info.
	maxFormats = 64
	// maxParameterSets and maxParameterSetBytes bound what SDP may give us to
	// keep of a source.
	maxParameterSets     = 16
	maxParameterSetBytes = 1024

	// MaxWatchBacklog is how many Events wait for a slow reader.
	MaxWatchBacklog = 256

	// MaxPINAttempts wrong PINs from one remote lock it out for PINLockout:
	// 5 a minute try a tenth of all four-digit PINs in more than three hours.
	MaxPINAttempts = 5
	PINLockout     = time.Minute
	// maxPINRemotes bounds the table of remotes that guessed wrong; the one
	// that has been quiet longest is forgotten first.
	maxPINRemotes = 4096

	// In refusedInterval, maxRefusedLines of one address and of up to
	// maxRefusedAddresses are logged when they are not let in: a flood must not
	// fill the log, and its addresses may be forged.
	refusedInterval     = time.Minute
	maxRefusedLines     = 5
	maxRefusedAddresses = 100

	// MaxOnDemand is the most undeclared conferences at once: whoever can send
	// an INVITE or open a link can open one.
	MaxOnDemand = 256
	// OnDemandLinger is for how long an undeclared conference outlives its
	// last Participant: a page that is loaded again, a redial.
	OnDemandLinger = 30 * time.Second
	// AnswerWindow is for how long who was called waits for the caller to be put
	// through: one that has gone meanwhile must not leave a call behind.
	AnswerWindow = 30 * time.Second
	// maxIDLength is the most bytes of a conference's id.
	maxIDLength = 64
)
