package conference

import (
	"parley/codecs"
)

// Wire is the kind of connection over which a Participant takes part.
type Wire string

// The wires.
const (
	WireWebRTC    Wire = "webrtc"
	WireSIP       Wire = "sip"
	WireH323      Wire = "h323"
	WireMulticast Wire = "multicast"
	WireInternal  Wire = "internal"
)

// Info describes a Participant to the roster. It is a snapshot; a change is
// told with Seat.Update.
type Info struct {
	// Name is what a person reads. It is foreign text: never markup, cut to
	// MaxNameLength by Join.
	Name string
	// Address is where the other end is, in the wire's own notation:
	// "sip:alice@192.0.2.1", "239.255.1.9:5006".
	Address string
	Wire    Wire
	// Formats are what the Participant can receive, best first. Video that
	// is in no Format of these is named as missing and not forwarded.
	Formats []codecs.Format
	// Presentation are the Formats in which the Participant takes a presentation
	// as a second stream, PresentationStream, beside the one that the
	// conference chooses. Empty: a presentation takes the place of who speaks
	// in the one stream. Of no matter with ManyStreams.
	Presentation []codecs.Format
	// ManyStreams is set by who can take several video streams at once and
	// chooses them with Seat.Subscribe. All others get the one stream that
	// the conference chooses.
	ManyStreams bool
	// Encrypted tells that all media from and to the Participant is encrypted
	// on its way.
	Encrypted bool
	// Alarm says what is wrong with the connection, for people; empty: nothing.
	Alarm string
}

// Participant is what a wire gives the core for each party. Its methods are
// called from the core's goroutines and never wait.
type Participant interface {
	Info() Info
	// Audio returns the port through which sound passes, or nil. It returns
	// the same port for the Participant's life.
	Audio() AudioPort
	// Video returns the port through which pictures pass, or nil. It returns
	// the same port for the Participant's life.
	Video() VideoPort
	// Disconnect asks the wire to end the call and tell the other end cause.
	// It does not wait; the wire calls Seat.Leave when it has done so, which
	// is harmless when the core has already let the seat go. It may come as
	// soon as Join is called, before that has returned the Seat.
	Disconnect(cause Cause)
}

// AudioSource is read by the mixer, once a tick, from one goroutine at a time.
type AudioSource interface {
	// ReadFrame fills dst with the next 20 ms and reports whether there is
	// anything to mix. On false, dst is undefined: no packet, comfort noise,
	// DTX or hold.
	ReadFrame(dst *codecs.Frame) bool
}

// AudioPort is a Participant's sound. It is called only by the mixer, from one
// goroutine at a time. The tick that is under way when the seat is left may
// still call it once.
type AudioPort interface {
	AudioSource
	// WriteFrame hands over what the Participant hears in this tick. mix is
	// read-only and valid until the call returns. A port that is also a
	// PayloadPort gets WritePayload instead.
	WriteFrame(mix *codecs.Frame)
}

// PayloadPort is an AudioPort that wants its mix encoded. The mixer owns the
// encoders, so that all who only listen in one Format share one encode.
type PayloadPort interface {
	AudioPort
	// AudioFormat is the Format to encode to. It may change from one tick to
	// the next; the zero Format means that nothing is to be sent (hold). It
	// takes no lock that is held while calling the core.
	AudioFormat() codecs.Format
	// WritePayload sends one tick. It never blocks. It is called exactly once
	// a tick while AudioFormat is not zero and can be encoded, whoever is
	// heard; should the encoder fail, Data is empty and Silent set.
	WritePayload(p *codecs.Payload)
}

// VideoPort is a Participant's picture side.
type VideoPort interface {
	// Forward sends one packet to the Participant. It never blocks; p and all
	// it points to is valid until the call returns. It is called from one
	// goroutine at a time.
	Forward(p *VideoPacket)
	// RequestKeyframe asks the Participant for a key frame of its source. It
	// is called at most once per 500 ms and source, and ever more rarely, up to
	// every 10 s, while none comes. It reports false when the
	// source cannot be asked (a multicast sender), whose last key frame the
	// core then keeps and replays.
	RequestKeyframe(source SourceID) bool
}

// RatePort is a VideoPort of a Participant that can be asked to send less.
type RatePort interface {
	VideoPort
	// LimitRate asks the Participant to send at most so many bit/s of pictures
	// of its source; 0: as many as it likes. It is called after each change, and
	// holds until the next, of which the last is 0 where the Participant moves to
	// another conference. It never blocks.
	LimitRate(source SourceID, bitRate int)
}

// FollowingPort is a VideoPort of one stream that can take another codec than it
// does.
type FollowingPort interface {
	VideoPort
	// Follow tells the Formats of all that the stream might show, what it would
	// show first before others, each once, whether Info.Formats has them or not.
	// It is called after each change and never blocks.
	Follow(formats []codecs.Format)
}

// PresentationStream is the second stream of a Participant with
// Info.Presentation. No source has this id.
const PresentationStream SourceID = 1

// VideoPacket is a packet on its way to one sink. Its numbers are continuous
// in each Stream of the sink, whatever sources feed it.
type VideoPacket struct {
	// Stream is the source subscribed to, for a sink of ManyStreams; of any
	// other 0 for the single stream and PresentationStream for the second.
	Stream SourceID
	// Source is where the picture comes from; its CSRC goes into the header
	// of a mixer's stream.
	Source SourceID
	Format codecs.Format

	SequenceNumber uint16
	Timestamp      uint32
	Marker         bool
	// Keyframe is set on the packet with which a key frame begins.
	Keyframe bool
	// The payload is Head followed by Payload. Head is the part that was
	// rewritten for this sink (a VP8 payload descriptor) and often empty;
	// Payload is shared with all other sinks and read-only.
	Head, Payload []byte
}
