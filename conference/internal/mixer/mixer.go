package mixer

import (
	"cmp"
	"log/slog"
	"slices"
	"sync/atomic"

	"parley/codecs"
)

const framesPerSecond = codecs.SampleRate / codecs.FrameSamples

// Room is who is there. It is not changed once published.
type Room struct {
	Inputs  []*Input
	Outputs []*Output
}

// Config is what a Mixer runs under.
type Config struct {
	Codecs *codecs.Set
	Log    *slog.Logger
	// Crew spreads large rooms over the cores; nil: one core.
	Crew *Crew
	// Changed is called when an Input began or ended to speak, an Output's
	// Format changed, or ActiveSpeaker did. It must not wait. nil: nobody asks.
	Changed func()
}

// Mixer is the sound of one conference.
type Mixer struct {
	cfg  Config
	room atomic.Pointer[Room]
	wake chan struct{}

	active atomic.Uint32
	counters

	// What follows belongs to the tick.
	tick     uint64
	current  *Room
	talk     floor
	heard    []*Input // in the sum, loudest first
	leaving  []*Input // were in the sum and are no longer in the Room
	csrcs    []uint32 // their ids, the first maxSources
	sum      [codecs.FrameSamples]int32
	history  [primeFrames + 1]codecs.Frame // shared mixes, by tick
	streams  map[codecs.Format]*stream     // shared
	serving  []*stream                     // those of them with listeners now
	free     map[codecs.Format][]*stream
	freeSize int
	barrier  barrier
}

// New returns a Mixer with an empty Room.
func New(cfg Config) *Mixer {
	m := &Mixer{
		cfg:     cfg,
		wake:    make(chan struct{}, 1),
		streams: make(map[codecs.Format]*stream),
		free:    make(map[codecs.Format][]*stream),
	}
	m.room.Store(new(Room))
	m.current = m.room.Load()
	m.barrier.mixer = m
	return m
}

