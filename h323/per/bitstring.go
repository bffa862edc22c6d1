package per

import (
	"reflect"
	"strconv"
)

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

// bitStringEncoding is BIT STRING, X.691 clause 16.
type bitStringEncoding struct{ size size }

func newBitString(tags tags) (encoding, error) {
	s, err := tags.size()
	if err != nil {
		return nil, err
	}
	return &bitStringEncoding{s}, tags.only("size", "ext")
}

var bitStringPointer = reflect.TypeFor[*BitString]()

// bitsOf returns v, which may be of a type that is defined as BitString.
func bitsOf(v reflect.Value) *BitString {
	return v.Addr().Convert(bitStringPointer).Interface().(*BitString)
}

// aligned tells whether n bits begin at an octet (clause 16.9 to 16.11).
func (p *bitStringEncoding) aligned(n int, s size) bool {
	return n > 0 && !(s.fixed() && s.hi <= 16)
}

func (p *bitStringEncoding) encode(e *encoder, v reflect.Value) error {
	b := bitsOf(v)
	if b.Length < 0 || len(b.Bytes) != (b.Length+7)/8 {
		return e.fail("%d octets for %d bits", len(b.Bytes), b.Length)
	}
	return e.counted(p.size, b.Length, true, func(from, to int, s size) error {
		if p.aligned(to-from, s) {
			e.align()
		}
		e.putBits(b.Bytes[from/8:], to-from)
		return nil
	})
}

func (p *bitStringEncoding) decode(d *decoder, v reflect.Value) error {
	b := bitsOf(v)
	return d.counted(p.size, func(n int, s size) error {
		if p.aligned(n, s) {
			d.align()
		}
		if n > d.end-d.pos {
			return d.truncated()
		}
		part, err := d.reserve((n + 7) / 8)
		if err != nil {
			return err
		}
		if err := d.copyBits(part, n); err != nil {
			return err
		}
		// All fragments but the last are whole octets.
		b.Bytes = joined(b.Bytes, part)
		b.Length += n
		return nil
	})
}

// appendJSON follows X.697 clause 24: a length where it is not fixed.
func (p *bitStringEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	b := bitsOf(v)
	if p.size.fixed() && !p.size.ext {
		return appendHex(dst, b.Bytes)
	}
	dst = append(dst, `{"value":`...)
	dst = appendHex(dst, b.Bytes)
	dst = append(dst, `,"length":`...)
	dst = strconv.AppendInt(dst, int64(b.Length), 10)
	return append(dst, '}')
}
