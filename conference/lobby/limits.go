package lobby

import "time"

const (
	// MaxDigits bounds what is collected before '#'.
	MaxDigits = 32
	// MaxAttempts and Timeout bound one caller's stay.
	MaxAttempts = 3
	Timeout     = 30 * time.Second
	// numberPause is how long after a key a number is taken for complete that
	// has no '#' and no known length.
	numberPause = 4 * time.Second
)
