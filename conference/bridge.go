package conference

import (
	"context"
	"log/slog"

	"parley/codecs"
)

// BridgeConfig is what a Bridge runs under.
type BridgeConfig struct {
	Codecs *codecs.Set
	Log    *slog.Logger
	// Conferences are the declared ones. They exist from start to end.
	Conferences []Settings
	// OnDemand lets who asks for an undeclared conference open it; it ends
	// OnDemandLinger after the last one left.
	OnDemand bool
}

// Bridge is all conferences of a process. All methods are safe for concurrent
// use.
type Bridge struct{}

// NewBridge opens the declared conferences. The error names the Settings that
// cannot be.
func NewBridge(cfg BridgeConfig) (*Bridge, error) { panic("contract") }

// Open returns the conference of that id: a declared one, one that is under
// way, or a new one where OnDemand allows it and id is valid. Otherwise
// ErrUnknownConference.
func (b *Bridge) Open(id string) (*Conference, error) { panic("contract") }

// Conferences returns all, sorted by id.
func (b *Bridge) Conferences() []*Conference { panic("contract") }

// Reconfigure takes new declared conferences and policy, live. A conference
// that is no longer declared goes on until its last Participant leaves. On
// error nothing changed.
func (b *Bridge) Reconfigure(cfg BridgeConfig) error { panic("contract") }

// Close disconnects everybody with CauseShutdown, waits until they have left
// or ctx ends, and stops all goroutines.
func (b *Bridge) Close(ctx context.Context) error { panic("contract") }

// Stats returns a snapshot for the metrics.
func (b *Bridge) Stats() Stats { panic("contract") }

// Stats are counters since start and gauges of now, over all conferences.
type Stats struct {
	Conferences  int
	Participants map[Wire]int
	// Mixer
	Ticks         uint64
	LateTicks     uint64 // ticks that began more than one frame late
	TickSeconds   float64
	Encodes       uint64 // encodes done
	SharedEncodes uint64 // encodes saved by sharing
	Clipped       uint64 // samples that the soft clipper bent
	// Video
	VideoForwarded   uint64
	VideoDropped     uint64 // at slow sinks
	KeyframeRequests uint64
	KeyframeReplays  uint64
	Tick             TickHistogram
}

// TickHistogram counts ticks by their duration.
type TickHistogram struct {
	UpperSeconds []float64 // bounds, rising; the last bucket is unbounded
	Counts       []uint64  // len(UpperSeconds)+1
	Sum          float64
}
