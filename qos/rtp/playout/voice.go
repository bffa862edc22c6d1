package playout

import (
	"fmt"
	"time"

	"parley/codecs"
)

// voice decodes one Format to mono at the codec's own rate and brings that to
// the mixer's. Its state lives on while another Format is in use.
type voice struct {
	format    codecs.Format
	dec       codecs.Decoder
	concealer codecs.Concealer  // nil: ours conceals
	fec       codecs.FECDecoder // nil: none
	resampler *codecs.Resampler // nil: none needed

	rate     int64
	channels int
	frame    int // samples in 20 ms
	// scratch is what was decoded. Of many channels it grows to what comes,
	// since 120 ms of them would be more than any packet holds.
	scratch []int16
}

// newVoice fails with codecs.ErrUnsupported when the Set has no such decoder
// or its rate cannot be resampled.
func newVoice(set *codecs.Set, f codecs.Format) (*voice, error) {
	dec, err := set.NewDecoder(f)
	if err != nil {
		return nil, err
	}
	v := &voice{format: f, dec: dec, rate: int64(dec.SampleRate()), channels: dec.Channels()}
	if v.rate < minRate || v.rate > maxRate || v.channels < 1 || v.channels > maxChannels {
		return nil, fmt.Errorf("playout: %v decodes to %d Hz, %d channels: %w", f, v.rate, v.channels, codecs.ErrUnsupported)
	}
	if v.rate != codecs.SampleRate {
		if v.resampler, err = codecs.NewResampler(int(v.rate), codecs.SampleRate); err != nil {
			return nil, err
		}
	}
	v.concealer, _ = dec.(codecs.Concealer)
	v.fec, _ = dec.(codecs.FECDecoder)
	v.frame = int(v.rate / 50)
	if v.channels <= 2 {
		v.scratch = make([]int16, v.samples(maxPacketTime)*v.channels)
	}
	return v, nil
}

// samples returns how many samples last d.
func (v *voice) samples(d time.Duration) int { return int(int64(d) * v.rate / int64(time.Second)) }

// ns returns how long n samples last.
func (v *voice) ns(n int) int64 { return ticks(int64(n), v.rate) }

// duration returns the samples that payload decodes to.
func (v *voice) duration(payload []byte) (int, error) {
	n, err := v.dec.Duration(payload)
	if err == nil && (n <= 0 || n > v.samples(maxPacketTime)) {
		err = fmt.Errorf("playout: %d samples in a packet: %w", n, codecs.ErrMalformed)
	}
	return n, err
}

// decode returns the mono samples of payload, valid until the next call.
func (v *voice) decode(payload []byte) ([]int16, error) {
	n, err := v.duration(payload)
	if err != nil {
		return nil, err
	}
	if n *= v.channels; n > len(v.scratch) {
		v.scratch = make([]int16, n)
	}
	n, err = v.dec.Decode(v.scratch, payload)
	return v.mono(n), err
}

// conceal returns about n samples that the codec invents; nil when it cannot.
func (v *voice) conceal(n int) []int16 {
	if v.concealer == nil {
		return nil
	}
	// Opus conceals in units of 2.5 ms (RFC 6716 2.1.4).
	unit := max(int(v.rate/400), 1)
	n = min((n+unit-1)/unit*unit, len(v.scratch)/v.channels)
	n, err := v.concealer.Conceal(v.scratch, n)
	if err != nil {
		return nil
	}
	return v.mono(n)
}

// recover returns up to n samples that payload carries of the packet before
// it; nil when it has none.
func (v *voice) recover(payload []byte, n int) []int16 {
	if v.fec == nil || n*v.channels > len(v.scratch) {
		return nil
	}
	n, err := v.fec.DecodeFEC(v.scratch, payload, n)
	if err != nil {
		return nil
	}
	return v.mono(n)
}

// mono mixes n samples of scratch down in place.
func (v *voice) mono(n int) []int16 {
	n = min(max(n, 0), len(v.scratch)/v.channels)
	switch v.channels {
	case 1:
	case 2:
		for i := range n {
			v.scratch[i] = int16((int32(v.scratch[2*i]) + int32(v.scratch[2*i+1])) >> 1)
		}
	default:
		for i := range n {
			sum := int32(0)
			for _, s := range v.scratch[i*v.channels : (i+1)*v.channels] {
				sum += int32(s)
			}
			v.scratch[i] = int16(sum / int32(v.channels))
		}
	}
	return v.scratch[:n]
}
