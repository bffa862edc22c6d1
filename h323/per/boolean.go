package per

import (
	"reflect"
	"strconv"
)

// booleanEncoding is BOOLEAN, X.691 clause 12.
type booleanEncoding struct{}

func (booleanEncoding) encode(e *encoder, v reflect.Value) error {
	e.putBit(v.Bool())
	return nil
}

func (booleanEncoding) decode(d *decoder, v reflect.Value) error {
	b, err := d.bit()
	v.SetBool(b)
	return err
}

func (booleanEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	return strconv.AppendBool(dst, v.Bool())
}

// nullEncoding is NULL, which takes no bits: X.691 clause 18.
type nullEncoding struct{}

func (nullEncoding) encode(*encoder, reflect.Value) error { return nil }
func (nullEncoding) decode(*decoder, reflect.Value) error { return nil }

func (nullEncoding) appendJSON(dst []byte, _ reflect.Value) []byte {
	return append(dst, "null"...)
}
