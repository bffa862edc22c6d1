package mixer

import (
	"math"

	"parley/codecs"
)

// silence is the lowest level in dBov (RFC 6464 3).
const silence = -127

// measure returns the mean power of f relative to overload, and its peak.
func measure(f *codecs.Frame) (power float32, peak int32) {
	var sum int64
	for _, s := range f {
		v := int32(s)
		sum += int64(v * v)
		if v < 0 {
			v = -v
		}
		peak = max(peak, v)
	}
	return float32(sum) / (codecs.FrameSamples * 32768 * 32768), peak
}

// dBov converts a power to a level: 0 dBov is that of a square wave at
// overload, a sine at overload has -3 (RFC 6464 3, ITU-T G.100.1).
func dBov(power float32) float32 {
	if power <= 0 {
		return silence
	}
	return max(silence, float32(10*math.Log10(float64(power))))
}

// linear converts a gain in dB to a factor.
func linear(dB float32) float32 { return float32(math.Pow(10, float64(dB)/20)) }

func log10(x float32) float32 { return float32(math.Log10(float64(x))) }
