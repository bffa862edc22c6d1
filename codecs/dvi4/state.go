package dvi4

// state is the predictor of IMA ADPCM ("Recommended Practices for Enhancing
// Digital Audio Compatibility in Multimedia Systems", 1992).
type state struct {
	predicted int16
	index     int // of steps
}

// encode returns the code of a sample: its sign and three bits of how many
// steps it is from what was predicted.
func (s *state) encode(sample int16) uint8 {
	difference := int32(sample) - int32(s.predicted)
	code := uint8(0)
	if difference < 0 {
		code, difference = 8, -difference
	}
	step := steps[s.index]
	for bit := uint8(4); bit > 0; bit >>= 1 {
		if difference >= step {
			code |= bit
			difference -= step
		}
		step >>= 1
	}
	s.decode(code)
	return code
}

// decode returns the sample that a code stands for.
func (s *state) decode(code uint8) int16 {
	step := steps[s.index]
	difference := step >> 3
	if code&4 != 0 {
		difference += step
	}
	if code&2 != 0 {
		difference += step >> 1
	}
	if code&1 != 0 {
		difference += step >> 2
	}
	if code&8 != 0 {
		difference = -difference
	}
	s.predicted = int16(max(-32768, min(int32(s.predicted)+difference, 32767)))
	s.index = max(0, min(s.index+changes[code&7], len(steps)-1))
	return s.predicted
}

// changes is by how much the index moves after a code.
var changes = [8]int{-1, -1, -1, -1, 2, 4, 6, 8}

// steps are the step sizes, each 1.1 times the one before.
var steps = [89]int32{
	7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45,
	50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230,
	253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
	1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327,
	3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442,
	11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
	32767,
}
