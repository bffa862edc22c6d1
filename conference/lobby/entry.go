package lobby

import "time"

// entry collects digits by hand-fed time.
type entry struct {
	length   int           // of the right answer; so many digits need no '#'; 0: unknown
	pause    time.Duration // after which the digits are complete; 0: never
	digits   []byte
	pressed  time.Time
	wrong    int
	deadline time.Time
}

func newEntry(length int, pause time.Duration, now time.Time) *entry {
	return &entry{length: length, pause: pause, deadline: now.Add(Timeout)}
}

// press takes a key. complete tells that digits are to be checked.
func (e *entry) press(key byte, now time.Time) (digits string, complete bool) {
	e.pressed = now
	switch {
	case key == '#':
		complete = len(e.digits) > 0
	case key == '*': // starts over
		e.digits = e.digits[:0]
	case key >= '0' && key <= '9' && len(e.digits) < MaxDigits:
		e.digits = append(e.digits, key)
		complete = len(e.digits) == e.length
	}
	if complete {
		digits = e.take()
	}
	return digits, complete
}

// paused completes the digits after which nothing came for a while.
func (e *entry) paused(now time.Time) (digits string, complete bool) {
	if e.pause == 0 || len(e.digits) == 0 || now.Sub(e.pressed) < e.pause {
		return "", false
	}
	return e.take(), true
}

func (e *entry) take() string {
	digits := string(e.digits)
	e.digits = e.digits[:0]
	return digits
}

// refuse notes a wrong answer and reports whether another may be tried.
func (e *entry) refuse() bool {
	e.wrong++
	return e.wrong < MaxAttempts
}

// expired reports whether the time is up.
func (e *entry) expired(now time.Time) bool { return !now.Before(e.deadline) }
