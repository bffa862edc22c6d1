package per

import (
	"fmt"
	"reflect"
)

// Marshal returns the complete encoding of v, a value or a pointer to one, of
// one octet at least (X.691 clause 11.1). Its errors wrap ErrValue or ErrType.
func Marshal(v any) ([]byte, error) { return Append(nil, v) }

// Append appends the complete encoding of v to dst. On an error, dst is returned
// as it was.
func Append(dst []byte, v any) ([]byte, error) {
	value, p, err := subject(v)
	if err != nil {
		return dst, err
	}
	e := encoder{buf: dst, start: len(dst), depth: defaultDepth}
	if err := p.encode(&e, value); err != nil {
		return dst, err
	}
	if len(e.buf) == e.start {
		e.buf = append(e.buf, 0)
	}
	return e.buf, nil
}

// subject returns v, which it makes addressable, and its encoding.
func subject(v any) (reflect.Value, encoding, error) {
	value := reflect.ValueOf(v)
	if !value.IsValid() {
		return value, nil, fmt.Errorf("per: %w: nil", ErrValue)
	}
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return value, nil, fmt.Errorf("per: %w: a nil %T", ErrValue, v)
		}
		value = value.Elem()
	} else {
		held := reflect.New(value.Type()).Elem()
		held.Set(value)
		value = held
	}
	p, err := planOf(value.Type())
	return value, p, err
}

// Unmarshal decodes data into the value that v points to, with the default
// Limits, and returns the octets after it. The value shares no memory with
// data. Its errors wrap ErrMalformed, ErrUnsupported, ErrLimit or ErrType; the
// value is then undefined.
func Unmarshal(data []byte, v any) (rest []byte, err error) {
	return Limits{}.Unmarshal(data, v)
}

// Unmarshal is the function Unmarshal within the limits.
func (l Limits) Unmarshal(data []byte, v any) (rest []byte, err error) {
	value := reflect.ValueOf(v)
	if value.Kind() != reflect.Pointer || value.IsNil() {
		return data, fmt.Errorf("per: %w: Unmarshal into %T, which is no pointer to a value", ErrType, v)
	}
	value = value.Elem()
	p, err := planOf(value.Type())
	if err != nil {
		return data, err
	}
	l = l.filled(len(data))
	d := decoder{data: data, end: 8 * len(data), elements: l.Elements, depth: l.Depth, memory: l.Memory}
	if len(data) == 0 {
		return data, d.truncated() // one octet at least, X.691 clause 11.1.3
	}
	value.SetZero()
	if err := p.decode(&d, value); err != nil {
		return data, err
	}
	return data[max(1, (d.pos+7)/8):], nil
}

// Check tells whether the type of v and all that it consists of are well
// tagged. Marshal and Unmarshal check too; a test of a package of types calls
// Check for its outermost messages.
func Check(v any) error {
	t := reflect.TypeOf(v)
	if t == nil {
		return fmt.Errorf("per: %w: nil", ErrType)
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	_, err := planOf(t)
	return err
}

// AppendJSON appends v as JSON by the rules of X.697: names of the standard,
// octets in hexadecimal, a CHOICE as {"alternative": value}, an ENUMERATED by
// its String method where it has one. Unknown additions are "[index]" in
// hexadecimal. It is for traces and tests; there is no way back. A value that
// leads back to itself is not for it.
func AppendJSON(dst []byte, v any) ([]byte, error) {
	value, p, err := subject(v)
	if err != nil {
		return dst, err
	}
	return p.appendJSON(dst, value), nil
}
