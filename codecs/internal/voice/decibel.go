package voice

import "math"

func decibel(signal, noise float64) float64 {
	if noise == 0 {
		return 200
	}
	return 10 * math.Log10(signal/noise)
}
