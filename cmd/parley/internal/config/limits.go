package config

import "time"

const (
	// maxFileSize bounds the file, in bytes: a log or an image given as
	// --config by mistake is refused before it is parsed.
	maxFileSize = 1 << 20
	// maxProblems bounds the report: a file of another program would fill the
	// screen with unknown keys.
	maxProblems = 50
	// maxDepth is how deep a file may nest. The deepest key lies at 7; deeper
	// nesting is only skipped over, and must not use up the stack.
	maxDepth = 32
	// maxQuoted is how much of a foreign value a Problem repeats, in bytes.
	maxQuoted = 48
	// maxSuggest is the longest word for which a near key is sought, in bytes:
	// the search is quadratic in it.
	maxSuggest = 48
	// maxListItems bounds every list: the checks for duplicates and their
	// memory.
	maxListItems = 1000
)

// Bounds of values.
const (
	minTokenLength   = 16 // what can be guessed over the network in years, at 64 symbols
	maxTokenLength   = 512
	minPINLength     = 4
	maxPINLength     = 16 // what one keys in on a telephone before its digit timer ends
	maxTitleLength   = 128
	maxNumberLength  = 32  // what the lobby collects of a number
	maxNameLength    = 128 // of the h323-ID and aliases; 256 is H.225.0's
	maxRouteLength   = 512 // of the address; 512 is url-ID's of H.225.0
	minVideoKbps     = 64
	maxVideoKbps     = 50000
	maxCalls         = 100000
	maxParticipants  = 10000
	maxSessions      = 100000
	minDirectoryKB   = 64
	maxDirectoryKB   = 1 << 20
	minRTPPorts      = 4 // one call with sound and pictures
	maxResumeSeconds = 600
	// Sound that nobody answers is more likely aimed at a third party than on its
	// way.
	maxUnansweredSeconds = 60
	maxLeases            = 10000 // all are written at each change
)

// maxLease is the longest time for which an address may be leased.
const maxLease = 365 * 24 * time.Hour
