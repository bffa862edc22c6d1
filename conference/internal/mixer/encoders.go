package mixer

import "parley/codecs"

// encoders are the encoders of a conference that are not one Output's own.
type encoders struct {
	shared  map[codecs.Format]*stream
	serving []*stream // those of shared with listeners in this tick
	idle    map[codecs.Format][]*stream
	size    int // of idle
}

func newEncoders() encoders {
	return encoders{shared: make(map[codecs.Format]*stream), idle: make(map[codecs.Format][]*stream)}
}

// take returns an idle encoder, or nil.
func (e *encoders) take(f codecs.Format) *stream {
	idle := e.idle[f]
	if len(idle) == 0 {
		return nil
	}
	s := idle[len(idle)-1]
	if e.idle[f] = idle[:len(idle)-1]; len(idle) == 1 {
		delete(e.idle, f)
	}
	e.size--
	return s
}

// release takes an own encoder back; nil is none. When there are too many, any
// other makes room. What it encoded last was not for who gets it next: it has
// to catch up with all of the shared sum that is kept.
func (e *encoders) release(s *stream) {
	if s == nil {
		return
	}
	s.last = 0
	if e.size >= maxIdleStreams {
		for f := range e.idle {
			e.take(f)
			break
		}
	}
	e.idle[s.format] = append(e.idle[s.format], s)
	e.size++
}

// assign decides for each Output which encoder serves it.
func (m *Mixer) assign(outputs []*Output) {
	for _, o := range m.speakers {
		o.own = o.own[:0]
	}
	m.speakers = m.speakers[:0]
	for _, in := range m.heard {
		if o := in.owner; o != nil {
			if len(o.own) == 0 {
				m.speakers = append(m.speakers, o)
			}
			o.own = append(o.own, in)
			o.lastOwn = m.tick
		}
	}
	m.encoders.serving = m.encoders.serving[:0]
	for _, o := range outputs {
		if o.encoded != nil {
			m.assignEncoder(o)
		}
	}
	if m.tick%uint64(lossEvery) == 0 {
		m.heedLoss(outputs)
	}
}

// heedLoss tells each encoder what its listeners lose: a shared one, the worst
// of it.
func (m *Mixer) heedLoss(outputs []*Output) {
	for _, o := range outputs {
		switch loss := int(o.loss.Load()); {
		case o.stream != nil:
			o.stream.expect(loss)
		case o.shared != nil:
			o.shared.worst = max(o.shared.worst, min(loss, maxSharedLoss))
		}
	}
	for _, s := range m.encoders.serving {
		s.expect(s.worst)
		s.worst = 0
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
		m.encoders.release(o.stream)
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
		m.encoders.serving = append(m.encoders.serving, s)
	}
	s.listeners++
}

func (m *Mixer) changeFormat(o *Output, f codecs.Format) {
	m.encoders.release(o.stream)
	o.stream, o.shared, o.refused = nil, nil, false
	o.format = f
	o.told.Store(&f)
	m.tell()
}

// share finds or makes the encoder that o shares with all of its Format.
func (m *Mixer) share(o *Output) *stream {
	s := m.encoders.shared[o.format]
	if s == nil {
		if s = m.acquire(o); s == nil {
			return nil
		}
		m.encoders.shared[o.format] = s
	}
	o.shared = s
	return s
}

// acquire returns an idle encoder of o's Format, or a new one. When there is
// none to be had, o hears nothing until its Format changes.
func (m *Mixer) acquire(o *Output) *stream {
	if s := m.encoders.take(o.format); s != nil {
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

// encodeShared encodes the shared mix once for each Format that is listened to.
func (m *Mixer) encodeShared() {
	for _, s := range m.encoders.serving {
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
		for f, s := range m.encoders.shared {
			if m.tick-s.wanted > uint64(sharedIdle) {
				s.retired = true
				delete(m.encoders.shared, f)
			}
		}
	}
}
