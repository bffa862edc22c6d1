package playout

import (
	"maps"

	"parley/codecs"
)

// comfortNoise is the static payload type of RFC 3389 section 4.
const comfortNoise = 13

// payloadType is what a payload type number stands for. It is not changed once
// made, so that packets can point to it.
type payloadType struct {
	format codecs.Format
	clock  int64 // RTP clock in Hz
	// sound is clear for comfort noise, telephone events and unknown types:
	// they keep their place in the sequence and are never decoded.
	sound bool
	// opus marks the codec whose packets of up to two bytes mean that nothing
	// is transmitted (RFC 6716 3.1: a lone TOC byte; RFC 7587 3.1.3).
	opus bool
	// quiet marks comfort noise: what follows is silence, not loss.
	quiet bool
}

// unknownType stands for payload types that signalling did not name.
var unknownType = payloadType{}

func newPayloadTypes(formats map[uint8]codecs.Format) map[uint8]*payloadType {
	types := make(map[uint8]*payloadType, len(formats)+1)
	types[comfortNoise] = &payloadType{quiet: true}
	for pt, f := range maps.All(formats) {
		t := &payloadType{format: f, clock: int64(f.ClockRate), opus: f.Is("opus")}
		switch {
		case f.Is("CN"):
			t.quiet = true
		case f.Media() == codecs.MediaAudio && f.ClockRate > 0:
			t.sound = true
		case f.Media() != codecs.MediaEvent:
			continue
		}
		types[pt&0x7f] = t
	}
	return types
}

// silent reports whether a payload of this type says that there is nothing to
// hear, without decoding it.
func (t *payloadType) silent(payload []byte) bool {
	return !t.sound || len(payload) == 0 || t.opus && len(payload) <= 2
}
