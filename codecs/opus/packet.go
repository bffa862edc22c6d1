package opus

import (
	"fmt"

	"parley/codecs"
)

// duration returns the samples at 48 kHz in a packet, from its TOC octet and,
// in code 3, its frame count (RFC 6716 3.1, 3.2).
//
//	 0 1 2 3 4 5 6 7
//	+-+-+-+-+-+-+-+-+
//	| config  |s| c |
//	+-+-+-+-+-+-+-+-+
func duration(payload []byte) (int, error) {
	if len(payload) == 0 {
		return 0, errEmpty // requirement R1
	}
	frames := 1
	switch payload[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(payload) < 2 {
			return 0, errCount // requirement R6
		}
		frames = int(payload[1] & 0x3F)
	}
	n := frames * frameDuration(payload[0]>>3)
	if n == 0 || n > maxSamples {
		return 0, errDuration
	}
	return n, nil
}

// frameDuration returns the samples in one frame of a configuration (RFC 6716
// table 2).
func frameDuration(config byte) int {
	switch {
	case config < 12: // SILK: 10, 20, 40, 60 ms
		return [4]int{480, 960, 1920, 2880}[config&3]
	case config < 16: // hybrid: 10, 20 ms
		return 480 << (config & 1)
	default: // CELT: 2.5, 5, 10, 20 ms
		return 120 << (config & 3)
	}
}

// They are one value each, since a storm of garbage must not cost an allocation
// each.
var (
	errEmpty    = fmt.Errorf("opus: empty packet: %w", codecs.ErrMalformed)
	errCount    = fmt.Errorf("opus: packet without its frame count: %w", codecs.ErrMalformed)
	errDuration = fmt.Errorf("opus: packet without frames, or with too many: %w", codecs.ErrMalformed)
)
