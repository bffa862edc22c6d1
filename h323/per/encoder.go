package per

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// encoder appends bits. Whatever stands in buf before it are whole octets, so
// alignment counts from there.
type encoder struct {
	buf   []byte
	free  int // unused low bits of the last octet
	start int // where the value begins in buf
	depth int // still granted
}

func (e *encoder) fail(format string, args ...any) error {
	return &Error{Offset: 8*(len(e.buf)-e.start) - e.free,
		Err: fmt.Errorf("%w: %s", ErrValue, fmt.Sprintf(format, args...))}
}

// enter goes one level deeper; leave must follow where it succeeds. Pointers
// that lead back would else never end.
func (e *encoder) enter() error {
	if e.depth == 0 {
		return e.fail("nested too deep")
	}
	e.depth--
	return nil
}

func (e *encoder) leave() { e.depth++ }

// align pads with zeros up to a whole octet.
func (e *encoder) align() { e.free = 0 }

// put appends the n lowest bits of v, 64 at most.
func (e *encoder) put(v uint64, n int) {
	for n > 0 {
		if e.free == 0 {
			e.buf = append(e.buf, 0)
			e.free = 8
		}
		k := min(n, e.free)
		b := byte(v >> (n - k) & (1<<k - 1))
		e.buf[len(e.buf)-1] |= b << (e.free - k)
		e.free -= k
		n -= k
	}
}

func (e *encoder) putBit(b bool) {
	if b {
		e.put(1, 1)
	} else {
		e.put(0, 1)
	}
}

// putBits appends the first n bits of b.
func (e *encoder) putBits(b []byte, n int) {
	whole := n / 8
	if e.free == 0 {
		e.buf = append(e.buf, b[:whole]...)
	} else {
		for _, o := range b[:whole] {
			e.put(uint64(o), 8)
		}
	}
	if rest := n % 8; rest > 0 {
		e.put(uint64(b[whole]>>(8-rest)), rest)
	}
}

// constrained appends a constrained whole number, given as its offset from the
// lower bound, of at most span (X.691 clause 11.5.7).
func (e *encoder) constrained(v, span uint64) {
	switch {
	case span < 255:
		e.put(v, bits.Len64(span))
	case span == 255:
		e.align()
		e.put(v, 8)
	case span <= 65535:
		e.align()
		e.put(v, 16)
	default:
		// The indefinite length case, clause 13.2.6 a.
		n := octets(v)
		e.constrained(uint64(n-1), uint64(bits.Len64(span)+7)/8-1)
		e.align()
		e.put(v, 8*n)
	}
}

// octets of a non-negative number, one at least.
func octets(v uint64) int { return max(1, (bits.Len64(v)+7)/8) }

// semiConstrained appends the offset from the lower bound (clause 11.7).
func (e *encoder) semiConstrained(v uint64) {
	n := octets(v)
	e.length(n)
	e.put(v, 8*n)
}

// small appends a normally small non-negative whole number (clause 11.6).
func (e *encoder) small(v int) {
	if v < 64 {
		e.put(uint64(v), 7)
		return
	}
	e.put(1, 1)
	e.semiConstrained(uint64(v))
}

// smallLength appends a normally small length (clause 11.9.3.4).
func (e *encoder) smallLength(n int) {
	if n <= 64 {
		e.put(uint64(n-1), 7)
		return
	}
	e.put(1, 1)
	e.length(n)
}

// length appends a general length determinant below 16K (clause 11.9.3.6, 7).
func (e *encoder) length(n int) {
	e.align()
	if n < 0x80 {
		e.buf = append(e.buf, byte(n))
		return
	}
	e.buf = binary.BigEndian.AppendUint16(e.buf, 0x8000|uint16(n))
}

// counted appends the length n of a string or list of the size s, and calls
// write for its units, once or once a fragment. What write gets is the size that
// rules the encoding: that of the type, or none where the value is beyond the
// extension marker. root tells whether it is not for another reason.
func (e *encoder) counted(s size, n int, root bool, write func(from, to int, s size) error) error {
	if s.ext {
		outside := !root || !s.holds(n)
		e.putBit(outside)
		if outside {
			s = anySize
		}
	}
	if !s.holds(n) {
		return e.fail("%d units, not %s", n, s)
	}
	if s.bounded() {
		e.constrained(uint64(n-s.lo), uint64(s.hi-s.lo))
		return write(0, n, s)
	}
	done := 0
	for n-done >= fragment {
		m := min((n-done)/fragment, 4) // clause 11.9.3.8
		e.align()
		e.buf = append(e.buf, 0xc0|byte(m))
		if err := write(done, done+m*fragment, s); err != nil {
			return err
		}
		done += m * fragment
	}
	e.length(n - done)
	return write(done, n, s)
}

// beginOpen starts an open type (clause 11.2) and returns what endOpen wants.
func (e *encoder) beginOpen() int {
	e.align()
	e.buf = append(e.buf, 0) // most are shorter than 128 octets
	return len(e.buf) - 1
}

// endOpen writes the length of what stands after the mark.
func (e *encoder) endOpen(mark int) {
	e.align()
	if len(e.buf) == mark+1 {
		e.buf = append(e.buf, 0) // one octet at least, clause 11.1.3
	}
	n := len(e.buf) - mark - 1
	switch {
	case n < 0x80:
		e.buf[mark] = byte(n)
	case n < fragment:
		e.buf = append(e.buf, 0)
		copy(e.buf[mark+2:], e.buf[mark+1:])
		binary.BigEndian.PutUint16(e.buf[mark:], 0x8000|uint16(n))
	default:
		content := append([]byte(nil), e.buf[mark+1:]...)
		e.buf = e.buf[:mark]
		e.octets(content)
	}
}

// octets appends an unconstrained length and the octets.
func (e *encoder) octets(b []byte) {
	_ = e.counted(anySize, len(b), true, func(from, to int, _ size) error {
		e.buf = append(e.buf, b[from:to]...)
		return nil
	}) // never fails: any count is of any size
}
