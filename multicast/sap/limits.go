package sap

import "time"

// Port is where announcements are sent to (RFC 2974 section 3).
const Port = 9875

const (
	// MaxDescription is the longest description that is kept, in bytes, also
	// of a compressed one after inflation: it answers bombs. RFC 2974 section 6
	// wants packets below 1 kB.
	MaxDescription = 8 << 10
	// maxDatagram is the longest packet that is read, in bytes. A longer one is
	// cut by the system, and dropped.
	maxDatagram = 9 << 10
	// maxPayloadType is the longest MIME type looked for, in bytes: a packet
	// without one is not searched to its end.
	maxPayloadType = 128
	// maxMedia, maxFormats and maxText bound what a listing shows of one
	// session: the lines of its media, codecs of each, bytes of each text.
	maxMedia   = 16
	maxFormats = 16
	maxText    = 256
	// maxSources bounds the sources that a medium's filter is read for, and its
	// lines: Linux lets a socket name ten in a group (igmp_max_msf).
	maxSources = 8
)

const (
	// DefaultMaxSessions and DefaultMaxBytes bound a Directory; a session
	// counts entryOverhead above what it holds of text, in bytes.
	DefaultMaxSessions = 1000
	DefaultMaxBytes    = 4 << 20
	entryOverhead      = 1 << 10
	// mediumOctets, sourceOctets and formatOctets are what a Medium, one of its
	// Sources and a string of its Formats take without their text.
	mediumOctets = 168
	sourceOctets = 48
	formatOctets = 16 + 8
	// speakerShare: one who has announced its sessions again keeps them, in a full
	// directory, up to this part of it. It answers floods of invented sources, each
	// of which has less than an honest host of several sessions.
	speakerShare = 8
	// maxClaims is how many groups of one announcer are kept from being chosen for
	// new sessions. It answers one who announces all that there are, 4,000 with each
	// packet.
	maxClaims = 1024
	// minTimeout is how long an announcement holds at least, and
	// timeoutIntervals how many intervals (RFC 2974 section 4).
	minTimeout       = time.Hour
	timeoutIntervals = 10
	// maxInterval bounds the interval that is believed: one who is heard twice
	// in a month is not kept for a year.
	maxInterval = 6 * time.Hour
	// evictEvery is the least time between two searches for a session to give
	// up: a full directory costs a flood no more than a look-up each.
	evictEvery = 10 * time.Millisecond
)

const (
	// sourceRate and sourceBurst are how many packets of one source are looked
	// into, a second and at once. They answer floods: the rest is dropped
	// before it is parsed. An honest announcer of 50 sessions on the fast
	// profile sends 10 a second.
	sourceRate  = 50
	sourceBurst = 200
	// budgetSlots is how many sources are told apart by their rate; those that
	// share a slot share the rate until reseedEvery has passed.
	budgetSlots = 1024
	reseedEvery = time.Minute
	// totalRate and totalBurst are how many packets are looked into altogether, of
	// known sources and as many of others: they answer floods with invented
	// sources, which do not keep listed sessions from being heard again.
	totalRate  = 2000
	totalBurst = 2000
	// maxReadErrors is how many errors in a row end a socket's goroutine. It
	// answers a socket that can only fail, which would else spin.
	maxReadErrors = 64
	// receiveBatch is how many packets are read by one call of the system.
	receiveBatch = 16
	// receiveBuffer is the socket's, in bytes: a second of honest announcers.
	// More would only keep more of a flood.
	receiveBuffer = 256 << 10
	// maxMemberships is how many groups one socket joins; Linux allows 20
	// (igmp_max_memberships).
	maxMemberships = 16
	// rescanEvery is how often interfaces are looked for anew.
	rescanEvery = 30 * time.Second
)

const (
	// bandwidth is what all announcements of a scope share, in bit/s (RFC 2974
	// section 3.1).
	bandwidth = 4000
	// minInterval is the least time between two announcements of a session (RFC
	// 2974 section 3.1), and fastInterval that of the profile for networks of
	// one's own.
	minInterval  = 300 * time.Second
	fastInterval = 5 * time.Second
	// recalculateEvery is how often the interval is at least calculated anew,
	// as announcements of others come and go.
	recalculateEvery = 30 * time.Second
)

const (
	// maxProbes is how many probes may listen at once, each in the groups of
	// one session: who asks for all at once joins no hundred groups.
	maxProbes = 4
	// maxProbeGroups is how many groups of one session a probe joins.
	maxProbeGroups = 4
)
