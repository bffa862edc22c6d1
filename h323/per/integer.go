package per

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// integerEncoding is INTEGER, X.691 clause 13.
type integerEncoding struct {
	lo       int64  // lower bound, where bounded or above
	span     uint64 // upper minus lower bound, where bounded
	below    bool   // there is a lower bound
	bounded  bool   // there are both
	ext      bool
	unsigned bool // the Go kind
}

func newInteger(t reflect.Type, tags tags) (encoding, error) {
	p := &integerEncoding{ext: tags.has("ext"), unsigned: t.Kind() >= reflect.Uint}
	if err := tags.only("range", "ext"); err != nil {
		return nil, err
	}
	text, ok := tags["range"]
	if !ok {
		if p.ext {
			return nil, fmt.Errorf("%w: ext without range", ErrType)
		}
		return p, nil
	}
	bad := fmt.Errorf("%w: range=%s of %v", ErrType, text, t)
	lo, hi, ranged := strings.Cut(text, "..")
	if !ranged {
		hi = lo
	}
	var err error
	if p.lo, err = strconv.ParseInt(lo, 10, 64); err != nil || !fits(t, p.lo) {
		return nil, bad
	}
	p.below = true
	if hi == "" {
		return p, nil
	}
	p.bounded = true
	if u, err := strconv.ParseUint(hi, 10, 64); err == nil {
		if p.lo >= 0 && u < uint64(p.lo) || !fitsUnsigned(t, u) {
			return nil, bad
		}
		p.span = u - uint64(p.lo)
		return p, nil
	}
	s, err := strconv.ParseInt(hi, 10, 64)
	if err != nil || s < p.lo {
		return nil, bad
	}
	p.span = uint64(s) - uint64(p.lo)
	return p, nil
}

func fits(t reflect.Type, n int64) bool {
	if t.Kind() >= reflect.Uint {
		return n >= 0 && !t.OverflowUint(uint64(n))
	}
	return !t.OverflowInt(n)
}

func fitsUnsigned(t reflect.Type, n uint64) bool {
	if t.Kind() >= reflect.Uint {
		return !t.OverflowUint(n)
	}
	return n <= math.MaxInt64 && !t.OverflowInt(int64(n))
}

// offset of the value from the lower bound, and whether it is in range.
func (p *integerEncoding) offset(v reflect.Value) (uint64, bool) {
	var off uint64
	if p.unsigned {
		// No unsigned type has a negative lower bound.
		off = v.Uint() - uint64(p.lo)
		if v.Uint() < uint64(p.lo) {
			return 0, false
		}
	} else {
		off = uint64(v.Int()) - uint64(p.lo)
		if v.Int() < p.lo {
			return 0, false
		}
	}
	return off, !p.bounded || off <= p.span
}

func (p *integerEncoding) encode(e *encoder, v reflect.Value) error {
	if !p.below {
		p.unconstrained(e, v)
		return nil
	}
	off, ok := p.offset(v)
	if p.ext {
		e.putBit(!ok)
		if !ok {
			p.unconstrained(e, v)
			return nil
		}
	}
	switch {
	case !ok:
		return e.fail("%v is out of range", v)
	case p.bounded:
		e.constrained(off, p.span)
	default:
		e.semiConstrained(off)
	}
	return nil
}

// unconstrained appends two's complement in as few octets as hold it (clause
// 11.8).
func (p *integerEncoding) unconstrained(e *encoder, v reflect.Value) {
	var full [9]byte
	if p.unsigned {
		binary.BigEndian.PutUint64(full[1:], v.Uint())
	} else {
		binary.BigEndian.PutUint64(full[1:], uint64(v.Int()))
		full[0] = byte(v.Int() >> 63)
	}
	b := full[:]
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	e.length(len(b))
	e.buf = append(e.buf, b...)
}

func (p *integerEncoding) decode(d *decoder, v reflect.Value) error {
	outside := !p.below
	if p.ext {
		var err error
		if outside, err = d.bit(); err != nil {
			return err
		}
	}
	if outside {
		return p.decodeUnconstrained(d, v)
	}
	var off uint64
	var err error
	if p.bounded {
		off, err = d.constrained(p.span)
	} else {
		off, err = d.semiConstrained()
	}
	if err != nil {
		return err
	}
	sum := uint64(p.lo) + off
	if p.unsigned {
		return set(d, v, sum, false, sum < off)
	}
	negative := p.lo < 0 && off < -uint64(p.lo)
	return set(d, v, sum, negative, p.lo >= 0 && sum < off)
}

func (p *integerEncoding) decodeUnconstrained(d *decoder, v reflect.Value) error {
	b, err := d.integerOctets()
	if err != nil {
		return err
	}
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	negative := b[0] >= 0x80
	if b[0] == 0 && len(b) == 9 {
		b = b[1:] // up to 2^64-1
	}
	if len(b) > 8 {
		return d.fail(ErrUnsupported, "an integer of more than 64 bits")
	}
	var n uint64
	if negative {
		n = math.MaxUint64
	}
	for _, o := range b {
		n = n<<8 | uint64(o)
	}
	return set(d, v, n, negative, false)
}

// set stores n, which is two's complement where it is negative.
func set(d *decoder, v reflect.Value, n uint64, negative, overflow bool) error {
	if v.CanUint() {
		if !negative && !overflow && !v.OverflowUint(n) {
			v.SetUint(n)
			return nil
		}
	} else if !overflow && (negative || n <= math.MaxInt64) && !v.OverflowInt(int64(n)) {
		v.SetInt(int64(n))
		return nil
	}
	return d.fail(ErrUnsupported, "an integer that a Go %v cannot hold", v.Kind())
}

func (p *integerEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	if p.unsigned {
		return strconv.AppendUint(dst, v.Uint(), 10)
	}
	return strconv.AppendInt(dst, v.Int(), 10)
}
