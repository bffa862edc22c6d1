package authentication

import "time"

const (
	// defaultWindow allows for clocks that nobody sets; a recorded message can
	// be used again that long by PasswordMD5, and by the others only where the
	// Verifier forgot it.
	defaultWindow = 10 * time.Minute
	// remembered tokens of one sender: a registered gateway sends some requests
	// a second. One that sends more has its oldest forgotten, and what is older
	// than these refused.
	remembered = 4096
	// maxClaims bounds the hashes that one message makes us compute.
	maxClaims = 4
)
