package video

import "parley/codecs"

// Sink is who is sent pictures. All methods are safe for concurrent use.
type Sink struct{}

// SetFormats replaces what the sink can take.
func (k *Sink) SetFormats(formats []codecs.Format) { panic("contract") }

// Subscribe asks for a source's pictures, for a sink of ManyStreams. Doing so
// again asks for a key frame. The source may be added later.
func (k *Sink) Subscribe(id SourceID) { panic("contract") }

// Unsubscribe ends a stream. Its numbers go on when it is subscribed again.
func (k *Sink) Unsubscribe(id SourceID) { panic("contract") }

// RequestKeyframe tells that the sink needs a key frame of stream (0: its
// single stream).
func (k *Sink) RequestKeyframe(stream SourceID) { panic("contract") }

// Missing returns what MissingChanged was or will be told.
func (k *Sink) Missing() []Missing { panic("contract") }

// Close ends the sink. One call of Forward that is under way may end later;
// Switch.Close awaits it.
func (k *Sink) Close() { panic("contract") }
