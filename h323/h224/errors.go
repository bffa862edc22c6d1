package h224

import "errors"

// What is wrong with a payload: the sender's fault, or a part missing here.
var (
	ErrMalformed   = errors.New("malformed")
	ErrUnsupported = errors.New("unsupported")
)
