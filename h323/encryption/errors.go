package encryption

import "errors"

var (
	// ErrAbsent: the peer offers no encryption, or none of the groups here.
	ErrAbsent = errors.New("encryption: no common Diffie-Hellman group")
	// ErrMalformed: a half key or a media key is none, or a packet is no
	// ciphertext.
	ErrMalformed = errors.New("encryption: malformed")
	// ErrUnsupported: an algorithm or a way of key transport that is not here.
	ErrUnsupported = errors.New("encryption: unsupported")
)
