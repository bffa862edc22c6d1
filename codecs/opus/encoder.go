package opus

import (
	"errors"
	"fmt"
	"slices"

	"github.com/thesyncim/gopus"
)

// complexity is libopus's scale from 0 to 10. At 5 a frame costs half of what
// it does at 10, and a listener hears no difference in speech.
const complexity = 5

// The encoder is told what share of packets in percent is lost. At assumedLoss,
// before a receiver reports any and while it reports next to none, it makes its
// prediction robust but, at our bit rates, puts no copies of frames in. From
// copyingLoss on it narrows the bandwidth to make room for copies.
const (
	assumedLoss = 5
	copyingLoss = 6
	// tolerableLoss is what concealment covers.
	tolerableLoss = 1
)

// encoder encodes 20 ms of mono a packet.
type encoder struct {
	enc *gopus.Encoder
	fec bool
}

func newEncoder(p parameters) (*encoder, error) {
	enc, err := gopus.NewEncoder(gopus.EncoderConfig{
		SampleRate:  SampleRate,
		Channels:    1,
		Application: gopus.ApplicationVoIP,
	})
	if err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	enc.SetFEC(p.fec)
	enc.SetDTX(p.dtx)
	loss := 0
	if p.fec {
		loss = assumedLoss
	}
	err = errors.Join(
		enc.SetFrameSize(frameSamples),
		enc.SetComplexity(complexity),
		enc.SetBitrate(p.bitrate),
		enc.SetMaxBandwidth(p.bandwidth),
		enc.SetPacketLoss(loss),
		// Below 16 bits lies only noise of our own mix.
		enc.SetLSBDepth(16),
	)
	if p.constant {
		enc.SetVBR(false)
	}
	if err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	return &encoder{enc: enc, fec: p.fec}, nil
}

func (*encoder) SampleRate() int { return SampleRate }
func (*encoder) Channels() int   { return 1 }

// Encode appends one packet for the 960 samples of pcm. During silence with
// usedtx the packet is a single octet, which need not be sent (RFC 7587 3.1.3).
func (e *encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	if len(pcm) != frameSamples {
		return dst, fmt.Errorf("opus: frame of %d samples, want %d", len(pcm), frameSamples)
	}
	n := len(dst)
	dst = slices.Grow(dst, maxPayload)
	m, err := e.enc.EncodeInt16(pcm, dst[n:n+maxPayload])
	if err != nil {
		return dst[:n], fmt.Errorf("opus: encode: %w", err)
	}
	return dst[:n+m], nil
}

// SetExpectedLoss has copies of the frame before put in once receivers report
// loss worth it, and spends more on them the more is lost. It does nothing for
// a peer that does not want them.
func (e *encoder) SetExpectedLoss(percent int) {
	if !e.fec {
		return
	}
	least := assumedLoss
	if percent > tolerableLoss {
		least = copyingLoss
	}
	// The range is kept, so there is no error.
	_ = e.enc.SetPacketLoss(min(max(percent, least), 100))
}
