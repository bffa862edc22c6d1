package opus

import (
	"fmt"
	"math"

	"parley/codecs"

	"github.com/thesyncim/gopus"
)

// decoder decodes packets of any mode to 48 kHz mono.
//
// A packet of one octet, or of two that end in an empty frame, is what a
// sender with DTX puts in place of silence (RFC 6716 2.1.9). It is decoded like
// any other and gives background noise for its whole duration.
type decoder struct {
	dec  *gopus.Decoder
	lost [maxSamples]float32 // what is concealed, before it is rounded
}

func newDecoder() (*decoder, error) {
	dec, err := gopus.NewDecoder(gopus.DefaultDecoderConfig(SampleRate, 1))
	if err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	return &decoder{dec: dec}, nil
}

func (*decoder) SampleRate() int { return SampleRate }
func (*decoder) Channels() int   { return 1 }

// Duration returns the samples in a packet from its first two octets. Decode
// may still find the rest malformed.
func (*decoder) Duration(payload []byte) (int, error) { return duration(payload) }

// Decode decodes one packet.
func (d *decoder) Decode(dst []int16, payload []byte) (int, error) {
	want, err := duration(payload)
	if err != nil {
		return 0, err
	}
	n, err := d.dec.DecodeInt16(payload, dst[:want])
	if err != nil {
		return 0, fmt.Errorf("opus: %w: %w", codecs.ErrMalformed, err)
	}
	return n, nil
}

// Conceal continues the sound for n samples, fading out over a long loss.
func (d *decoder) Conceal(dst []int16, n int) (int, error) {
	return d.decodeLost(dst, nil, n)
}

// DecodeFEC writes the n samples that were lost right before payload from the
// copy that payload carries, and conceals what the copy does not reach.
func (d *decoder) DecodeFEC(dst []int16, payload []byte, n int) (int, error) {
	if _, err := duration(payload); err != nil {
		return 0, err
	}
	return d.decodeLost(dst, payload, n)
}

// decodeLost fills a gap of n samples, up to 120 ms, with the help of the
// payload behind it if there is one.
func (d *decoder) decodeLost(dst []int16, payload []byte, n int) (int, error) {
	if n < 0 || n > maxSamples {
		return 0, fmt.Errorf("opus: gap of %d samples, at most %d", n, maxSamples)
	}
	if n == 0 {
		return 0, nil
	}
	// The decoder's grain is 2.5 ms (RFC 6716 2.1.4).
	const grain = SampleRate / 400
	whole := (n + grain - 1) / grain * grain
	m, err := d.dec.DecodeWithFEC(payload, d.lost[:whole], true)
	if err != nil {
		return 0, fmt.Errorf("opus: %w: %w", codecs.ErrMalformed, err)
	}
	n = min(n, m)
	dst = dst[:n]
	for i, v := range d.lost[:n] {
		dst[i] = int16(max(min(math.Round(float64(v)*32768), math.MaxInt16), math.MinInt16))
	}
	return n, nil
}
