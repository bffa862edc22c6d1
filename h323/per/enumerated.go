package per

import (
	"fmt"
	"reflect"
	"strconv"
)

// enumeratedEncoding is ENUMERATED, X.691 clause 14.
type enumeratedEncoding struct {
	root  int
	ext   bool
	named bool // has a String method
}

var stringer = reflect.TypeFor[fmt.Stringer]()

func newEnumerated(t reflect.Type, tags tags) (encoding, error) {
	if err := tags.only("enum", "ext"); err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(tags["enum"])
	if err != nil || n < 1 || !fits(t, int64(n-1)) {
		return nil, fmt.Errorf("%w: enum=%s of %v", ErrType, tags["enum"], t)
	}
	return &enumeratedEncoding{root: n, ext: tags.has("ext"), named: t.Implements(stringer)}, nil
}

func (p *enumeratedEncoding) encode(e *encoder, v reflect.Value) error {
	n := -1
	switch {
	case v.CanUint() && v.Uint() < 1<<31:
		n = int(v.Uint())
	case v.CanInt() && v.Int() < 1<<31:
		n = int(v.Int())
	}
	if n < 0 || n >= p.root && !p.ext {
		return e.fail("%v is no item", numeral(v))
	}
	if p.ext {
		e.putBit(n >= p.root)
		if n >= p.root {
			e.small(n - p.root)
			return nil
		}
	}
	e.constrained(uint64(n), uint64(p.root-1))
	return nil
}

func (p *enumeratedEncoding) decode(d *decoder, v reflect.Value) error {
	if p.ext {
		outside, err := d.bit()
		if err != nil {
			return err
		}
		if outside {
			n, err := d.small()
			if err != nil {
				return err
			}
			if int64(n)+int64(p.root) >= 1<<31 {
				return d.fail(ErrUnsupported, "item %d", n)
			}
			return set(d, v, uint64(n+p.root), false, false)
		}
	}
	n, err := d.constrained(uint64(p.root - 1))
	if err != nil {
		return err
	}
	return set(d, v, n, false, false)
}

func (p *enumeratedEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	if p.named {
		return appendText(dst, v.Interface().(fmt.Stringer).String())
	}
	return append(dst, numeral(v)...)
}

func numeral(v reflect.Value) string {
	if v.CanUint() {
		return strconv.FormatUint(v.Uint(), 10)
	}
	return strconv.FormatInt(v.Int(), 10)
}
