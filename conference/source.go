package conference

import "parley/codecs"

// ParticipantID names a Participant within the process, for logs and the API.
// It is never used again.
type ParticipantID string

// SourceID names one source of sound or pictures within a conference. It is
// also the SSRC by which parley names that source in CSRC lists, and so unique
// among all sources of the conference and never 0.
type SourceID uint32

// SourceInfo describes one source of a Participant.
type SourceInfo struct {
	// Name is the source's own name where it differs from its Participant's:
	// a member of a multicast group, "screen". Foreign text.
	Name string
	// CNAME is the canonical name (RFC 3550 6.5.1) where the wire has one.
	CNAME string
	// Email, Tool and Note are what else the source says of itself (RFC 3550
	// 6.5.3, .6, .7). Foreign text.
	Email, Tool, Note string
	// Address is where the source sends from, when it is not the
	// Participant's.
	Address string
	// AudioFormat is the Format in which sound arrives; zero: none. For the
	// roster only.
	AudioFormat codecs.Format
	// VideoFormat is the Format in which pictures arrive; zero: none.
	VideoFormat codecs.Format
	// Presentation marks the pictures as slides or a shared screen: while there
	// are any, who takes one stream sees them instead of who speaks. The last
	// one that began is shown.
	Presentation bool
	// ParameterSets are H.264 SPS and PPS NAL units (without start codes)
	// that were told out of band (sprop-parameter-sets, RFC 6184 8.1). The
	// core sends them ahead of key frames that come without their own.
	ParameterSets [][]byte
	// Audio is the sound of a source added with Seat.AddSource; nil for one
	// that sends only pictures. A Participant's first source has its
	// AudioPort and ignores this.
	Audio AudioSource
}
