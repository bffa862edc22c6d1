package mixer

import (
	"sync/atomic"

	"parley/codecs"
)

// Port is where an Output's sound goes.
type Port interface {
	WriteFrame(mix *codecs.Frame)
}

// PayloadPort is a Port that wants its sound encoded. It gets exactly one
// WritePayload a tick while its Format is not zero, and no WriteFrame.
type PayloadPort interface {
	AudioFormat() codecs.Format
	WritePayload(p *codecs.Payload)
}

// Output is one who hears: all Inputs but those that it owns.
type Output struct {
	// What every tick looks at stands together, as in Input. All but closed,
	// loss and told belongs to the tick, or is not changed.
	encoded PayloadPort // port, when it is one
	stream  *stream     // the own encoder, nil while the shared one serves
	shared  *stream     // of format; looked up again when it was retired
	lastOwn uint64      // the last tick that had own
	refused bool        // no encoder for format
	format  codecs.Format
	own     []*Input // those of its Inputs that are in this tick's sum

	port    Port
	closed  atomic.Bool
	loss    atomic.Int32 // percent
	told    atomic.Pointer[codecs.Format]
	mix     *codecs.Frame
	payload codecs.Payload
	sources [maxSources]uint32
}

// NewOutput returns an Output to port.
func NewOutput(port Port) *Output {
	o := &Output{port: port}
	o.encoded, _ = port.(PayloadPort)
	o.told.Store(new(codecs.Format))
	if o.encoded == nil {
		o.mix = new(codecs.Frame)
	}
	return o
}

// Format is the Format that the Output hears in; zero for none, or when it
// takes Frames.
func (o *Output) Format() codecs.Format { return *o.told.Load() }

// Expect tells Format before the first tick.
func (o *Output) Expect(f codecs.Format) { o.told.Store(&f) }

// SetLoss tells the share of packets, in percent, that the listener reports
// lost.
func (o *Output) SetLoss(percent int) { o.loss.Store(int32(percent)) }

// Close tells that the next Room has this Output no longer.
func (o *Output) Close() { o.closed.Store(true) }

// send hands the Output its tick. It runs on any worker and touches nothing
// but o, its stream and what is read-only by now.
func (o *Output) send(m *Mixer) {
	switch {
	case o.encoded == nil:
		o.sendFrame(m)
	case o.format.IsZero() || o.refused:
	case o.stream != nil:
		o.sendOwn(m)
	default:
		o.encoded.WritePayload(&o.shared.payload)
	}
}

func (o *Output) sendFrame(m *Mixer) {
	if len(o.own) == 0 {
		o.port.WriteFrame(m.mix())
		return
	}
	m.without(o.mix, o.own)
	o.port.WriteFrame(o.mix)
}

// sendOwn encodes for this Output alone: it speaks, or did so lately, in which
// case its mix is the shared one and its encoder converges to the shared one's
// state.
func (o *Output) sendOwn(m *Mixer) {
	s := o.stream
	s.catchUp(m)
	heard, mix := m.csrcs, m.mix()
	if len(o.own) > 0 {
		m.without(o.mix, o.own)
		heard, mix = o.others(m.heard), o.mix
	}
	o.payload.Sources = heard
	o.payload.Silent = len(heard) == 0
	data, err := s.encode(mix)
	o.payload.Duration = s.payload.Duration
	if err != nil {
		o.payload.Silent = true
		m.encodeErrors.Add(1)
	}
	o.payload.Data = data
	s.last = m.tick
	m.encodes.Add(1)
	o.encoded.WritePayload(&o.payload)
}

// others returns the ids of those heard that are not o's own.
func (o *Output) others(heard []*Input) []uint32 {
	ids := o.sources[:0]
	for _, in := range heard {
		if len(ids) == maxSources {
			break
		}
		if in.owner != o {
			ids = append(ids, in.id)
		}
	}
	return ids
}
