package g726

// rate is what differs between the four.
type rate struct {
	bits uint
	// decision are the lower ends of the quantizer's steps, in the logarithm
	// of base 2 with 7 bits behind the point (G.726 4.2.2, tables 1 to 4).
	decision []int16
	// For each code: its level, in the same unit, the multiplier of the scale
	// factor W(I) and the weight of its speed F(I).
	level, multiplier, speed []int16
	// leak is by how much the coefficients of the zeros forget: as a shift.
	leak uint
}

// zeroLevel is the logarithm of nothing.
const zeroLevel = -2048

var (
	rate16 = rate{
		bits:       2,
		decision:   []int16{261},
		level:      []int16{116, 365, 365, 116},
		multiplier: []int16{-22, 439, 439, -22},
		speed:      []int16{0, 7, 7, 0},
		leak:       8,
	}
	rate24 = rate{
		bits:       3,
		decision:   []int16{8, 218, 331},
		level:      []int16{zeroLevel, 135, 273, 373, 373, 273, 135, zeroLevel},
		multiplier: []int16{-4, 30, 137, 582, 582, 137, 30, -4},
		speed:      []int16{0, 1, 2, 7, 7, 2, 1, 0},
		leak:       8,
	}
	rate32 = rate{
		bits:     4,
		decision: []int16{-124, 80, 178, 246, 300, 349, 400},
		level: []int16{
			zeroLevel, 4, 135, 213, 273, 323, 373, 425, 425, 373, 323, 273, 213, 135, 4, zeroLevel,
		},
		multiplier: []int16{-12, 18, 41, 64, 112, 198, 355, 1122, 1122, 355, 198, 112, 64, 41, 18, -12},
		speed:      []int16{0, 0, 0, 1, 1, 1, 3, 7, 7, 3, 1, 1, 1, 0, 0, 0},
		leak:       8,
	}
	rate40 = rate{
		bits:     5,
		decision: []int16{-122, -16, 68, 139, 198, 250, 298, 339, 378, 413, 445, 475, 502, 528, 553},
		level: []int16{
			zeroLevel, -66, 28, 104, 169, 224, 274, 318, 358, 395, 429, 459, 488, 514, 539, 566,
			566, 539, 514, 488, 459, 429, 395, 358, 318, 274, 224, 169, 104, 28, -66, zeroLevel,
		},
		multiplier: []int16{
			14, 14, 24, 39, 40, 41, 58, 100, 141, 179, 219, 280, 358, 440, 529, 696,
			696, 529, 440, 358, 280, 219, 179, 141, 100, 58, 41, 40, 39, 24, 14, 14,
		},
		speed: []int16{
			0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6, 6, 5, 4, 3, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
		},
		leak: 9,
	}
)
