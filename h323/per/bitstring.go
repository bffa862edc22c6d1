package per

// BitString is a BIT STRING: the first bit is the highest of Bytes[0], and the
// unused bits of the last octet are zero.
type BitString struct {
	Bytes  []byte
	Length int // in bits
}

// At returns bit i, false beyond the end.
func (b BitString) At(i int) bool {
	return i >= 0 && i < b.Length && i/8 < len(b.Bytes) && b.Bytes[i/8]>>(7-i%8)&1 == 1
}
