package q931

import "errors"

var (
	// ErrMalformed: the octets are no message, or no value of the element.
	ErrMalformed = errors.New("malformed Q.931")
	// ErrUnsupported: a message of another protocol than Q.931 call control, or
	// a value in another coding than ITU-T's.
	ErrUnsupported = errors.New("unsupported Q.931")
	// ErrLimit: more elements than limits.go allows.
	ErrLimit = errors.New("beyond the limits of Q.931")
	// ErrValue: a value that has no encoding, such as one that is too long.
	ErrValue = errors.New("not a value of Q.931")
)
