package per

import (
	"errors"
	"fmt"
	"strings"
)

// The kinds of failure, for errors.Is.
var (
	// ErrMalformed: the octets are no encoding of the type.
	ErrMalformed = errors.New("malformed")
	// ErrUnsupported: the octets may be right, but the Go value cannot hold
	// them, such as an INTEGER of more than 64 bits.
	ErrUnsupported = errors.New("unsupported")
	// ErrLimit: the octets ask for more than the Limits grant.
	ErrLimit = errors.New("beyond the limits")
	// ErrValue: the Go value to encode is not one of its ASN.1 type.
	ErrValue = errors.New("not a value of the type")
	// ErrType: the Go type or one of its tags is no ASN.1 type.
	ErrType = errors.New("not a type")
)

// Error tells where Marshal or Unmarshal failed. It wraps one of the kinds.
type Error struct {
	// Path names the ASN.1 components from the outermost to the failing one,
	// such as setup.sourceAddress[2].h323-ID.
	Path string
	// Offset is in bits: from the beginning of the outermost value, or of the
	// open type whose fragments had to be joined.
	Offset int
	// Err is the cause, which wraps the kind.
	Err error
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("per: at bit %d: %v", e.Offset, e.Err)
	}
	return fmt.Sprintf("per: %s at bit %d: %v", e.Path, e.Offset, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// within puts the component's name before the path of err, on the way out.
func within(name string, err error) error {
	e, ok := err.(*Error) //nolint:errorlint // only what this package made itself, never wrapped
	if !ok {
		return err
	}
	switch {
	case e.Path == "" || strings.HasPrefix(e.Path, "["):
		e.Path = name + e.Path
	default:
		e.Path = name + "." + e.Path
	}
	return e
}