// Publish makes r the Room from the next tick on. A tick that is under way
// goes on with the Room it began with.
func (m *Mixer) Publish(r *Room) {
	m.room.Store(r)
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// ActiveSpeaker is the id of who speaks, or spoke last; 0: nobody did.
func (m *Mixer) ActiveSpeaker() uint32 { return m.active.Load() }

// Tick mixes one frame. It is called from one goroutine at a time.
func (m *Mixer) Tick() {
	m.tick++
	m.enter()
	r := m.current
	m.each(len(r.Inputs), readInputs)
	m.sum = [codecs.FrameSamples]int32{}
	m.heard = m.heard[:0]
	m.add(m.leaving)
	m.add(r.Inputs)
	m.rank()
	m.electSpeaker(r.Inputs)
	m.assign(r.Outputs)
	m.encodeShared()
	m.each(len(r.Outputs), sendOutputs)
}

// enter takes over a newly published Room and cleans up after who left.
func (m *Mixer) enter() {
	clear(m.leaving)
	m.leaving = m.leaving[:0]
	r := m.room.Load()
	if r == m.current {
		return
	}
	for _, o := range m.current.Outputs {
		if o.closed.Load() {
			m.release(o.stream)
			o.stream = nil
		}
	}
	for _, in := range m.current.Inputs {
		if in.closed.Load() {
			if in.fadeOut(); in.heard {
				m.leaving = append(m.leaving, in)
			}
		}
	}
	m.current = r
}

// phase is a part of the tick that is done for each input or output.
type phase uint8

const (
	readInputs phase = iota
	sendOutputs
)

// run does a phase for the members from lo to below hi.
func (m *Mixer) run(p phase, lo, hi int) {
	switch p {
	case readInputs:
		changed := false
		for _, in := range m.current.Inputs[lo:hi] {
			if in.read() {
				changed = true
			}
		}
		if changed {
			m.tell()
		}
	case sendOutputs:
		for _, o := range m.current.Outputs[lo:hi] {
			o.send(m)
		}
	}
}

// each runs a phase for n members, on several cores when they are many.
func (m *Mixer) each(n int, p phase) {
	if m.cfg.Crew == nil || n < crewThreshold {
		m.run(p, 0, n)
		return
	}
	m.barrier.run(m.cfg.Crew, p, n)
}

// tell wakes the roster without waiting for it.
func (m *Mixer) tell() {
	if m.cfg.Changed != nil {
		m.cfg.Changed()
	}
}

// add sums those of inputs who are heard.
func (m *Mixer) add(inputs []*Input) {
	for _, in := range inputs {
		if !in.heard {
			continue
		}
		m.heard = append(m.heard, in)
		for i, v := range &in.scaled {
			m.sum[i] += v
		}
	}
}

// rank sorts who is heard and keeps the mix that all others share.
func (m *Mixer) rank() {
	slices.SortFunc(m.heard, func(a, b *Input) int { return cmp.Compare(b.power, a.power) })
	m.csrcs = m.csrcs[:0]
	for _, in := range m.heard[:min(len(m.heard), maxSources)] {
		m.csrcs = append(m.csrcs, in.id)
	}
	if n := clip(m.past(m.tick), &m.sum); n > 0 {
		m.clipped.Add(uint64(n))
	}
}

// past returns the shared mix of a tick, up to primeFrames ago.
func (m *Mixer) past(tick uint64) *codecs.Frame {
	return &m.history[tick%uint64(len(m.history))]
}

// mix returns what those hear who are not heard themselves.
func (m *Mixer) mix() *codecs.Frame { return m.past(m.tick) }

// without writes to dst the sum less own.
func (m *Mixer) without(dst *codecs.Frame, own []*Input) {
	sum := m.sum
	for _, in := range own {
		for i, v := range &in.scaled {
			sum[i] -= v
		}
	}
	if n := clip(dst, &sum); n > 0 {
		m.clipped.Add(uint64(n))
	}
}

// assign decides for each Output which encoder serves it.
func (m *Mixer) assign(outputs []*Output) {
	for _, o := range outputs {
		o.own = o.own[:0]
	}
	for _, in := range m.heard {
		if o := in.owner; o != nil {
			o.own = append(o.own, in)
			o.lastOwn = m.tick
		}
	}
	m.serving = m.serving[:0]
	for _, o := range outputs {
		if o.encoded != nil {
			m.assignEncoder(o)
		}
	}
}

func (m *Mixer) assignEncoder(o *Output) {
	if f := o.encoded.AudioFormat(); f != o.format {
		m.changeFormat(o, f)
	}
	if o.format.IsZero() || o.refused {
		return
	}
	switch {
	case len(o.own) > 0:
		if o.stream == nil {
			o.stream = m.acquire(o)
			if o.mix == nil {
				o.mix = new(codecs.Frame)
			}
		}
		return
	case o.stream != nil && m.tick-o.lastOwn <= uint64(ownHangover):
		return
	case o.stream != nil:
		m.release(o.stream)
		o.stream = nil
	}
	s := o.shared
	if s == nil || s.retired {
		if s = m.share(o); s == nil {
			return
		}
	}
	if s.wanted != m.tick {
		s.wanted, s.listeners = m.tick, 0
		m.serving = append(m.serving, s)
	}
	s.listeners++
}

func (m *Mixer) changeFormat(o *Output, f codecs.Format) {
	m.release(o.stream)
	o.stream, o.shared, o.refused = nil, nil, false
	o.format = f
	o.told.Store(&f)
	m.tell()
}

// share finds or makes the encoder that o shares with all of its Format.
func (m *Mixer) share(o *Output) *stream {
	s := m.streams[o.format]
	if s == nil {
		if s = m.acquire(o); s == nil {
			return nil
		}
		m.streams[o.format] = s
	}
	o.shared = s
	return s
}

// acquire returns an idle encoder of o's Format, or a new one. When there is
// none to be had, o hears nothing until its Format changes.
func (m *Mixer) acquire(o *Output) *stream {
	if idle := m.free[o.format]; len(idle) > 0 {
		s := idle[len(idle)-1]
		m.free[o.format] = idle[:len(idle)-1]
		m.freeSize--
		return s
	}
	s, err := newStream(m.cfg.Codecs, o.format)
	if err != nil {
		o.refused = true
		m.cfg.Log.Warn("no encoder", "format", o.format.String(), "error", err)
		return nil
	}
	return s
}

// release takes an own encoder back.
func (m *Mixer) release(s *stream) {
	if s == nil || m.freeSize >= maxFreeStreams {
		return
	}
	m.free[s.format] = append(m.free[s.format], s)
	m.freeSize++
}

// encodeShared encodes the shared mix once for each Format that is listened to.
func (m *Mixer) encodeShared() {
	for _, s := range m.serving {
		s.catchUp(m)
		data, err := s.encode(m.mix())
		if err != nil {
			m.encodeErrors.Add(1)
		}
		s.last = m.tick
		s.payload.Data = data
		s.payload.Sources = m.csrcs
		s.payload.Silent = len(m.heard) == 0 || err != nil
		m.encodes.Add(1)
		m.saved.Add(uint64(s.listeners - 1))
	}
	if m.tick%uint64(sharedIdle) == 0 {
		for f, s := range m.streams {
			if m.tick-s.wanted > uint64(sharedIdle) {
				s.retired = true
				delete(m.streams, f)
			}
		}
	}
}
