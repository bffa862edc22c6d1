package gsm

import "math/bits"

// The operations of 5.1.

// saturate brings a sum or a product back to 16 bits.
func saturate(v int32) int16 { return int16(max(-32768, min(v, 32767))) }

func add(a, b int16) int16 { return saturate(int32(a) + int32(b)) }
func sub(a, b int16) int16 { return saturate(int32(a) - int32(b)) }

// mult is the product of two fractions, multR the rounded one.
func mult(a, b int16) int16  { return saturate(int32(a) * int32(b) >> 15) }
func multR(a, b int16) int16 { return saturate((int32(a)*int32(b) + 16384) >> 15) }

// abs of -32768 is 32767.
func abs(a int16) int16 {
	if a < 0 {
		return sub(0, a)
	}
	return a
}

// norm is by how many bits a number above 0 can be shifted to the left until it
// fills 32 bits.
func norm(v int32) uint { return uint(bits.LeadingZeros32(uint32(v))) - 1 }

// div is the fraction num/denum, with 0 <= num <= denum.
func div(num, denum int16) int16 {
	if num == denum {
		return 32767
	}
	return int16(int32(num) << 15 / int32(denum))
}
