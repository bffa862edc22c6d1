package mixer

import "parley/codecs"

const (
	fullScale = 32767
	// knee is where the soft clipper begins to bend, 2.5 dB below full scale.
	knee     = 24576
	headroom = fullScale - knee
)

// soften bends v into the range of a sample. The curve has no memory, so
// nothing pumps and whoever hears the same sum hears the same sound; it is
// straight up to the knee, has no corner there (its slope is 1), rises
// everywhere and nears full scale without reaching past it.
func soften(v int32) int16 {
	switch {
	case v > knee:
		d := int64(v) - knee
		return int16(knee + headroom*d/(headroom+d))
	case v < -knee:
		d := -int64(v) - knee
		return int16(-knee - headroom*d/(headroom+d))
	}
	return int16(v)
}

// clip writes sum to dst and returns how many samples were bent.
func clip(dst *codecs.Frame, sum *[codecs.FrameSamples]int32) (bent int) {
	for i, v := range sum {
		if v > knee || v < -knee {
			bent++
			dst[i] = soften(v)
		} else {
			dst[i] = int16(v)
		}
	}
	return bent
}
