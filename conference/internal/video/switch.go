package video

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"parley/codecs"
)

// Switch forwards the pictures of one conference. All methods are safe for
// concurrent use, and harmless after Close.
type Switch struct {
	set     *codecs.Set
	buffers codecs.Pool
	packets sync.Pool // of *packet

	wake    chan struct{}
	done    chan struct{}
	running sync.WaitGroup

	// sources is read by Forward without a lock, and copied to be changed.
	sources atomic.Pointer[map[SourceID]*source]

	forwarded, dropped, oversized, requests, replays atomic.Uint64

	mu     sync.Mutex
	closed bool
	sinks  map[*Sink]struct{}
	rates  rates
	active SourceID
	recent []SourceID // of sources but presentations, the most recently active first
	// presenting is the presentation that is shown.
	presenting SourceID
}

// New returns a Switch that inspects payloads with set. Close it.
func New(set *codecs.Set) *Switch {
	s := &Switch{
		set:   set,
		wake:  make(chan struct{}, 1),
		done:  make(chan struct{}),
		sinks: make(map[*Sink]struct{}),
	}
	s.sources.Store(&map[SourceID]*source{})
	s.running.Go(s.run)
	return s
}

// Close stops all goroutines and awaits them. It must not be called from a
// function of SourceConfig or SinkConfig.
func (s *Switch) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.done)
		for k := range s.sinks {
			k.closeLocked()
		}
		for _, src := range *s.sources.Load() {
			src.keep(false)
		}
		s.sources.Store(&map[SourceID]*source{})
		s.recent = nil
	}
	s.mu.Unlock()
	s.running.Wait()
}

// SetSource adds a source or replaces what is known of it. A new Format ends
// the old stream and begins one.
func (s *Switch) SetSource(id SourceID, cfg SourceConfig) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	have := (*s.sources.Load())[id]
	switch {
	case cfg.Format.IsZero():
		s.removeLocked(id, have)
	case have != nil && have.format == cfg.Format && have.owner == cfg.Owner && have.presentation == cfg.Presentation:
		have.ask, have.limit = cfg.RequestKeyframe, cfg.LimitRate
		have.tellLocked(cfg.ParameterSets)
		return
	default:
		if have != nil {
			s.endLocked(have)
		}
		s.rankLocked(id, cfg.Presentation)
		src := newSource(s, id, cfg)
		if have != nil {
			src.rate = have.rate // it still holds to what it was asked for
		}
		s.rates.stale = true
		s.replaceLocked(func(m map[SourceID]*source) { m[id] = src })
	}
	s.chooseLocked()
	s.wakeUp()
}

// rankLocked gives a source its place among those that may be active.
func (s *Switch) rankLocked(id SourceID, presentation bool) {
	switch known := slices.Contains(s.recent, id); {
	case presentation:
		s.recent = slices.DeleteFunc(s.recent, func(x SourceID) bool { return x == id })
	case known:
	case id == s.active:
		s.recent = slices.Insert(s.recent, 0, id)
	default:
		s.recent = append(s.recent, id)
	}
}

// RemoveSource ends a source, and all subscriptions to it.
func (s *Switch) RemoveSource(id SourceID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.sinks {
		delete(k.subscribed, id)
		if st := k.streams[id]; st != nil && k.many {
			st.gone.Store(true)
			delete(k.streams, id)
		}
	}
	s.removeLocked(id, (*s.sources.Load())[id])
	for k := range s.sinks {
		k.post(command{kind: commandEnded}) // forgets the stream, had it a source or not
	}
	s.chooseLocked()
}

func (s *Switch) removeLocked(id SourceID, src *source) {
	if src == nil {
		return
	}
	s.replaceLocked(func(m map[SourceID]*source) { delete(m, id) })
	s.recent = slices.DeleteFunc(s.recent, func(x SourceID) bool { return x == id })
	s.endLocked(src)
}

// endLocked takes src from all sinks.
func (s *Switch) endLocked(src *source) {
	src.withdrawLocked(func(*link) bool { return true })
	src.keep(false)
	for k := range s.sinks {
		for _, st := range k.streams {
			if st.target == src {
				st.target = nil
				s.rates.stale = true
			}
		}
		k.post(command{kind: commandEnded, source: src})
	}
}

func (s *Switch) replaceLocked(change func(map[SourceID]*source)) {
	m := maps.Clone(*s.sources.Load())
	change(m)
	s.sources.Store(&m)
}

func (s *Switch) chooseLocked() {
	for k := range s.sinks {
		k.chooseLocked()
	}
}

// SetActive tells which source single-stream sinks are to see. Who cannot see
// it (their own, no picture, a codec they lack) sees the one that was active
// before; until the first call, the source that was added first.
func (s *Switch) SetActive(id SourceID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active = id
	i := slices.Index(s.recent, id)
	if i <= 0 {
		return
	}
	copy(s.recent[1:i+1], s.recent[:i])
	s.recent[0] = id
	s.chooseLocked()
}

// SetPresenting tells which presentation is shown; 0: none.
func (s *Switch) SetPresenting(id SourceID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.presenting = id
	s.chooseLocked()
}

// Forward distributes one packet of a source. It never blocks. Calls for one
// source may overlap, but only one of them should be its sender's. The Switch
// retains p.Buffer as long as it needs; without one it copies the payload.
func (s *Switch) Forward(id SourceID, p *codecs.Packet) {
	if src := (*s.sources.Load())[id]; src != nil {
		src.forward(p)
	}
}

// AddSink adds a sink. Close it.
func (s *Switch) AddSink(cfg SinkConfig) *Sink {
	k := &Sink{
		sw: s, owner: cfg.Owner, many: cfg.ManyStreams,
		forward: cfg.Forward, missingChanged: cfg.MissingChanged, rankedChanged: cfg.Ranked,
		formats: slices.Clone(cfg.Formats), presentation: slices.Clone(cfg.Presentation),
		queue:      make(chan item, queuePackets),
		kick:       make(chan struct{}, 1),
		done:       make(chan struct{}),
		over:       make(chan struct{}),
		streams:    make(map[SourceID]*stream),
		subscribed: make(map[SourceID]bool),
		rates:      make(map[SourceID]int),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		k.closed = true
		close(k.over)
		return k
	}
	s.sinks[k] = struct{}{}
	s.running.Go(func() {
		defer close(k.over)
		k.run()
	})
	k.chooseLocked()
	return k
}

// Stats returns a snapshot.
func (s *Switch) Stats() Stats {
	return Stats{
		Forwarded:        s.forwarded.Load(),
		Dropped:          s.dropped.Load(),
		Oversized:        s.oversized.Load(),
		KeyframeRequests: s.requests.Load(),
		Replays:          s.replays.Load(),
	}
}
