package per

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
)

// decoder reads bits of one value. Positions are in bits, since clause 11
// counts in them.
type decoder struct {
	data     []byte
	pos, end int
	elements int
	depth    int    // still granted
	memory   int    // still granted
	arena    []byte // memory already charged, for octets of the value
	texts    strings.Builder
}

// fail makes an Error of one of the kinds at the present position.
func (d *decoder) fail(kind error, format string, args ...any) error {
	return &Error{Offset: d.pos, Err: fmt.Errorf("%w: %s", kind, fmt.Sprintf(format, args...))}
}

func (d *decoder) truncated() error { return d.fail(ErrMalformed, "truncated") }

// enter goes one level deeper; leave must follow where it succeeds.
func (d *decoder) enter() error {
	if d.depth == 0 {
		return d.fail(ErrLimit, "nested too deep")
	}
	d.depth--
	return nil
}

func (d *decoder) leave() { d.depth++ }

// charge takes n octets of memory out of the budget, before they are allocated.
func (d *decoder) charge(n int) error {
	if n > d.memory {
		return d.fail(ErrLimit, "takes too much memory")
	}
	d.memory -= n
	return nil
}

// reserve returns n zero octets that belong to the value. Many small strings
// share one allocation; each has no capacity beyond its own end.
func (d *decoder) reserve(n int) ([]byte, error) {
	if n > len(d.arena) {
		// No more than what the rest of the input could fill.
		chunk := max(n, min(256, (d.end-d.pos)/8))
		if err := d.charge(chunk); err != nil {
			return nil, err
		}
		d.arena = make([]byte, chunk)
	}
	b := d.arena[:n:n]
	d.arena = d.arena[n:]
	if b == nil {
		b = []byte{}
	}
	return b, nil
}

// text returns b as a string of the value. Many small strings share one
// allocation: what the builder holds never moves, since it never grows.
func (d *decoder) text(b []byte) (string, error) {
	if len(b) > d.texts.Cap()-d.texts.Len() {
		chunk := max(len(b), min(256, (d.end-d.pos)/8))
		if err := d.charge(chunk); err != nil {
			return "", err
		}
		d.texts.Reset()
		d.texts.Grow(chunk)
	}
	start := d.texts.Len()
	d.texts.Write(b)
	return d.texts.String()[start:], nil
}

// align skips the padding, whatever its value. The end is always a whole octet.
func (d *decoder) align() { d.pos = (d.pos + 7) &^ 7 }

// take reads n bits, 64 at most.
func (d *decoder) take(n int) (uint64, error) {
	if n > d.end-d.pos {
		return 0, d.truncated()
	}
	var v uint64
	for n > 0 {
		room := 8 - d.pos%8
		k := min(n, room)
		b := uint64(d.data[d.pos/8]) >> (room - k) & (1<<k - 1)
		v = v<<k | b
		d.pos += k
		n -= k
	}
	return v, nil
}

func (d *decoder) bit() (bool, error) {
	if d.pos >= d.end {
		return false, d.truncated()
	}
	b := d.bitAt(d.pos)
	d.pos++
	return b, nil
}

// bitAt returns a bit that is known to be there.
func (d *decoder) bitAt(pos int) bool { return d.data[pos/8]>>(7-pos%8)&1 == 1 }

// skip passes n bits.
func (d *decoder) skip(n int) error {
	if n > d.end-d.pos {
		return d.truncated()
	}
	d.pos += n
	return nil
}

// view returns the next n octets of the input itself. The position is aligned.
func (d *decoder) view(n int) ([]byte, error) {
	if n > (d.end-d.pos)/8 {
		return nil, d.truncated()
	}
	b := d.data[d.pos/8 : d.pos/8+n]
	d.pos += 8 * n
	return b, nil
}

// copyBits fills dst with the next n bits, from wherever in an octet they begin,
// and leaves the rest of dst's last octet zero.
func (d *decoder) copyBits(dst []byte, n int) error {
	if n > d.end-d.pos {
		return d.truncated()
	}
	whole := n / 8
	if d.pos%8 == 0 {
		copy(dst[:whole], d.data[d.pos/8:])
		d.pos += 8 * whole
	} else {
		for i := range whole {
			b, _ := d.take(8) // enough bits: checked above
			dst[i] = byte(b)
		}
	}
	if rest := n % 8; rest > 0 {
		b, _ := d.take(rest)
		dst[whole] = byte(b << (8 - rest))
	}
	return nil
}

