package video

import "parley/codecs"

// Switch forwards the pictures of one conference. All methods are safe for
// concurrent use, and harmless after Close.
type Switch struct{}

// New returns a Switch that inspects payloads with set. Close it.
func New(set *codecs.Set) *Switch { panic("contract") }

// Close stops all goroutines and awaits them. It must not be called from a
// function of SourceConfig or SinkConfig.
func (s *Switch) Close() { panic("contract") }

// SetSource adds a source or replaces what is known of it.
func (s *Switch) SetSource(id SourceID, cfg SourceConfig) { panic("contract") }

// RemoveSource ends a source.
func (s *Switch) RemoveSource(id SourceID) { panic("contract") }

// SetActive tells which source single-stream sinks are to see. Who cannot see
// it (their own, no picture, a codec they lack) sees the one that was active
// before; until the first call, the source that was added first.
func (s *Switch) SetActive(id SourceID) { panic("contract") }

// Forward distributes one packet of a source. It never blocks. Calls for one
// source must not overlap. The Switch retains p.Buffer as long as it needs;
// without one it copies the payload.
func (s *Switch) Forward(id SourceID, p *codecs.Packet) { panic("contract") }

// AddSink adds a sink. Close it.
func (s *Switch) AddSink(cfg SinkConfig) *Sink { panic("contract") }

// Stats returns a snapshot.
func (s *Switch) Stats() Stats { panic("contract") }
