package codecs

import (
	"errors"
	"fmt"
	"strings"
)

// The three ways in which a payload or a description can be wrong. They are
// told apart because they have different cures: a malformed one is the
// sender's fault, an unsupported one a missing part here.
var (
	ErrMalformed   = errors.New("malformed")
	ErrUnsupported = errors.New("unsupported")
)

// Encoder turns sound into payloads of one Format. It is not safe for
// concurrent use.
type Encoder interface {
	// SampleRate is the rate in Hz that Encode wants; Channels the number of
	// interleaved channels.
	SampleRate() int
	Channels() int
	// Encode appends the encoding of pcm, 20 ms of interleaved samples, to dst
	// and returns the extended slice. It does not allocate when dst has room.
	Encode(dst []byte, pcm []int16) ([]byte, error)
}

// Decoder turns payloads of one Format into sound. It is not safe for
// concurrent use, and keeps state from one payload to the next.
type Decoder interface {
	SampleRate() int
	Channels() int
	// Decode writes the interleaved samples of payload to dst and returns how
	// many samples per channel it wrote. dst holds 120 ms, the longest packet
	// of RFC 6716; a payload that holds more is malformed. The error wraps
	// ErrMalformed.
	Decode(dst []int16, payload []byte) (int, error)
	// Duration returns the samples per channel that Decode would write for
	// payload, without decoding it.
	Duration(payload []byte) (int, error)
}

// Concealer is a Decoder with a loss concealment of its own.
type Concealer interface {
	// Conceal writes n samples per channel in place of a lost packet.
	Conceal(dst []int16, n int) (int, error)
}

// UnevenEncoder is an Encoder whose payloads do not all last 20 ms: of a rate
// that has no whole samples in them, or of payloads of whole pairs of samples.
type UnevenEncoder interface {
	// Samples returns how many samples per channel the last call of Encode
	// appended.
	Samples() int
}

// FECDecoder is a Decoder whose packets carry a copy of the one before.
type FECDecoder interface {
	// DecodeFEC writes the n samples per channel that were lost right before
	// payload, as far as payload carries them.
	DecodeFEC(dst []int16, payload []byte, n int) (int, error)
}

// LossAware is an Encoder that can spend bits on resilience.
type LossAware interface {
	// SetExpectedLoss tells the share of packets, in percent, that receivers
	// report lost.
	SetExpectedLoss(percent int)
}

// Codec makes encoders and decoders of one encoding name. A video Codec only
// inspects.
type Codec struct {
	// Formats are the Formats offered by default, best first.
	Formats []Format
	// Unoffered are Formats that are taken where a session names them, as those
	// of multicast groups do, and not offered in calls: each line of an offer
	// costs every peer, and who has these has better ones.
	Unoffered []Format
	// Accept reports whether a Format with this Codec's name and foreign
	// parameters can be decoded (audio) or forwarded (video).
	Accept func(Format) bool
	// NewEncoder and NewDecoder are nil for video.
	NewEncoder func(Format) (Encoder, error)
	NewDecoder func(Format) (Decoder, error)
	// Inspect is nil for audio.
	Inspect func(payload []byte) PayloadInfo
}

// Set is the codecs that a program was built with. It is not changed after
// NewSet and so is safe for concurrent use.
type Set struct {
	byName    map[string]*Codec
	order     []Format
	unoffered []Format
}

// NewSet returns a Set of cs; earlier ones are preferred in offers.
func NewSet(cs ...Codec) *Set {
	s := &Set{byName: make(map[string]*Codec)}
	for _, c := range cs {
		for _, f := range c.Formats {
			s.byName[strings.ToLower(f.Name)] = &c
			s.order = append(s.order, f)
		}
		for _, f := range c.Unoffered {
			s.byName[strings.ToLower(f.Name)] = &c
			s.unoffered = append(s.unoffered, f)
		}
	}
	return s
}

// Formats returns the Formats to offer for m, best first.
func (s *Set) Formats(m Media) []Format { return ofMedia(s.order, m) }

// Unoffered returns the Formats for m that are taken without being offered.
func (s *Set) Unoffered(m Media) []Format { return ofMedia(s.unoffered, m) }

func ofMedia(formats []Format, m Media) []Format {
	var out []Format
	for _, f := range formats {
		if f.Media() == m {
			out = append(out, f)
		}
	}
	return out
}

// Lookup returns the Codec for f, or nil when the Set has none that accepts it.
func (s *Set) Lookup(f Format) *Codec {
	c := s.byName[strings.ToLower(f.Name)]
	if c == nil || (c.Accept != nil && !c.Accept(f)) {
		return nil
	}
	return c
}

// NewEncoder returns an Encoder for f. The error wraps ErrUnsupported.
func (s *Set) NewEncoder(f Format) (Encoder, error) {
	c := s.Lookup(f)
	if c == nil || c.NewEncoder == nil {
		return nil, fmt.Errorf("codecs: encode %v: %w", f, ErrUnsupported)
	}
	return c.NewEncoder(f)
}

// NewDecoder returns a Decoder for f. The error wraps ErrUnsupported.
func (s *Set) NewDecoder(f Format) (Decoder, error) {
	c := s.Lookup(f)
	if c == nil || c.NewDecoder == nil {
		return nil, fmt.Errorf("codecs: decode %v: %w", f, ErrUnsupported)
	}
	return c.NewDecoder(f)
}

// Inspect tells what a payload of f carries; the zero PayloadInfo when the Set
// does not know the Format.
func (s *Set) Inspect(f Format, payload []byte) PayloadInfo {
	c := s.Lookup(f)
	if c == nil || c.Inspect == nil {
		return PayloadInfo{}
	}
	return c.Inspect(payload)
}
