package sipbridge

import "time"

// pinEntry collects the digits of a PIN by hand-fed time.
type pinEntry struct {
	length   int // of the right PIN; so many digits need no '#'
	digits   []byte
	wrong    int
	deadline time.Time
}

func newPINEntry(length int, now time.Time) *pinEntry {
	return &pinEntry{length: length, deadline: now.Add(pinTimeout)}
}

// press takes a key. complete tells that pin is to be checked.
func (e *pinEntry) press(key byte) (pin string, complete bool) {
	switch {
	case key == '#':
		complete = len(e.digits) > 0
	case key == '*': // starts over
		e.digits = e.digits[:0]
	case key >= '0' && key <= '9' && len(e.digits) < maxPINDigits:
		e.digits = append(e.digits, key)
		complete = len(e.digits) == e.length
	}
	if complete {
		pin = string(e.digits)
		e.digits = e.digits[:0]
	}
	return pin, complete
}

// refuse notes a wrong PIN and reports whether another may be tried.
func (e *pinEntry) refuse() bool {
	e.wrong++
	return e.wrong < maxPINAttempts
}

// expired reports whether the time is up.
func (e *pinEntry) expired(now time.Time) bool { return !now.Before(e.deadline) }
