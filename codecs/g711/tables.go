package g711

import "math/bits"

// compressedSize is the number of entries of a compression table. μ-law needs
// all of them: it looks at the upper 14 bits of a sample. A-law looks at 12
// and uses the first quarter.
const compressedSize = 1 << 14

// The low bits of a 16-bit sample that each law does not look at: G.711 is
// defined on 14-bit (Table 2) and 13-bit (Table 1) uniform code, and the last
// of A-law's 13 bits falls below its smallest decision interval.
const (
	muLawShift = 2
	aLawShift  = 4
)

// The tables are filled once, before any package uses them, and never change.
var (
	muLawCompressed = compressed(muLawShift, muLawCode)
	aLawCompressed  = compressed(aLawShift, aLawCode)
	muLawExpanded   = expanded(muLawValue)
	aLawExpanded    = expanded(aLawValue)
)

// compressed tabulates code over all samples that differ above shift.
func compressed(shift uint8, code func(int16) byte) (t [compressedSize]byte) {
	for i := range 1 << (16 - shift) {
		t[i] = code(int16(i << shift))
	}
	return t
}

// expanded tabulates value over all codes.
func expanded(value func(byte) int16) (t [256]int16) {
	for i := range t {
		t[i] = value(byte(i))
	}
	return t
}

// muLawBias lifts the magnitude so that every segment begins at a power of two
// (G.711 Table 2: decision values 31, 95, 223 ... plus 33).
const muLawBias = 33

// muLawCode compresses one sample by G.711 Table 2. Negative samples are
// mirrored by the one's complement, so that +0 and -1 are neighbours: the law
// has two codes for zero.
func muLawCode(s int16) byte {
	sign := byte(0x80)
	v := int(s)
	if v < 0 {
		v, sign = ^v, 0
	}
	m := min(v>>2+muLawBias, 0x1FFF)
	segment := bits.Len(uint(m)) - 6
	step := m >> (segment + 1) & 0x0F
	// All bits but the sign are inverted on the line (Table 2, note 2).
	return sign | ^byte(segment<<4|step)&0x7F
}

// muLawValue expands one code to the middle of its interval.
func muLawValue(b byte) int16 {
	segment, step := int(^b>>4&7), int(^b&0x0F)
	v := ((2*step+33)<<segment - muLawBias) << 2
	if b&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

// aLawMask inverts the even bits on the line (G.711 Table 1, note 2).
const aLawMask = 0x55

// aLawCode compresses one sample by G.711 Table 1.
func aLawCode(s int16) byte {
	sign := byte(0x80)
	v := int(s)
	if v < 0 {
		v, sign = ^v, 0
	}
	m := v >> 4
	segment := max(bits.Len(uint(m))-4, 0)
	step := m >> max(segment-1, 0) & 0x0F
	return (sign | byte(segment<<4|step)) ^ aLawMask
}

// aLawValue expands one code to the middle of its interval.
func aLawValue(b byte) int16 {
	b ^= aLawMask
	segment, step := int(b>>4&7), int(b&0x0F)
	v := 2*step + 1
	if segment > 0 {
		v = (v + 32) << (segment - 1)
	}
	v <<= 3
	if b&0x80 == 0 {
		v = -v
	}
	return int16(v)
}
