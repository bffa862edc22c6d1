package mixer

import (
	"fmt"

	"parley/codecs"
)

// stream is one encoder with what stands before it.
type stream struct {
	format    codecs.Format
	encoder   codecs.Encoder
	lossAware codecs.LossAware // encoder, when it is one
	uneven    codecs.UnevenEncoder
	loss      int               // in percent, as encoder was told
	resampler *codecs.Resampler // nil at 48 kHz
	mono      []int16
	pcm       []int16 // interleaved; mono itself for one channel
	data      []byte
	last      uint64 // the tick that was encoded last; 0: none

	// Of a shared stream: what all its listeners get.
	payload codecs.Payload
	// wanted is the last tick in which somebody listened, listeners how many
	// did in this one. retired is set when it is given up.
	wanted    uint64
	listeners int
	retired   bool
	worst     int // loss of any listener that was looked at
}

// maxPayload is room for 20 ms of any Format: L16 at 48 kHz stereo.
const maxPayload = codecs.FrameSamples * 2 * 2

func newStream(set *codecs.Set, f codecs.Format) (*stream, error) {
	enc, err := set.NewEncoder(f)
	if err != nil {
		return nil, err
	}
	s := &stream{format: f, encoder: enc, data: make([]byte, 0, maxPayload)}
	s.lossAware, _ = enc.(codecs.LossAware)
	s.uneven, _ = enc.(codecs.UnevenEncoder)
	s.payload.Duration = uint32(f.ClockRate / framesPerSecond)
	rate := enc.SampleRate()
	if s.uneven == nil && (rate%framesPerSecond != 0 || f.ClockRate%framesPerSecond != 0) {
		return nil, fmt.Errorf("mixer: %v has no whole samples in 20 ms: %w", f, codecs.ErrUnsupported)
	}
	s.mono = make([]int16, (rate+framesPerSecond-1)/framesPerSecond)
	s.pcm = s.mono
	if n := enc.Channels(); n > 1 {
		s.pcm = make([]int16, n*len(s.mono))
	}
	if rate != codecs.SampleRate {
		if s.resampler, err = codecs.NewResampler(codecs.SampleRate, rate); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// encode returns the encoding of f, valid until the next call.
func (s *stream) encode(f *codecs.Frame) ([]byte, error) {
	mono := f[:]
	if s.resampler != nil {
		mono = s.mono[:s.resampler.Process(s.mono, f[:])]
	}
	pcm := mono
	if n := s.encoder.Channels(); n > 1 {
		for i, v := range mono {
			for c := range n {
				s.pcm[i*n+c] = v
			}
		}
		pcm = s.pcm[:n*len(mono)]
	}
	data, err := s.encoder.Encode(s.data[:0], pcm)
	if err != nil {
		return nil, err
	}
	s.data = data
	if s.uneven != nil {
		s.payload.Duration = uint32(s.uneven.Samples() * s.format.ClockRate / s.encoder.SampleRate())
	}
	return data, nil
}

// expect tells the encoder what share of its packets is lost.
func (s *stream) expect(percent int) {
	if s.lossAware != nil && s.loss != percent {
		s.loss = percent
		s.lossAware.SetExpectedLoss(percent)
	}
}

// catchUp runs the encoder over what it missed of the shared sum, as far as
// that is kept, so that its state is where the shared encoder's is and the
// decoder at the other end notices no change.
func (s *stream) catchUp(m *Mixer) {
	missed := min(m.tick-1-s.last, m.tick-1, primeFrames)
	for t := m.tick - missed; t < m.tick; t++ {
		// Nothing is sent of this, so an error is told by the frame that is.
		_, _ = s.encode(m.past(t))
	}
}
