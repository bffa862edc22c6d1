// Package video forwards pictures from sources to sinks without decoding them.
//
// A Switch knows the sources and the sinks of one conference. A sink of many
// streams chooses sources with Subscribe; any other is shown the active
// source. A stream changes its source only at a key frame, keeps its sequence
// numbers, timestamps and VP8 picture ids continuous, and never waits for
// another sink.
package video

import (
	"parley/codecs"
)

// SourceID names a source; it is a conference.SourceID. 0 names none.
type SourceID uint32

// PresentationStream is the second stream of a sink that takes one; no source
// has this id.
const PresentationStream SourceID = 1

// SourceConfig describes a source of pictures.
type SourceConfig struct {
	// Owner is who the source belongs to, compared with SinkConfig.Owner:
	// nobody's single stream shows their own picture. nil: nobody.
	Owner any
	// Format is what the packets carry; the zero Format means no picture now.
	Format codecs.Format
	// Presentation marks slides or a screen: it is shown while SetPresenting
	// names it, and never as the active source.
	Presentation bool
	// ParameterSets are H.264 SPS and PPS NAL units told out of band. They are
	// copied.
	ParameterSets [][]byte
	// RequestKeyframe asks the source for a key frame and reports false when
	// it cannot be asked. nil: it cannot. It is called from the Switch's own
	// goroutine with no lock held, once when the source is added (the answer
	// decides whether its last key frame is kept for replay) and then at most
	// once per KeyframeInterval. It must not wait for Switch.Close.
	RequestKeyframe func() bool
	// LimitRate asks the source to send at most so many bit/s, 0: any number,
	// after each change. nil: it cannot be asked. It is called as RequestKeyframe
	// is.
	LimitRate func(bitRate int)
}

// SinkConfig describes who is sent pictures.
type SinkConfig struct {
	// Owner: see SourceConfig.
	Owner any
	// Formats are what the sink can take. Those of other media do not matter.
	Formats []codecs.Format
	// Presentation are the Formats of a second stream, PresentationStream, for
	// presentations alone. Without, a presentation takes the place of the
	// active source.
	Presentation []codecs.Format
	// ManyStreams is set for a sink that chooses with Subscribe.
	ManyStreams bool
	// Forward sends one packet. It is called from one goroutine per sink; the
	// Packet and all it points to is valid until it returns.
	Forward func(*Packet)
	// MissingChanged, when not nil, gets all video that the sink is not sent
	// because it cannot take the codec, after each change. It is called from
	// the Switch's own goroutine with no lock held. It must not wait for
	// Switch.Close.
	MissingChanged func([]Missing)
	// Ranked, when not nil, gets the Formats of all that the single stream might
	// show, what it would show first before others, each once, whether the sink
	// takes them or not: after each change, as MissingChanged.
	Ranked func([]codecs.Format)
}

// Missing is video that a sink cannot take.
type Missing struct {
	Source SourceID
	Format codecs.Format
}

// Packet is a packet on its way to one sink; see conference.VideoPacket, whose
// fields these are.
type Packet struct {
	Stream         SourceID // subscribed source; 0: the single stream; PresentationStream
	Source         SourceID
	Format         codecs.Format
	SequenceNumber uint16
	Timestamp      uint32
	Marker         bool
	Keyframe       bool
	Head, Payload  []byte
}

// Stats are counters since the Switch was made.
type Stats struct {
	Forwarded        uint64 // packets handed to sinks
	Dropped          uint64 // packets that a slow sink did not get
	Oversized        uint64 // packets that fit no Buffer
	KeyframeRequests uint64 // asked of sources
	Replays          uint64 // of kept key frames, to one sink each
}
