// Package bits reads the bit strings of which video syntax is made.
package bits

import "math"

// Reader reads a payload bit by bit, the most significant bit of an octet
// first. Past the end it reads zeros and remembers that it did.
type Reader struct {
	data []byte
	pos  int // in bits
	end  int // in bits
}

// NewReader returns a Reader of data without its first skip and its last
// ignore bits, which RTP payload formats call SBIT and EBIT.
func NewReader(data []byte, skip, ignore int) Reader {
	return Reader{data: data, pos: skip, end: 8*len(data) - ignore}
}

// Left is how many bits are left; negative when more were read than there are.
func (r *Reader) Left() int { return r.end - r.pos }

// Overrun reports whether more was read than there is.
func (r *Reader) Overrun() bool { return r.pos > r.end }

// Peek returns the next n bits, at most 24, and does not move on.
func (r *Reader) Peek(n int) uint32 {
	var v uint32
	at := r.pos >> 3
	for i := range 4 {
		v <<= 8
		if at+i < len(r.data) {
			v |= uint32(r.data[at+i])
		}
	}
	v <<= r.pos & 7
	if left := max(0, r.Left()); left < 32 {
		v &^= math.MaxUint32 >> left
	}
	return v >> (32 - n)
}

// Skip moves on by n bits.
func (r *Reader) Skip(n int) { r.pos += n }

// Read returns the next n bits, at most 24, and moves on.
func (r *Reader) Read(n int) uint32 {
	v := r.Peek(n)
	r.pos += n
	return v
}
