package per

import "errors"

// Marshal returns the complete encoding of v, a value or a pointer to one, of
// one octet at least (X.691 clause 11.1). Its errors wrap ErrValue or ErrType.
func Marshal(v any) ([]byte, error) { return Append(nil, v) }

// Append appends the complete encoding of v to dst.
func Append(dst []byte, v any) ([]byte, error) {
	return dst, errors.ErrUnsupported
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
	return data, errors.ErrUnsupported
}

// Check tells whether the type of v and all that it consists of are well
// tagged. Marshal and Unmarshal check too; a test of a package of types calls
// Check for its outermost messages.
func Check(v any) error { return errors.ErrUnsupported }

// AppendJSON appends v as JSON by the rules of X.697: names of the standard,
// octets in hexadecimal, a CHOICE as {"alternative": value}, an ENUMERATED by
// its String method where it has one. Unknown additions are "[index]" in
// hexadecimal. It is for traces and tests; there is no way back.
func AppendJSON(dst []byte, v any) ([]byte, error) { return dst, errors.ErrUnsupported }