// constrained reads a constrained whole number, as its offset from the lower
// bound, of at most span (X.691 clause 11.5.7).
func (d *decoder) constrained(span uint64) (uint64, error) {
	var v uint64
	var err error
	switch {
	case span < 255:
		v, err = d.take(bits.Len64(span))
	case span == 255:
		d.align()
		v, err = d.take(8)
	case span <= 65535:
		d.align()
		v, err = d.take(16)
	default:
		v, err = d.indefinite(span)
	}
	if err == nil && v > span {
		return 0, d.fail(ErrMalformed, "a number above its range")
	}
	return v, err
}

// indefinite reads a number of the indefinite length case: its count of octets
// is itself a constrained whole number from 1 (clause 13.2.6 a).
func (d *decoder) indefinite(span uint64) (uint64, error) {
	most := uint64(bits.Len64(span)+7) / 8
	n, err := d.constrained(most - 1)
	if err != nil {
		return 0, err
	}
	d.align()
	return d.take(8 * int(n+1))
}

// semiConstrained reads a semi-constrained whole number as its offset from the
// lower bound (clause 11.7).
func (d *decoder) semiConstrained() (uint64, error) {
	b, err := d.integerOctets()
	if err != nil {
		return 0, err
	}
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) > 8 {
		return 0, d.fail(ErrUnsupported, "an integer of more than 64 bits")
	}
	var full [8]byte
	copy(full[8-len(b):], b)
	return binary.BigEndian.Uint64(full[:]), nil
}

// integerOctets reads a length and as many octets, one at least.
func (d *decoder) integerOctets() ([]byte, error) {
	n, more, err := d.length()
	switch {
	case err != nil:
		return nil, err
	case more:
		return nil, d.fail(ErrUnsupported, "an integer of more than 64 bits")
	case n == 0:
		return nil, d.fail(ErrMalformed, "an integer without octets")
	}
	return d.view(n)
}

// small reads a normally small non-negative whole number (clause 11.6).
func (d *decoder) small() (int, error) {
	large, err := d.bit()
	if err != nil {
		return 0, err
	}
	var v uint64
	if large {
		v, err = d.semiConstrained()
	} else {
		v, err = d.take(6)
	}
	if err != nil {
		return 0, err
	}
	if v > 1<<31-1 {
		return 0, d.fail(ErrUnsupported, "index %d", v)
	}
	return int(v), nil
}

// smallLength reads a normally small length (clause 11.9.3.4).
func (d *decoder) smallLength() (int, error) {
	large, err := d.bit()
	if err != nil {
		return 0, err
	}
	if !large {
		n, err := d.take(6)
		return int(n) + 1, err
	}
	n, more, err := d.length()
	if more {
		return 0, d.fail(ErrLimit, "a bitmap in fragments")
	}
	return n, err
}

// length reads a general length determinant (clause 11.9.3.5 to 11.9.3.8). With
// more, n units are followed by another length.
func (d *decoder) length() (n int, more bool, err error) {
	d.align()
	b, err := d.take(8)
	switch {
	case err != nil:
		return 0, false, err
	case b < 0x80:
		return int(b), false, nil
	case b < 0xc0:
		low, err := d.take(8)
		return int(b&0x3f)<<8 | int(low), false, err
	case b < 0xc1 || b > 0xc4:
		return 0, false, d.fail(ErrMalformed, "a fragment of %d times 16K", b&0x3f)
	}
	return int(b&0x3f) * fragment, true, nil
}

// counted reads the length of a string or list of the size s and calls read for
// its units, once or once a fragment. What read gets is the size that rules the
// encoding: that of the type, or none beyond an extension marker.
func (d *decoder) counted(s size, read func(n int, s size) error) error {
	if s.ext {
		outside, err := d.bit()
		if err != nil {
			return err
		}
		if outside {
			s = anySize
		}
	}
	if s.bounded() {
		n, err := d.constrained(uint64(s.hi - s.lo))
		if err != nil {
			return err
		}
		return read(s.lo+int(n), s)
	}
	total := 0
	for {
		n, more, err := d.length()
		if err != nil {
			return err
		}
		total += n
		if err := read(n, s); err != nil {
			return err
		}
		if !more {
			break
		}
	}
	if !s.holds(total) {
		return d.fail(ErrMalformed, "%d units, not %s", total, s)
	}
	return nil
}
