// Package voice makes sound for the tests of speech codecs: the same samples on
// every machine.
package voice

// Samples returns n samples of something between speech and music: pulses of a
// changing pitch through two resonances, hisses, pauses, steps and full scale.
// It is made of integers, so that it does not depend on a machine's arithmetic.
func Samples(n int) []int16 {
	out := make([]int16, n)
	random := uint32(1)
	var y1, y2, z1, z2 int64
	countdown := 0
	for i := range out {
		random = random*1664525 + 1013904223
		noise := int64(int32(random)) >> 18
		part := i / 400 % 8
		x := noise >> 4
		switch part {
		case 0, 1, 4:
			if countdown--; countdown <= 0 {
				countdown = 40 + i/100%60
				x += 6000 << (part / 2 % 2)
			}
		case 2:
			x = noise
		case 3:
			x = noise >> 10
		case 5:
			x = 0
			if i/50%2 == 0 {
				x = 20000
			}
		case 6:
			x = noise * 6
		}
		// Two poles each, near 500 Hz and 1.8 kHz of 8 kHz.
		y := x + y1*28*1024>>14 - y2*15*1024>>14
		y2, y1 = y1, y
		z := y + z1*5*1024>>14 - z2*13*1024>>14
		z2, z1 = z1, z
		out[i] = int16(max(-32768, min(z/3, 32767)))
	}
	return out
}

// SNR returns by how many dB the sound is above its difference to another; 200
// when they are the same.
func SNR(sound, other []int16) float64 {
	var signal, noise float64
	for i, v := range sound {
		d := float64(v) - float64(other[i])
		signal += float64(v) * float64(v)
		noise += d * d
	}
	return decibel(signal, noise)
}
