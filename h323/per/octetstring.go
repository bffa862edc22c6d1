package per

import (
	"encoding/hex"
	"fmt"
	"reflect"
)

// octetsEncoding is OCTET STRING, X.691 clause 17, in a []byte or a [N]byte.
type octetsEncoding struct {
	size  size
	array bool
}

func newOctetString(tags tags) (encoding, error) {
	s, err := tags.size()
	if err != nil {
		return nil, err
	}
	return &octetsEncoding{size: s}, tags.only("size", "ext")
}

func newOctetArray(t reflect.Type, tags tags) (encoding, error) {
	if t.Elem().Kind() != reflect.Uint8 {
		return nil, fmt.Errorf("%w: %v is no array of octets", ErrType, t)
	}
	s := size{lo: t.Len(), hi: t.Len()}
	if s.hi >= 64<<10 {
		return nil, fmt.Errorf("%w: %v is too long for an array", ErrType, t)
	}
	return &octetsEncoding{size: s, array: true}, tags.only()
}

// short tells whether the octets are not aligned (clause 17.6).
func (s size) short() bool { return s.fixed() && s.hi <= 2 }

func (p *octetsEncoding) encode(e *encoder, v reflect.Value) error {
	b := v.Bytes()
	return e.counted(p.size, len(b), true, func(from, to int, s size) error {
		if to > from && !s.short() {
			e.align()
		}
		e.putBits(b[from:to], 8*(to-from))
		return nil
	})
}

func (p *octetsEncoding) decode(d *decoder, v reflect.Value) error {
	if p.array {
		if !p.size.short() && p.size.hi > 0 {
			d.align()
		}
		return d.copyBits(v.Bytes(), 8*p.size.hi)
	}
	var all []byte
	err := d.counted(p.size, func(n int, s size) error {
		if n > 0 && !s.short() {
			d.align()
		}
		part, err := d.octets(n)
		all = joined(all, part)
		return err
	})
	v.SetBytes(all)
	return err
}

// octets returns the next n octets, wherever they begin, as the value's own.
func (d *decoder) octets(n int) ([]byte, error) {
	if n > (d.end-d.pos)/8 {
		return nil, d.truncated() // before memory is taken for them
	}
	b, err := d.reserve(n)
	if err != nil {
		return nil, err
	}
	return b, d.copyBits(b, 8*n)
}

// joined is a and b; it is b itself as long as a is nil.
func joined(a, b []byte) []byte {
	if a == nil {
		return b
	}
	return append(a, b...)
}

func (p *octetsEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	return appendHex(dst, v.Bytes())
}

func appendHex(dst, b []byte) []byte {
	dst = append(dst, '"')
	dst = hex.AppendEncode(dst, b)
	return append(dst, '"')
}
