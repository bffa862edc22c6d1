package conference

import (
	"errors"
	"strings"
)

// Keypad is a Participant whose other end can be sent keys: 0 to 9, *, #, A to D
// (DTMF), to work an answering machine or the menu of another bridge.
type Keypad interface {
	// Dial sends keys, or says why not, with ErrNoKeypad where the other end takes
	// none. It does not wait until they are sent.
	Dial(keys string) error
}

// ErrNoKeypad is of who cannot be sent keys.
var ErrNoKeypad = errors.New("the participant takes no digits")

// MaxKeys is the most that are sent at once: a number and its PIN.
const MaxKeys = 32

// ErrKeys is of what are no keys.
var ErrKeys = errors.New("digits must be 1 to 32 of 0-9 * # A-D")

// Dial sends keys to the other end of a Participant. The error is ErrNotFound,
// ErrKeys, or Keypad's.
func (c *Conference) Dial(id ParticipantID, keys string) error {
	var p Participant
	if closed := c.do(func(r *roster) {
		if m := r.byID[id]; m != nil {
			p = m.participant
		}
	}); closed != nil {
		return closed
	}
	if p == nil {
		return ErrNotFound
	}
	if keys == "" || len(keys) > MaxKeys || strings.Trim(keys, "0123456789*#ABCD") != "" {
		return ErrKeys
	}
	if k, ok := p.(Keypad); ok {
		return k.Dial(keys)
	}
	return ErrNoKeypad
}
